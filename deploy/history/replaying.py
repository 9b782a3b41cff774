"""Do today's facts follow from the history alone? Folding the logs or an export again shows it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from services.reporting.app import REPORTING
from services.reporting.history import PAGE
from shared.eventlog.layouts import digest
from shared.events.codec import decode_envelope
from shared.events.happening import read_happenings
from shared.kernel.recorded import Happening
from shared.service.folding import Page, Past, Progress
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


class ExportHistory:
    """The records in an export's folder."""

    def __init__(self, folder: Path) -> None:
        """Raises: FileNotFoundError when the folder is no export."""
        if not (folder / "manifest.json").is_file():
            raise FileNotFoundError(f"{folder} holds no finished export: there is no manifest.json in it.")
        self._folder = folder

    def last(self, source: str) -> int:
        """How many records of a source there are."""
        return sum(1 for _ in self._lines(source))

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
    past: Past,
    upto: Mapping[str, int],
    live: Mapping[str, str] | None,
    progress: Progress = lambda _done, _total: None,
) -> list[Compared]:
    """Fold history up to these positions, and compare each fact with the live digests.

    Raises: Unreadable, LogUnavailable.
    """
    return [
        Compared(fact=name, n_rows=len(rows), replayed=digest(rows), live=live[name] if live else None)
        for name, rows in fold_all(REPORTING.facts, past, upto, progress=progress).documents.items()
    ]
