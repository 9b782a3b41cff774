"""How do the parts become an instance? One store, app, projector, reactor, relay, inbox and ticker per service."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from deploy.city import City
from deploy.services import SERVICE_TABLES
from services.reporting.history import keep_history
from services.reporting.projecting import FactProjector
from shared.bus.amqp import AmqpBus
from shared.bus.memory import MemoryBus
from shared.bus.port import Bus, BusUnavailable
from shared.edge.tokens import Issuer
from shared.eventlog.port import CursorMoved
from shared.eventlog.store import SqlStore
from shared.events.registry import SERVICES
from shared.service import clock, telemetry
from shared.service.app import App
from shared.service.feeds import Feed, HttpFeed, LogFeed
from shared.service.inbox import Inbox, keep_nothing
from shared.service.projector import Projection, Projector, fill, views_cursor
from shared.service.reactor import Reactor
from shared.service.relay import Relay
from shared.service.settings import BadSetting, Settings
from shared.service.ticker import Ticker


log = telemetry.logger("instance")


class SettableClock:
    """A clock that shows the real time until it is set: the simulation sets it, step by step."""

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
    projection: Projection
    projector: Projector
    reactor: Reactor
    relay: Relay
    inbox: Inbox | None
    ticker: Ticker
    facts: FactProjector | None = None

    @property
    def loops(self) -> list[Loop]:
        """What runs in the background for this service."""
        always: list[Loop] = [self.projector, self.reactor, self.relay, self.ticker]
        return [*always, *([self.inbox] if self.inbox else []), *([self.facts] if self.facts else [])]


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
    ) -> None:
        self.city = city
        self.settings = settings
        self.issuer = Issuer.of(settings, city.slug)
        self.bus = bus if bus is not None else open_bus(settings)
        self.now = now
        self._stores = {service: self._open_store(service) for service in services}
        self.units: Mapping[str, Unit] = {service: self._unit(service) for service in services}
        for unit in self.units.values():
            self._fill_new_views(unit)

    @property
    def apps(self) -> Mapping[str, App]:
        """The apps by service."""
        return {service: unit.app for service, unit in self.units.items()}

    @property
    def loops(self) -> list[Loop]:
        """What runs in the background."""
        return [loop for unit in self.units.values() for loop in unit.loops]

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

    def settle(self, services: Collection[str] = SERVICES) -> int:
        """Let everything that follows from what was written happen, until all is quiet; how many steps that took.

        For import, simulation and tests: no bus, the feeds are read directly. Fewer services are quicker where the
        others may wait: reporting, which nobody waits for.
        """
        units = [unit for service, unit in self.units.items() if service in services]
        n_steps = 0
        while n := sum(self._settle_once(unit) for unit in units):
            n_steps += n
        return n_steps

    def bulk(self) -> AbstractContextManager[ExitStack]:
        """Within it, this thread's writes are committed a few hundred at a time: for simulation and import only."""
        stack = ExitStack()
        for store in self._stores.values():
            stack.enter_context(store.bulk())
        return stack

    def close(self) -> None:
        """Close stores and bus."""
        for unit in self.units.values():
            unit.relay.close()
        self.bus.close()
        for store in self._stores.values():
            store.close()

    def _settle_once(self, unit: Unit) -> int:
        n = unit.projector.step() + unit.reactor.step()
        if unit.inbox:
            n += sum(unit.inbox.catch_up(source) for source in unit.app.tables.follows)
        if unit.facts:
            n += unit.facts.step()
        return n

    def _open_store(self, service: str) -> SqlStore:
        url = self.settings.database_url(service)
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
            migrate(url, service)
        return SqlStore.open(url, service=service, city_key=self.city.key, clock=self.now)

    def _unit(self, service: str) -> Unit:
        tables, store = SERVICE_TABLES[service], self._stores[service]
        app = App(tables, store)
        projection = Projection(tables, store)
        feeds = {source: self.feed_of(source) for source in tables.follows}
        is_reporting = service == "reporting"
        facts = FactProjector(store) if is_reporting else None
        keep = keep_history(store, facts.wake) if facts else keep_nothing
        inbox = Inbox(app, store, projection, self.bus, feeds, keep) if feeds else None
        self.bus.declare(service, tables.follows)
        return Unit(
            app=app,
            store=store,
            projection=projection,
            projector=Projector(tables, store, projection),
            reactor=Reactor(app, store),
            relay=Relay(store.log, self.bus),
            inbox=inbox,
            ticker=Ticker(app, store),
            facts=facts,
        )

    def _fill_new_views(self, unit: Unit) -> None:
        for view in unit.projection.ensure():
            for source in (unit.app.tables.name, *unit.app.tables.follows):
                if unit.store.cursors.cursor(views_cursor(source)):
                    fill(unit.store, view, source, self.feed_of(source))


def open_bus(settings: Settings) -> Bus:
    """The bus behind the setting.

    Raises: BadSetting for a URL of another kind.
    """
    url = settings.get("KOSILAB_AMQP_URL")
    if url == "memory://":
        return MemoryBus()
    if url.startswith(("amqp://", "amqps://")):
        return AmqpBus(url)
    msg = "KOSILAB_AMQP_URL begins with memory://, amqp:// or amqps://"
    raise BadSetting(msg)
