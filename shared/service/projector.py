"""How do views follow the log? Fold a batch per key in memory, write each touched row once, move the cursor with it."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from typing import Any

from shared.eventlog.port import CursorMoved, LogUnavailable
from shared.eventlog.store import SqlStore
from shared.eventlog.waiting import Growth
from shared.kernel.read_model import Document, ReadModel
from shared.kernel.recorded import Recorded
from shared.service import telemetry
from shared.service.bookmark import Bookmark
from shared.service.feeds import Feed
from shared.service.reading import read_records, refuse_unreadable
from shared.service.tables import ServiceTables

BATCH = 500
POLL_S = 0.5
"""How long a sleeping loop waits before it looks by itself [s], should a wake-up be lost."""

log = telemetry.logger("projector")


def views_cursor(source: str) -> str:
    """The cursor of a service's views over the events of one source."""
    return f"views:{source}"


class Projection:
    """A service's views and deadlines, folded from events of any source."""

    def __init__(self, tables: ServiceTables, store: SqlStore) -> None:
        self._tables = tables
        self._store = store

    def ensure(self, feed_of: Callable[[str], Feed]) -> list[ReadModel[Any, Any]]:
        """Make missing tables and fill them with all that the other views have seen; the views that are new.

        Raises: LogUnavailable; what `feed_of` and the feeds raise.
        """

        def fill(view: ReadModel[Any, Any], tx: Any) -> None:
            for source in (self._tables.name, *self._tables.follows):
                until = self._store.cursors.cursor(views_cursor(source))
                if until:
                    _fold_all(self._store, view, view, feed_of(source), until, tx=tx)

        return [view for view in self._tables.views if self._store.views.ensure(view, partial(fill, view))]

    def apply(self, tx: Any, events: Sequence[Recorded[Any]]) -> None:
        """Fold these events into every view that listens to them, and set the deadlines they mean."""
        for view in self._tables.views:
            fold_into(self._store, tx, view, view, events)
        self._store.deadlines.put(tx, self._deadlines(events))

    def _deadlines(self, events: Sequence[Recorded[Any]]) -> dict[tuple[str, str], datetime | None]:
        """What falls due when after these events, by stream and kind; None: nothing any more."""
        changes: dict[tuple[str, str], datetime | None] = {}
        for event in events:
            for timer in self._tables.timers:
                if isinstance(event.data, timer.on):
                    due = timer.due(event)
                    if due is not ...:
                        changes[timer.stream(event), timer.kind] = due
        return changes


def fold_into(
    store: SqlStore,
    tx: Any,
    view: ReadModel[Any, Any],
    table: ReadModel[Any, Any],
    events: Iterable[Recorded[Any]],
) -> None:
    """Fold events into the rows of `table`, which is the view's own or one that is built beside it."""
    wanted = [(event, tuple(view.keys(event))) for event in events if isinstance(event.data, view.on)]
    if not wanted:
        return
    keys = {key for _, keys in wanted for key in keys}
    documents: dict[str, Document | None] = dict(store.views.read_many(tx, table, keys))
    for event, touched in wanted:
        for key in touched:
            documents[key] = view.evolve(documents.get(key), event)
    store.views.write_many(
        tx, table, {key: documents.get(key) for key in keys}, position=wanted[-1][0].position
    )


class Projector:
    """Keeps the service's own views up with its own log; never parks: on an error it stops and says so."""

    def __init__(self, tables: ServiceTables, store: SqlStore, projection: Projection) -> None:
        self.name = f"{tables.name} projector"
        self._service = tables.name
        self._store = store
        self._projection = projection
        self._bookmark = Bookmark(store.cursors, views_cursor(tables.name))
        self.passed = Growth()
        self.failed: Exception | None = None

    @property
    def position(self) -> int:
        """How far the views have come."""
        return self._bookmark.position

    def step(self) -> int:
        """Fold one batch; how many events it was.

        Raises: LogUnavailable, CursorMoved; ValueError for an event of the own log that can't be read; whatever a view
        raises.
        """
        stored = self._store.log.read(after=self._bookmark.at(), limit=BATCH)
        if not stored:
            self._bookmark.forget()
            return 0
        events = read_records(one.record for one in stored)
        for event in events:
            refuse_unreadable(event)
        upto = events[-1].position
        with self._bookmark.moves(upto), self._store.transaction() as tx:
            self._projection.apply(tx, events)
            self._bookmark.move_within(tx, upto)
        self.passed.reached(upto)
        return len(events)

    def run(self, stopping: threading.Event) -> None:
        """Follow the log until told to stop; a view that fails stops the projector, and `/readyz` says so."""
        while not stopping.is_set():
            try:
                self.passed.reached(self._bookmark.at())
                if self._store.log.wait(self._bookmark.at(), POLL_S):
                    self.step()
                else:
                    self._bookmark.forget()
            except (LogUnavailable, CursorMoved):
                self._bookmark.forget()
                stopping.wait(POLL_S)  # another process may do the same work: look again where it has come to
            except Exception as error:
                self.failed = error
                log.exception("projector_stopped", service=self._service, position=self.position)
                return


def rebuild(store: SqlStore, view: ReadModel[Any, Any], feeds: Mapping[str, Feed]) -> int:
    """Build a view anew beside the old one and switch; readers see no gap. How many events were read.

    The projector may go on meanwhile: what it has passed is folded in before the switch, while it waits for the table.
    Raises: LogUnavailable; what the feeds raise.
    """
    beside = store.views.beside(view)
    passed = dict.fromkeys(feeds, 0)

    def go_on(tx: Any = None) -> None:
        for source, feed in feeds.items():
            until = store.cursors.cursor(views_cursor(source))
            passed[source] = _fold_all(store, view, beside, feed, until, after=passed[source], tx=tx)

    go_on()
    with store.transaction() as tx:
        # The cursors are read behind the lock: whoever wrote to this table before has moved them by now.
        store.views.hold(tx, view)
        go_on(tx)
        store.views.switch(tx, view)
    return sum(passed.values())


def fold_documents(
    view: ReadModel[Any, Any], events: Iterable[Recorded[Any]], documents: dict[str, Document | None]
) -> None:
    """Fold events into documents in memory; None where there is no document any more."""
    for event in events:
        if isinstance(event.data, view.on):
            for key in view.keys(event):
                documents[key] = view.evolve(documents.get(key), event)


def _fold_all(
    store: SqlStore,
    view: ReadModel[Any, Any],
    table: ReadModel[Any, Any],
    feed: Feed,
    until: int,
    *,
    after: int = 0,
    tx: Any = None,
) -> int:
    """Fold a feed from behind `after` up to `until`, in `tx` or by batches; how far that came."""
    at = after
    while at < until:
        events = [event for event in read_records(feed.read(at, BATCH)) if event.position <= until]
        with store.transaction() if tx is None else nullcontext(tx) as each:
            fold_into(store, each, view, table, events)
        at = events[-1].position
    return at
