"""Do today's facts follow from the history alone? Folding the logs or an export again shows it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from services.reporting.app import REPORTING
from services.reporting.as_of import ThrownAway
from services.reporting.cutoff import SOURCES
from services.reporting.history import PAGE
from shared.eventlog.layouts import digest
from shared.eventlog.port import EventLog
from shared.events.codec import decode_envelope
from shared.events.happening import read_happenings
from shared.kernel.recorded import Happening
from shared.service.folding import Page, Progress
from shared.service.folding import replay as fold_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One fact: the digest that the history leads to, and the live one; None where there is none to compare with."""

    fact: str
    n_rows: int
    replayed: str
    live: str | None

    @property
    def is_same(self) -> bool:
        """Whether both agree, or there is no live digest to compare with."""
        return self.live in (None, self.replayed)


class LogHistory:
    """The services' logs, with the interface of reporting's history."""

    def __init__(self, logs: dict[str, EventLog]) -> None:
        self._logs = logs

    def last(self, source: str) -> int:
        """The last position of a source.

        Raises: LogUnavailable.
        """
        return self._logs[source].head().position

    def last_recorded_before(self, source: str, at: datetime) -> int:
        """The last position recorded before this moment; times never decrease within a log.

        Raises: LogUnavailable.
        """
        low, high = 0, self.last(source)
        while low < high:
            middle = (low + high + 1) // 2
            record = self.record(source, middle)
            if record is not None and decode_envelope(record).recordedtime < at:
                low = middle
            else:
                high = middle - 1
        return low

    def record(self, source: str, position: int) -> bytes | None:
        """The bytes of one record.

        Raises: LogUnavailable.
        """
        records = self._logs[source].read(after=position - 1, limit=1)
        return records[0].record if records else None

    def pages(self, source: str, types: Collection[str], *, after: int, upto: int) -> Iterator[Page]:
        """The events of these types in order, page by page.

        Raises: Unreadable, LogUnavailable.
        """
        for at in range(after, upto, PAGE):
            yield partial(self._page, source, frozenset(types), at, min(at + PAGE, upto))

    def _page(self, source: str, types: Collection[str], after: int, upto: int) -> list[Happening[Any]]:
        records = self._logs[source].read(after=after, limit=upto - after)
        return read_happenings(
            source, [(each.position, each.type, each.record) for each in records if each.type in types]
        )


class ExportHistory:
    """An export's folder, with the interface of reporting's history."""

    def __init__(self, folder: Path) -> None:
        """Raises: FileNotFoundError when the folder is no export."""
        if not (folder / "manifest.json").is_file():
            raise FileNotFoundError(f"{folder} holds no finished export: there is no manifest.json in it.")
        self._folder = folder

    def last(self, source: str) -> int:
        """The number of records of a source."""
        return sum(1 for _ in self._lines(source))

    def last_recorded_before(self, source: str, at: datetime) -> int:
        """The number of records that were recorded before this moment."""
        return sum(decode_envelope(line).recordedtime < at for line in self._lines(source))

    def record(self, source: str, position: int) -> bytes | None:
        """The bytes of one record."""
        return next(islice(self._lines(source), position - 1, None), None)

    def pages(self, source: str, types: Collection[str], *, after: int, upto: int) -> Iterator[Page]:
        """The events of these types in order, page by page.

        Raises: Unreadable.
        """
        numbered = enumerate(islice(self._lines(source), after, upto), start=after + 1)
        while batch := list(islice(numbered, PAGE)):
            yield partial(self._page, source, frozenset(types), batch)

    def _page(
        self, source: str, types: Collection[str], lines: list[tuple[int, bytes]]
    ) -> list[Happening[Any]]:
        typed = ((position, decode_envelope(line).type, line) for position, line in lines)
        return read_happenings(source, (record for record in typed if record[1] in types))

    def _lines(self, source: str) -> Iterator[bytes]:
        for path in sorted((self._folder / source).glob("records-*.ndjson")):
            with path.open("rb") as file:
                yield from (line.rstrip(b"\n") for line in file)


def replay(
    history: LogHistory | ExportHistory,
    upto: dict[str, int] | None,
    live: dict[str, str] | None,
    progress: Progress = lambda _done, _total: None,
) -> tuple[ThrownAway, list[Compared]]:
    """Fold history up to these positions (None: to its end), and compare each fact with its live digest.

    Raises: Unreadable, LogUnavailable.
    """
    positions = {source: history.last(source) if upto is None else upto[source] for source in SOURCES}
    rows = fold_all(REPORTING.facts, history, positions, progress=progress).documents
    compared = [
        Compared(
            fact=name, n_rows=len(table), replayed=digest(table), live=None if live is None else live[name]
        )
        for name, table in rows.items()
    ]
    return ThrownAway(rows_by_fact=rows, positions=positions), compared
