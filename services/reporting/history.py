"""What has everybody said? Reporting keeps every record, folds its facts from them, and looks back at any of them."""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Connection

from services.reporting.facts.tables import FactTables
from shared.eventlog.history import HistoryLine
from shared.eventlog.sql.database import OUTAGES
from shared.eventlog.store import SqlStore
from shared.eventlog.waiting import LOOK_S
from shared.events.happening import read_happenings
from shared.events.registry import SERVICES
from shared.kernel.read_model import ReadModel
from shared.kernel.recorded import Happening, Recorded
from shared.service import clock, telemetry
from shared.service.folding import Page, Past, types_of
from shared.service.inbox import Keep
from shared.service.projection import Projection, facts_cursor
from shared.service.projector import Projector
from shared.service.reading import UnreadableEvent

BATCH = 1000
PAGE = 2_000

log = telemetry.logger("facts")


def keep_history(store: SqlStore, facts: "FactProjector") -> Keep:
    """What the inbox does with events: keep each record, byte for byte, and fold it into the facts at once."""

    @contextmanager
    def keeping(source: str, events: Sequence[Recorded[Any]]) -> Iterator[Callable[[Any], None]]:
        with facts.following(source, events) as fold:

            def keep(tx: Any) -> None:
                store.history.append_many(tx, [HistoryLine.of(event) for event in events])
                fold(tx)

            yield keep

    return keeping


class History(Past, Protocol):
    """What can be asked as of a moment: the history that reporting keeps, the logs themselves, or an export."""

    def last(self, source: str) -> int:
        """The last position of a source; 0 when there is none."""
        ...

    def last_recorded_before(self, source: str, at: datetime) -> int:
        """The last position of a source that was recorded before this moment."""
        ...

    def record(self, source: str, position: int) -> bytes | None:
        """The bytes of one record."""
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
        records = self._kept.records(source, after=position - 1, limit=1)
        return records[0][1] if records else None

    def pages(self, source: str, types: Collection[str], *, after: int, upto: int) -> Iterator[Page]:
        """The events of these types in order, page by page.

        Raises: Unreadable, LogUnavailable.
        """
        for at in range(after, upto, PAGE):
            yield partial(self._page, source, types, at, min(at + PAGE, upto))

    def _page(self, source: str, types: Collection[str], after: int, upto: int) -> list[Happening[Any]]:
        return read_happenings(source, self._kept.records_of(source, types, after=after, upto=upto))


class FollowedHistory:
    """The history that reporting keeps, as the facts follow it; the inbox wakes them."""

    def __init__(self, store: SqlStore, facts: Iterable[ReadModel[Any, Any]]) -> None:
        self._kept = store.history
        models = tuple(facts)
        self._types = {source: frozenset(types_of(models, source)) for source in SERVICES}
        self._grown: set[str] = set(SERVICES)
        self._guard = threading.Lock()
        self._woken = threading.Event()
        self._woken.set()
        self._looked_at = 0.0

    def wake(self, source: str) -> None:
        """Say that the history of a source has grown."""
        with self._guard:
            self._grown.add(source)
        self._woken.set()

    def read(self, source: str, after: int) -> tuple[Sequence[Happening[Any]], int]:
        """The events of one batch.

        Raises: Unreadable, LogUnavailable.
        """
        last = after + BATCH
        records = self._kept.records_of(source, None, after=after, upto=last)
        if not records:
            return (), after
        upto, wanted = records[-1][0], self._types[source]
        if upto == last:
            self.wake(source)  # there may be more
        return read_happenings(source, [record for record in records if record[1] in wanted]), upto

    def grown(self, at: Mapping[str, int], timeout: float) -> Iterable[str]:
        """The sources whose history has grown; all of them now and then, should a wake-up be lost."""
        del at
        if not self._woken.wait(timeout):
            if clock.monotonic() < self._looked_at + LOOK_S:
                return ()
            self._looked_at = clock.monotonic()
            return SERVICES
        self._woken.clear()
        with self._guard:
            grown, self._grown = self._grown, set()
        return grown


class FactProjector(Projector[Happening[Any]]):
    """Keeps the facts up with history."""

    def __init__(self, store: SqlStore, facts: Iterable[ReadModel[Any, Any]]) -> None:
        projection = Projection[Happening[Any]](facts, store, StoredHistory(store), SERVICES, facts_cursor)
        projection.ensure()
        followed = FollowedHistory(store, projection.models)
        super().__init__("reporting facts", projection, followed)
        self.tables = FactTables(store)
        self.wake = followed.wake
        self.position = projection.position

    @contextmanager
    def following(
        self, source: str, events: Sequence[Recorded[Any]]
    ) -> Iterator[Callable[[Connection], None]]:
        """Fold events in the transaction that keeps them, where the facts stand right before them.

        Otherwise, or where a fact cannot fold them, they are kept all the same, and the loop follows: a fact that
        fails stops the facts, never history. Nobody else folds these events meanwhile: the transaction has moved the
        inbox's cursor, and a loop, here or in another process, does not see them before its commit.
        """
        bookmark, upto = self._bookmarks[source], events[-1].position
        is_readable = not any(isinstance(event.data, UnreadableEvent) for event in events)
        is_folded = False

        def fold(tx: Connection) -> None:
            nonlocal is_folded
            if self.failed or not is_readable or bookmark.at() != events[0].position - 1:
                return
            try:
                folded = self.projection.folded(tx, events)
            except OUTAGES:
                raise
            except Exception:
                log.exception("facts_wait", source=source)
                return
            self.projection.write(tx, folded)
            bookmark.move_within(tx, upto)
            is_folded = True

        try:
            yield fold
        except BaseException:
            bookmark.forget()
            raise
        if is_folded:
            with bookmark.moves(upto):
                self.passed[source].reached(upto)
        else:
            self.wake(source)
