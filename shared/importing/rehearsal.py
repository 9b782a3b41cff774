"""Would a row be taken? The real deciders judge all its steps before the first one is sent.

So a row is taken whole or not at all, and a rehearsal of a file (`--dry-run`) judges as its import does.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from shared.events.bounds import Fault, Impossible, possible
from shared.importing.step import FUTURE, RowRefused, Step
from shared.kernel.decider import Decider
from shared.kernel.read_model import Ask, Document, ReadModel, Wanted
from shared.kernel.refusal import Refused, name_of, sentence_of
from shared.service.app import App
from shared.service.tables import CommandRoute

D = TypeVar("D")
S = TypeVar("S")


class Foreseen:
    """A service's read models, together with documents that are not written yet."""

    def __init__(self, ask: Ask, documents: Mapping[tuple[str, str], Document]) -> None:
        self._ask = ask
        self._documents = documents

    def get(self, model: ReadModel[D, Any], key: str) -> D | None:
        """The document with this key, else the foreseen one, else None."""
        foreseen: Any = self._documents.get((model.name, key))
        return self._ask.get(model, key) or foreseen

    def find(
        self,
        model: ReadModel[D, Any],
        *,
        limit: int = 100,
        after: str = "",
        **columns: Wanted,
    ) -> list[D]:
        """Documents that are written."""
        return self._ask.find(model, limit=limit, after=after, **columns)

    def changed(self, model: ReadModel[D, Any], *, after: int = 0, limit: int = 1000) -> list[tuple[int, D]]:
        """Documents that were written after this position."""
        return self._ask.changed(model, after=after, limit=limit)


class Rehearsal:
    """The states that streams would have after the judged steps."""

    def __init__(self, apps: Mapping[str, App], now: datetime) -> None:
        self._routes: dict[type, tuple[App, CommandRoute[Any, Any]]] = {}
        self._apps_by_noun: dict[str, App] = {}
        for app in apps.values():
            for route in app.tables.commands:
                self._routes[route.command] = (app, route)
                self._apps_by_noun[route.decider.name] = app
        self.now = now
        self._kept: dict[str, tuple[int, Any]] = {}
        self._row: dict[str, tuple[int, Any]] = {}
        self._documents: dict[tuple[str, str], Document] = {}

    def app_of(self, decider: Decider[Any, Any, Any]) -> App:
        """The service that has this decider."""
        return self._apps_by_noun[decider.name]

    def place_of(self, command: Any) -> tuple[App, str]:
        """The service and the stream of a command."""
        app, route = self._routes[type(command)]
        return app, route.decider.stream(route.decider.id_of(command))

    def state_of(self, decider: Decider[S, Any, Any], noun_id: str) -> tuple[int, S]:
        """Version and state of a noun after the steps so far; version 0 when there is none."""
        stream = decider.stream(noun_id)
        reached = self._row.get(stream) or self._kept.get(stream)
        return reached or self.app_of(decider).state_of(decider, noun_id)

    def judge(self, step: Step) -> tuple[int, int]:
        """The stream's version before a step, and how many events the step would write.

        Raises: RowRefused, when a rule says no or the step lies in the future.
        """
        app, route = self._routes[type(step.command)]
        decider, command = route.decider, step.command
        if command.at > self.now:
            raise RowRefused(step.at_fault(FUTURE), "lies in the future")
        version, state = self.state_of(decider, decider.id_of(command))
        ask = Foreseen(app.store.ask, self._documents)
        failed = route.failed_check(state, command, ask)
        if failed is not None:
            raise refused_by(step, name_of(failed), sentence_of(failed))
        try:
            events = possible(decider.decide(state, command), state)
        except Refused as refused:
            raise refused_by(step, refused.rule, refused.sentence) from None
        except Impossible as impossible:
            raise _holding(step, impossible) from None
        stream = decider.stream(decider.id_of(command))
        self._row[stream] = (version + len(events), decider.fold(events, state))
        return version, len(events)

    def foresee(self, view: str, key: str, document: Document) -> None:
        """Judge as if a read model held this document already."""
        self._documents[view, key] = document

    def keep(self) -> None:
        """Keep what the row would change, for the rows after it."""
        self._kept |= self._row
        self._row = {}

    def forget(self) -> None:
        """Go back to the kept states: the row was rejected, or it was sent and the log has its events."""
        self._row = {}


def _holding(step: Step, impossible: Impossible) -> RowRefused:
    """The refusal of a step whose events hold impossible values: the first one names the field, all the reason."""
    first, *others = impossible.faults
    also = "".join(f"; '{step.holding(fault.path)}' {_why(fault)}" for fault in others)
    return RowRefused(step.holding(first.path), f"{_why(first)}{also}", otherwise=step.name)


def _why(fault: Fault) -> str:
    shown = f"'{fault.value}' " if isinstance(fault.value, int | Decimal) else ""
    return f"{shown}is not possible: {fault.sentence.removesuffix('.')}"


def refused_by(step: Step, rule: str, sentence: str) -> RowRefused:
    """The refusal of a step by a rule, in words; a rule's sentence states what must be true."""
    return RowRefused(step.at_fault(rule), f"is refused by the rule '{sentence}' ({rule})")
