"""What was known then, and what had happened? The beginning of history is folded again and asked the same questions."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

import msgspec

from services.reporting.answers import Answer, Answers, Asked
from services.reporting.cutoff import SOURCES, Cutoff
from services.reporting.facts.fact import Fact
from services.reporting.history import History
from services.reporting.indicators.cases import Labs
from services.reporting.indicators.catalogue import INDICATORS
from shared.events.codec import decode_envelope
from shared.service.folding import replay
from shared.service.projection import facts_cursor

_ordered = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrownAway:
    """Facts in memory with the interface of the fact tables, for one question."""

    rows_by_fact: Mapping[str, Mapping[str, Any]]
    positions: Mapping[str, int]

    @contextmanager
    def snapshot(self) -> Iterator["ThrownAway"]:
        """They don't change."""
        yield self

    def rows(self, fact: Fact, columns: Sequence[str], labs: Labs = None) -> list[tuple[Any, ...]]:
        """These columns of every row, or of the rows of one lab."""
        return [
            tuple(key if name == "id" else getattr(row, name) for name in columns)
            for key, row in self.rows_by_fact[fact.name].items()
            if labs is None or row.lab == labs[0]
        ]

    def cursors(self) -> dict[str, int]:
        """The position up to which history was folded."""
        return {facts_cursor(source): position for source, position in self.positions.items()}


def facts_as_of(history: History, cutoff: Cutoff, facts: Iterable[Fact]) -> ThrownAway:
    """These facts, folded from history up to the cut-off.

    Raises: Unreadable, LogUnavailable.
    """
    positions = {source: _last(history, source, cutoff) for source in SOURCES}
    folded = replay(facts, history, positions, before=cutoff.effective_at)
    return ThrownAway(rows_by_fact=folded.documents, positions=positions)


def figures_as_of(
    history: History, cutoff: Cutoff, names: Iterable[str], asked: Asked, now: datetime
) -> list[Answer]:
    """The indicators as of a cut-off.

    Raises: KeyError for an unknown name; NotBrokenDown, Unreadable, LogUnavailable.
    """
    wanted = [INDICATORS.of(name, asked.version) for name in names]
    facts = {fact.name: fact for indicator in wanted for fact in indicator.facts}
    answers = Answers(facts_as_of(history, cutoff, facts.values()))
    return answers.indicators([indicator.name for indicator in wanted], asked, cutoff.today(now))


def manifest(history: History, cutoff: Cutoff, answers: Sequence[Answer], now: datetime) -> dict[str, Any]:
    """Everything that is needed to compute the same figures again, with a digest to compare.

    Raises: LogUnavailable.
    """
    positions = {source: _last(history, source, cutoff) for source in SOURCES}
    return {
        "asked_as_of": cutoff.shown(),
        "mature_on": cutoff.today(now).isoformat(),
        "positions": positions,
        "logs": {source: _log_of(history, source, last) for source, last in positions.items()},
        "code": version("kosilab"),
        "definitions": {answer["name"]: answer["version"] for answer in answers},
        "digest": hashlib.sha256(_ordered(answers)).hexdigest(),
    }


def difference(earlier: Sequence[Answer], later: Sequence[Answer]) -> list[dict[str, Any]]:
    """The changes between two cut-offs: a row for each part of a figure that differs."""
    rows = []
    for before, after in zip(earlier, later, strict=True):
        old, new = dict(_parts(before)), dict(_parts(after))
        rows += [
            {"indicator": before["name"], "part": part, "earlier": old.get(part), "later": new.get(part)}
            for part in sorted({*old, *new})
            if old.get(part) != new.get(part)
        ]
    return rows


def _parts(answer: Answer) -> Iterator[tuple[str, Any]]:
    yield from answer["result"].items()
    for group in answer.get("groups", ()):
        for name, value in group.items():
            if name != "group":
                yield f"{group['group']}: {name}", value


def _last(history: History, source: str, cutoff: Cutoff) -> int:
    last = history.last(source)
    if source in cutoff.positions:
        last = min(last, cutoff.positions[source])
    if cutoff.recorded_before is not None:
        last = min(last, history.last_recorded_before(source, cutoff.recorded_before))
    return last


def _log_of(history: History, source: str, last: int) -> str | None:
    """The id of a log as its last record names it, with the incarnation."""
    record = history.record(source, last) if last else None
    return None if record is None else decode_envelope(record).source
