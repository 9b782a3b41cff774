"""How do read models follow events? They fold a batch in memory, write each changed row once, and move the cursor."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from shared.eventlog.port import CursorMoved, EventLog, LogUnavailable
from shared.eventlog.waiting import Growth, turn
from shared.kernel.recorded import Happening, Recorded
from shared.service import telemetry
from shared.service.bookmark import Bookmark
from shared.service.projection import Projection
from shared.service.reading import read_records, refuse_unreadable

BATCH = 500
POLL_S = 0.5
"""How long a loop waits at a time [s]; the log decides what wakes it and how often it looks by itself."""

PACE_S = 0.02
"""How long a loop rests after few events [s]: to fold those that come meanwhile together costs little more."""

FEW = 50
"""Of fewer events than this a loop waits for company; behind more there are surely others, and it goes on at once."""

H = TypeVar("H", bound=Happening[Any])
H_co = TypeVar("H_co", bound=Happening[Any], covariant=True)

log = telemetry.logger("projector")


class Followed(Protocol[H_co]):
    """What a projector follows: a service's own log, or the history that reporting keeps."""

    def read(self, source: str, after: int) -> tuple[Sequence[H_co], int]:
        """The events of one batch, and the position that they reach; `after` itself when there is nothing.

        Raises: LogUnavailable; ValueError for an event that can't be read.
        """
        ...

    def grown(self, at: Mapping[str, int], timeout: float) -> Iterable[str]:
        """Wait at most `timeout` [s] for positions after `at`; returns the sources with news.

        Raises: LogUnavailable.
        """
        ...


class OwnLog:
    """A service's own log, as its projector follows it."""

    def __init__(self, service: str, log: EventLog) -> None:
        self._service = service
        self._log = log

    def read(self, source: str, after: int) -> tuple[Sequence[Recorded[Any]], int]:
        """The events of one batch."""
        del source
        events = read_records(stored.record for stored in self._log.follow(after=after, limit=BATCH))
        for event in events:
            refuse_unreadable(event)
        return events, events[-1].position if events else after

    def grown(self, at: Mapping[str, int], timeout: float) -> Iterable[str]:
        """Wait for an append."""
        return (self._service,) if self._log.wait(at[self._service], timeout) else ()


class Projector(Generic[H]):
    """Keeps read models up to date; it never parks: on an error it stops and says so.

    `passed` holds the positions of this process's read models, by source.
    """

    def __init__(self, name: str, projection: Projection[H], followed: Followed[H], *sources: str) -> None:
        """Follow these sources, or all that the read models are made of."""
        self.name = name
        self.projection = projection
        self.failed: Exception | None = None
        self.passed = {source: Growth() for source in sources or projection.sources}
        self._followed = followed
        self._store = projection.store
        self._bookmarks = {
            source: Bookmark(self._store.cursors, projection.cursor_of(source)) for source in self.passed
        }

    def step(self) -> int:
        """Fold one batch of every source; returns the number of records.

        Raises: LogUnavailable, CursorMoved; ValueError for an event that can't be read; whatever a read model raises.
        """
        return sum(self._step(source) for source in self._bookmarks)

    def run(self, stopping: threading.Event) -> None:
        """Follow until told to stop; a read model that fails stops the projector, and `/readyz` says so."""
        while not stopping.is_set():
            try:
                grown = tuple(self._followed.grown(self._at(), turn(POLL_S)))
                n_folded = sum([self._step(source) for source in grown])
                if not grown:
                    self._doubt()
                elif n_folded < FEW:
                    stopping.wait(PACE_S)
            except (LogUnavailable, CursorMoved):
                self._forget()
                stopping.wait(POLL_S)  # another process may do the same work: read again how far it has come
            except Exception as error:
                self.failed = error
                log.exception("projector_stopped", projector=self.name)
                return

    def _step(self, source: str) -> int:
        bookmark = self._bookmarks[source]
        after = bookmark.at()
        events, upto = self._followed.read(source, after)
        if upto == after:
            bookmark.forget()
            return 0
        with bookmark.moves(upto), self._store.transaction() as tx:
            bookmark.move_within(tx, upto)  # first: where another process was faster, nothing is folded twice
            self.projection.apply(tx, events)
        self.passed[source].reached(upto)
        return upto - after

    def _forget(self) -> None:
        for bookmark in self._bookmarks.values():
            bookmark.forget()

    def _doubt(self) -> None:
        for bookmark in self._bookmarks.values():
            bookmark.doubt()

    def _at(self) -> dict[str, int]:
        at = {source: bookmark.at() for source, bookmark in self._bookmarks.items()}
        for source, position in at.items():
            self.passed[source].reached(position)
        return at
