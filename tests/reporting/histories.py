"""How is a small history told to the facts, and what do figures then say?"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any

from services.reporting.answers import Answer, Answers, Asked
from services.reporting.app import REPORTING
from services.reporting.as_of import ThrownAway
from services.reporting.facts.fact import Fact
from services.reporting.indicators.cases import Labs
from shared.events.registry import SERVICES, type_of
from shared.kernel.recorded import Recorded
from shared.service.folding import Fold
from shared.service.projection import facts_cursor

MUCH_LATER = date(2030, 1, 1)
"""A day on which every cohort of these histories is mature."""


def happened(
    on: date, stream: str, event: Any, *, lab: str | None = None, synthetic: bool = False
) -> Recorded[Any]:
    """The event as a log would have recorded it at noon of that day."""
    registered = type_of(type(event))
    moment = datetime.combine(on, time(12), UTC)
    return Recorded(
        position=1,
        id=f"{stream}-{type(event).__name__}-{on}",
        source=f"urn:kosilab:05124000:{registered.owner}:1",
        service=registered.owner,
        stream=stream,
        version=1,
        type=registered.wire_name(registered.owner),
        audience=registered.audience,
        time=moment,
        recorded_at=moment,
        previous=0,
        command_id="command",
        data=event,
        record=b"",
        lab=lab,
        synthetic=synthetic,
    )


def source_of(fact: Fact) -> str:
    """The service whose events the fact is folded from.

    Raises: ValueError when there are several.
    """
    (source,) = {type_of(cls).owner for cls in fact.on}
    return source


def rows_after(events: Iterable[Recorded[Any]]) -> dict[str, dict[str, Any]]:
    """What the facts hold after these events, by fact and key."""
    fold = Fold(REPORTING.facts)
    fold.take(events)
    return fold.documents


class InMemory:
    """The facts after some events, read as the tables are."""

    def __init__(self, events: Iterable[Recorded[Any]]) -> None:
        self.thrown_away = ThrownAway(rows_by_fact=rows_after(events), positions={})
        self.position = 7

    @contextmanager
    def snapshot(self) -> Iterator["InMemory"]:
        """They don't change."""
        yield self

    def rows(self, fact: Fact, columns: Sequence[str], labs: Labs) -> list[tuple[Any, ...]]:
        """These columns of every row, or of the rows of one lab."""
        return self.thrown_away.rows(fact, columns, labs)

    def cursors(self) -> dict[str, int]:
        """How far they have come."""
        return {facts_cursor(source): self.position for source in SERVICES}


def answer(
    name: str, events: Iterable[Recorded[Any]], asked: Asked | None = None, today: date = MUCH_LATER
) -> Answer:
    """What an indicator answers after these events."""
    return Answers(InMemory(events)).indicator(name, asked or Asked(), today)


def figure(
    name: str, events: Iterable[Recorded[Any]], asked: Asked | None = None, today: date = MUCH_LATER
) -> Answer:
    """The whole figure after these events."""
    result: Answer = answer(name, events, asked, today)["result"]
    return result


def groups(
    name: str, events: Iterable[Recorded[Any]], by: str, *, full: bool = False, today: date = MUCH_LATER
) -> dict[str, Answer]:
    """The figure broken down, by group."""
    broken_down = answer(name, events, Asked(by=by, full=full), today)["groups"]
    return {
        group["group"]: {key: value for key, value in group.items() if key != "group"}
        for group in broken_down
    }
