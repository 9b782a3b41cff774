"""The marketplace at work on a database of its own: send it commands, tell it what others said, let it settle."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from services.marketplace.app import MARKETPLACE
from services.marketplace.views.match import MATCHES, MatchDocument
from shared.eventlog.port import Done, Outcome, Refusal
from shared.eventlog.store import SqlStore
from shared.events.actors.organisation import (
    OrganisationRegistered,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.events.actors.person import PersonRegistered
from shared.events.process import ReactionRefused
from shared.events.vocabulary import PersonContext, Sector
from shared.kernel.recorded import Recorded
from shared.service import clock
from shared.service.app import App
from shared.service.feeds import LogFeed
from shared.service.origin import Origin
from shared.service.parking import Handling
from shared.service.projection import ViewsProjection
from shared.service.projector import OwnLog, Projector
from shared.service.reactor import Reactor
from shared.service.reading import read_records
from shared.service.tables import Caller
from shared.service.ticker import Ticker
from shared.testing.views import history
from tests.city import prepared
from tests.marketplace.scenes import AT


class Desk:
    """One service without its bus; organisations are known as `actors` would have told it."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'marketplace.db'}"
        if not (folder / "marketplace.db").exists():
            shutil.copy(prepared() / "marketplace.db", folder)
        self.store = SqlStore.open(url, service="marketplace", city_key="05124000", clock=lambda: AT)
        self.projection = ViewsProjection(MARKETPLACE, self.store, _no_feed)
        self.projection.ensure()
        self.app = App(MARKETPLACE, self.store)
        own = OwnLog("marketplace", self.store.log)
        self.projector = Projector("marketplace projector", self.projection, own, "marketplace")
        self.reactor = Reactor(self.app, self.store)
        self.ticker = Ticker(self.app, self.store)
        self._commands, self._told = count(1), count(1)

    def know(self, *organisations: str) -> None:
        """Organisations that are registered and verified."""
        for name in organisations:
            registered = OrganisationRegistered(name=name, sector=Sector.NON_PROFIT, district="Barmen")
            self.tell(f"organisation-{name}", registered, OrganisationVerified())

    def know_person(self, person_id: str, half: PersonContext) -> None:
        """A person who is registered."""
        self.tell(f"person-{person_id}", PersonRegistered(context=half), service="actors")

    def suspend(self, organisation: str) -> None:
        """An organisation is suspended, and the service reacts."""
        self.tell(f"organisation-{organisation}", OrganisationSuspended())

    def tell(self, stream: str, *events: Any, service: str | None = None) -> str:
        """What another service published: projected first, then reacted to, as the inbox does; the last event's id."""
        recorded = history(f"{stream}~{next(self._told)}", *events, service=service)
        recorded = [_in_stream(event, stream) for event in recorded]
        with self.store.transaction() as tx:
            self.projection.apply(tx, recorded)
        for event in recorded:
            self.app.react_to(event)
        return recorded[-1].id

    def send(self, command: Any, caller: Caller | None = None) -> Outcome:
        """One command, judged."""
        command_id = f"command-{next(self._commands)}"
        return self.app.handle(
            command, command_id=command_id, request_digest=command_id, origin=Origin(caller=caller)
        )

    def done(self, *commands: Any) -> None:
        """Commands that take effect, and all that follows from each."""
        for command in commands:
            outcome = self.send(command)
            assert isinstance(outcome, Done), outcome
            self.settle()

    def refused(self, command: Any, caller: Caller | None = None) -> str:
        """The rule that refuses a command."""
        outcome = self.send(command, caller)
        assert isinstance(outcome, Refusal), outcome
        return outcome.rule

    def settle(self) -> None:
        """Views and reactions come to rest."""
        while self.projector.step() + self.reactor.step():
            pass

    def retried(self) -> int:
        """How many parked events were handled when they were tried again."""
        later = clock.now() + timedelta(days=1)
        handled = Handling(self.app, self.store, "marketplace").retry_due(LogFeed(self.store.log), later)
        self.settle()
        return handled

    def tick(self, after: timedelta) -> None:
        """What falls due until then happens, and all that follows."""
        while self.ticker.step(AT + after):
            self.settle()

    def document(self, view: str, key: str) -> Any:
        """One document of a view."""
        document: Any = self.store.ask.get(MARKETPLACE.view_named(view), key)
        assert document is not None, f"{view} has no {key}"
        return document

    def matches(self, **columns: Any) -> list[MatchDocument]:
        """Matches whose columns have these values."""
        return self.store.ask.find(MATCHES, limit=500, **columns)

    def events(self, *types: type) -> list[Any]:
        """Everything of these types that the log holds."""
        recorded = read_records(stored.record for stored in self.store.log.read(limit=5000))
        return [event.data for event in recorded if isinstance(event.data, types)]

    def refusals(self) -> Mapping[str, str]:
        """Which reactions were refused, by which rule."""
        return {refused.reaction: refused.rule for refused in self.events(ReactionRefused)}

    def deadlines(self) -> dict[tuple[str, str], datetime]:
        """What falls due when, by stream and kind."""
        due = self.store.deadlines.due(AT + timedelta(days=100_000), limit=5000)
        return {(deadline.stream, deadline.kind): deadline.due_at for deadline in due}

    def close(self) -> None:
        """Give the database back."""
        self.store.close()


def _in_stream(event: Recorded[Any], stream: str) -> Recorded[Any]:
    return replace(event, stream=stream)


def _no_feed(source: str) -> Any:
    raise AssertionError(source)
