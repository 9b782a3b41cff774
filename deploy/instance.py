"""How do the parts become an instance? One store, app, projector, reactor, relay, inbox and ticker per service."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from deploy.city import City
from deploy.history.vouching import FOLDER, LedgerFolder, policy_of, vouching_for
from deploy.services import SERVICE_TABLES
from deploy.settling import GENERATIONS, Settling
from deploy.stores import open_store, open_taken_back, open_vault
from deploy.supervision import Supervised
from services.actors.custody.term import Custody
from services.reporting.history import FactProjector, keep_history
from services.reporting.releases.child import Place
from services.reporting.releases.publishing import Publishing
from shared.bus.amqp import AmqpBus
from shared.bus.memory import MemoryBus
from shared.bus.port import Bus, BusUnavailable
from shared.bus.seal import Seal
from shared.edge.host import Loop
from shared.edge.tokens import Issuer
from shared.eventlog.store import SqlStore
from shared.events.registry import SERVICES
from shared.kernel.city_day import serve_city_in
from shared.kernel.recorded import Recorded
from shared.service import clock, telemetry
from shared.service.app import App
from shared.service.feeds import Feed, HttpFeed, LogFeed
from shared.service.inbox import Inbox, keep_nothing
from shared.service.projection import Projection, ViewsProjection
from shared.service.projector import OwnLog, Projector
from shared.service.reactor import Reactor
from shared.service.relay import Relay
from shared.service.settings import BadSetting, Settings
from shared.service.ticker import Ticker
from shared.service.vouching import Vouching

log = telemetry.logger("instance")


class SettableClock:
    """A clock that shows the real time until it is set; the simulation sets it step by step."""

    def __init__(self, real: Callable[[], datetime] = clock.now) -> None:
        self._real = real
        self._moment: datetime | None = None

    def __call__(self) -> datetime:
        """This moment, in UTC."""
        return self._moment or self._real()

    def set(self, moment: datetime | None) -> None:
        """Show this moment from now on; None: the real time again."""
        self._moment = moment


@dataclass(slots=True, kw_only=True)
class Unit:
    """One service at work in this process."""

    app: App
    store: SqlStore
    projection: ViewsProjection
    projector: Projector[Recorded[Any]]
    reactor: Reactor
    relay: Relay
    inbox: Inbox | None
    ticker: Ticker
    vouching: Vouching
    facts: FactProjector | None = None
    custody: Custody | None = None
    publishing: Publishing | None = None

    @property
    def projections(self) -> list[Projection[Any]]:
        """All read models of the service: its views, and evaluation's facts."""
        return [self.projection, *([self.facts.projection] if self.facts else [])]

    @property
    def loops(self) -> list[Loop]:
        """The background loops of this service."""
        log = self.store.log
        always: list[Loop] = [log.watch, self.projector, self.reactor, self.relay, self.ticker, self.vouching]
        where_there = (self.vouching.asking, self.inbox, self.facts, self.custody, self.publishing)
        return [*always, *(loop for loop in where_there if loop)]


