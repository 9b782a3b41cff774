"""How is history read and folded into facts? Alike for live tables, rebuilds, auditors, and questions as of then."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypeVar

import msgspec

from services.reporting.facts.fact import Fact, Row
from services.reporting.facts.tables import FACTS
from services.reporting.happening import Unreadable, reader_of
from shared.eventlog.store import SqlStore
from shared.events.codec import UnknownEventType
from shared.events.registry import SERVICES, type_of
from shared.events.upcasts import leading_to
from shared.kernel.recorded import Happening

BATCH = 10_000

T = TypeVar("T")

Rows: TypeAlias = dict[str, dict[str, Row]]
"""Rows by fact and key."""

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many records were folded, of how many."""

_by_event: dict[type, list[Fact]] = defaultdict(list)
for _fact in FACTS:
    for _cls in _fact.on:
        _by_event[_cls].append(_fact)


TYPES: Mapping[str, tuple[str, ...]] = {
    source: tuple(
        sorted(
            leading_to(
                type_of(cls).wire_name(source) for fact in FACTS if fact.source == source for cls in fact.on
            )
        )
    )
    for source in SERVICES
}
"""The wire names of the events that facts of a source are folded from, older versions too."""


def fold(rows: Rows, events: Iterable[Happening[Any]]) -> None:
    """Fold events into rows by fact and key; rows that are not there begin empty."""
    for event in events:
        for fact in facts_of(type(event.data)):
            table = rows[fact.name]
            for key in fact.keys(event):
                table[key] = fact.fold(table.get(key), event)


def facts_of(cls: type) -> Sequence[Fact]:
    """The facts that listen to an event."""
    return _by_event.get(cls, ())


class History(Protocol):
    """Where replays read what happened: reporting's own history, or an export."""

    def last(self, source: str) -> int:
        """The last position of a source; 0 when there is none."""
        ...

    def last_recorded_before(self, source: str, at: datetime) -> int:
        """The last position of a source that was recorded before this moment."""
        ...

    def record(self, source: str, position: int) -> bytes | None:
        """The bytes of one record."""
        ...

    def happenings(self, source: str, *, after: int, upto: int) -> Iterator[list[Happening[Any]]]:
        """What facts are folded from, in order, behind `after` and up to a position."""
        ...


class StoredHistory:
    """The history that reporting keeps."""

    def __init__(self, store: SqlStore) -> None:
        self._kept = store.history

    def last(self, source: str) -> int:
        """The last position of a source; 0 when there is none.

        Raises: LogUnavailable.
        """
        return self._kept.positions().get(source, 0)

    def last_recorded_before(self, source: str, at: datetime) -> int:
        """The last position of a source that was recorded before this moment.

        Raises: LogUnavailable.
        """
        return self._kept.last_recorded_before(source, at)

    def record(self, source: str, position: int) -> bytes | None:
        """The bytes of one record.

        Raises: LogUnavailable.
        """
        found = self._kept.records(source, after=position - 1, limit=1)
        return found[0][1] if found else None

    def happenings(self, source: str, *, after: int, upto: int) -> Iterator[list[Happening[Any]]]:
        """What facts are folded from, in order, behind `after` and up to a position.

        Raises: Unreadable, LogUnavailable.
        """
        at = after
        while at < upto:
            limit = min(BATCH, upto - at)
            records = self._kept.records_of(source, TYPES[source], after=at, limit=limit)
            yield read_happenings(source, records)
            at = records[-1][0]


def replay(
    history: History,
    upto: Mapping[str, int],
    *,
    before: datetime | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Rows:
    """The rows that history up to these positions leads to, from nothing; only what happened before a moment.

    Raises: Unreadable, LogUnavailable.
    """
    rows: Rows = {fact.name: {} for fact in FACTS}
    done, total = 0, sum(upto.values())
    with _nothing_in_circles():
        for source, last in upto.items():
            pages = ahead(history.happenings(source, after=0, upto=last))
            for number, events in enumerate(pages, start=1):
                fold(rows, events if before is None else [event for event in events if event.time < before])
                progress(done + min(number * BATCH, last), total)
            done += last
    return rows


def ahead(pages: Iterator[T]) -> Iterator[T]:
    """The pages, each read while the one before it is used: otherwise database and folding wait for each other."""
    with ThreadPoolExecutor(1, "reading ahead") as reader:
        coming = reader.submit(next, pages, None)
        while (page := coming.result()) is not None:
            coming = reader.submit(next, pages, None)
            yield page


@contextmanager
def _nothing_in_circles() -> Iterator[None]:
    """Rows refer to nothing: to search a growing heap of them for circles again and again took a third of a replay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_happenings(source: str, records: Iterable[tuple[int, str, bytes | None]]) -> list[Happening[Any]]:
    """The events that facts are folded from.

    Raises: Unreadable, with the place.
    """
    events = []
    for position, type_name, record in records:
        if record is not None:
            try:
                events.append(reader_of(type_name)(record))
            except (msgspec.DecodeError, UnknownEventType) as error:
                raise Unreadable(f"{type_name}: {error} at {source} {position}") from error
    return events
