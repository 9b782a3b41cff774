"""How does a service react to its own events? It reads its log after its views, in order, and never skips an event."""

import threading

from shared.eventlog.port import Conflict, CursorMoved, LogUnavailable
from shared.eventlog.store import SqlStore
from shared.eventlog.waiting import Growth, turn
from shared.service import telemetry
from shared.service.app import App
from shared.service.bookmark import Bookmark
from shared.service.feeds import LogFeed
from shared.service.parking import Handling, NotTheMessages
from shared.service.projection import views_cursor
from shared.service.projector import POLL_S
from shared.service.reading import read_records

OWN = "own"
BATCH = 100

log = telemetry.logger("reactor")


class Reactor:
    """Passes the service's own events to its reactions once the views have folded them."""

    def __init__(self, app: App, store: SqlStore, passed: Growth | None = None) -> None:
        """`passed` holds the position of this process's views; without it, the database is asked now and then."""
        self.name = f"{app.tables.name} reactor"
        self._service = app.tables.name
        self._store = store
        self._bookmark = Bookmark(store.cursors, OWN)
        self._passed = passed or Growth(self._views_position)
        self._feed = LogFeed(store.log)
        self._handling = Handling(app, store, self._service)
        self.failed: Exception | None = None

    @property
    def position(self) -> int:
        """The position that the reactions have reached."""
        return self._bookmark.position

    def step(self) -> int:
        """React to one batch; returns its number of events.

        Raises: LogUnavailable, NotTheMessages, CursorMoved, Conflict.
        """
        at = self._bookmark.at()
        passed = self._passed.position
        in_views = passed if passed > at else self._views_position()
        if at >= in_views:
            self._bookmark.forget()
            return 0
        stored = self._store.log.follow(after=at, limit=min(BATCH, in_views - at))
        events = read_records(stored_event.record for stored_event in stored)
        upto = events[-1].position
        with self._bookmark.moves(upto):
            self._handling.handle(events, lambda tx: self._bookmark.move_within(tx, upto), alone=True)
        return len(events)

    def run(self, stopping: threading.Event) -> None:
        """React until told to stop."""
        while not stopping.is_set():
            try:
                if self._passed.wait(self._bookmark.at(), turn(POLL_S)):
                    self.step()
                else:
                    self._bookmark.doubt()
                self._handling.retry_now_and_then(self._feed)
                self.failed = None
            except (LogUnavailable, CursorMoved, Conflict):
                self._bookmark.forget()
                stopping.wait(POLL_S)
            except NotTheMessages as error:
                self.failed = error
                log.error("reactions_stopped", service=self._service, reason=str(error))  # noqa: TRY400 - it was logged where it happened
                stopping.wait(POLL_S * 10)

    def _views_position(self) -> int:
        return self._store.cursors.cursor(views_cursor(self._service))