class Instance:
    """Some or all services of a city in this process, on their stores and one bus."""

    def __init__(
        self,
        city: City,
        settings: Settings,
        *,
        services: Sequence[str] = SERVICES,
        bus: Bus | None = None,
        now: Callable[[], datetime] = clock.now,
        works: bool = True,
    ) -> None:
        """Open the stores. With `works` false it only answers: no work behind it, no broker, no feeds.

        Raises: BadSetting, NotMigrated, LogUnavailable.
        """
        serve_in_zone_of(city)
        self.city = city
        self.settings = settings
        self.works = works
        self.now = now if isinstance(now, SettableClock) else SettableClock(now)
        self.bus = bus if bus is not None else open_bus(settings)
        with ExitStack() as opened:
            # When one store cannot be opened, those that are open already are closed again.
            self._stores = {service: self._open_store(service, opened) for service in services}
            self.vault = open_vault(settings, self.now)
            opened.callback(self.vault.close)
            self.ledger = LedgerFolder(settings.data_dir() / FOLDER, city.key)
            self.policy = policy_of(self.ledger)
            taken_back = open_taken_back(settings, clock.now)
            opened.callback(taken_back.close)
            self.issuer = Issuer.of(settings, city.slug, taken_back)
            self.seal = Seal(self.issuer.message_key)
            self.units: Mapping[str, Unit] = {service: self._unit(service) for service in services}
            for unit in self.units.values():
                unit.projection.ensure()
            opened.pop_all()
        self._settling = Settling(self._heads)
        working = (unit.loops if works else [unit.store.log.watch] for unit in self.units.values())
        self.loops = [Supervised(loop) for loop in chain.from_iterable(working)]

    @property
    def apps(self) -> Mapping[str, App]:
        """The apps by service."""
        return {service: unit.app for service, unit in self.units.items()}

    def feed_of(self, source: str) -> Feed:
        """The feed of a service: its log when it runs here, else its address.

        Raises: BadSetting when it runs elsewhere and no address is set.
        """
        if source in self._stores:
            return LogFeed(self._stores[source].log)
        url = self.settings.service_url(source)
        if not url:
            msg = f"{source} runs in another process; set KOSILAB_{source.upper()}_URL to where it answers"
            raise BadSetting(msg)
        return HttpFeed(url, source, self.issuer.service_token)

    def settle(
        self,
        services: Collection[str] = SERVICES,
        *,
        generations: int = GENERATIONS,
        is_done: Callable[[], bool] = lambda: False,
    ) -> int:
        """Run projectors, reactions and feeds until nothing is left to do; returns the number of steps.

        For import, simulation and tests: the feeds are read directly, without a bus. Naming fewer services is
        faster when the others can wait, as reporting can. Beside a running city, whose logs never end, it waits until
        so many generations of reactions to the present end are done, or `is_done`; a minute at most.
        """
        units = [unit for service, unit in self.units.items() if service in services]
        return self._settling.all(units, generations, is_done)

    def settle_views(self) -> None:
        """Let the services' read models hold what the logs hold now, without any reaction."""
        self._settling.views(self.units.values())

    def _heads(self) -> dict[str, int]:
        return {service: store.log.head().position for service, store in self._stores.items()}

    def bulk(self) -> AbstractContextManager[ExitStack]:
        """Commit this thread's writes a few hundred at a time within the block: for simulation and import only."""
        stack = ExitStack()
        for store in self._stores.values():
            stack.enter_context(store.bulk())
        return stack

    def commit_bulk(self, *, but: str) -> None:
        """Commit what this thread's bulk has written to all logs but this: two imports hold no two logs crosswise.

        Raises: LogUnavailable.
        """
        for service, store in self._stores.items():
            if service != but:
                store.database.flush()

    def close(self) -> None:
        """Close stores and bus."""
        for unit in self.units.values():
            unit.relay.close()
        self.bus.close()
        self.vault.close()
        if self.issuer.taken_back is not None:
            self.issuer.taken_back.close()
        for store in self._stores.values():
            store.close()

    def _open_store(self, service: str, opened: ExitStack) -> SqlStore:
        store = open_store(self.settings, service, self.city, self.now)
        opened.callback(store.close)
        return store

    def _unit(self, service: str) -> Unit:
        tables, store = SERVICE_TABLES[service], self._stores[service]
        app = App(tables, store, self.vault)
        projection = ViewsProjection(tables, store, self.feed_of)
        feeds = {source: self.feed_of(source) for source in tables.follows if self.works}
        facts = FactProjector(store, tables.facts) if tables.facts else None
        keep = keep_history(store, facts) if facts else keep_nothing
        inbox = Inbox(app, store, projection, self.bus, feeds, seal=self.seal, keep=keep) if feeds else None
        projector = Projector(f"{service} projector", projection, OwnLog(service, store.log), service)
        vouching = self._vouching(app, store)
        if self.works:
            self._declare(service)
        return Unit(
            app=app,
            store=store,
            projection=projection,
            projector=projector,
            reactor=Reactor(app, store, projector.passed[service]),
            relay=Relay(store.log, self.bus, self.seal, vouching.is_held),
            inbox=inbox,
            ticker=Ticker(app, store),
            vouching=vouching,
            facts=facts,
            custody=Custody(app, store) if service == "actors" else None,
            publishing=Publishing(app, store, feeds, self._place(service)) if facts else None,
        )

    def _place(self, service: str) -> Place:
        return Place(
            database_url=self.settings.database_url(service),
            city_key=self.city.key,
            zone=self.city.timezone.key,
        )

    def _vouching(self, app: App, store: SqlStore) -> Vouching:
        vouching = vouching_for(app, store, self.ledger)
        vouching.begin()
        return vouching

    def _declare(self, service: str) -> None:
        try:
            self.bus.declare(service, SERVICE_TABLES[service].follows)
        except BusUnavailable as error:
            # A missing broker only costs time, also at the start: the loops try again until it answers.
            log.warning("broker_absent", service=service, reason=str(error))


def serve_in_zone_of(city: City) -> None:
    """Let every rule, fact and page of this process speak of the days of this city.

    Raises: BadSetting when the process serves a city in another time zone already.
    """
    try:
        serve_city_in(city.timezone)
    except ValueError as error:
        raise BadSetting(str(error)) from error


def open_bus(settings: Settings) -> Bus:
    """The bus behind the setting.

    Raises: BadSetting for a URL of another kind.
    """
    url = settings.amqp_url()
    return MemoryBus() if url == "memory://" else AmqpBus(url)
