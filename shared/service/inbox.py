"""How do events of other services arrive in order, each with one effect, despite duplicates, delays and losses?

Acknowledge only after the transaction that moved the cursor. A position at or below the cursor is a repeat: skip it.
The next position: handle it. A later position shows a gap: read the source's feed first.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from typing import Any, TypeAlias

import msgspec

from shared.bus.port import Bus, BusUnavailable, Delivery, Message
from shared.bus.seal import Seal
from shared.bus.topology import event_of
from shared.eventlog.port import Conflict, CursorMoved, LogUnavailable
from shared.eventlog.store import SqlStore
from shared.eventlog.waiting import turn
from shared.events.codec import decode_envelope
from shared.kernel.recorded import Recorded
from shared.service import clock, telemetry
from shared.service.app import App
from shared.service.bookmark import Bookmark
from shared.service.feeds import Feed, FeedUnavailable
from shared.service.news import sort_out
from shared.service.parking import Handling, NotTheMessages
from shared.service.projection import ViewsProjection, views_cursor
from shared.service.reading import read_records

LIMIT = 200
FEED_PAGE = 500
QUIET_S = 0.5
PAUSE_S = 1.0
LINGER_S = 0.05
"""How long one looks away after a message that means nothing to this service [s]; others come in crowds, too."""

GATHER_S = 0.25
"""How long irrelevant events wait for more [s], so that the cursor moves once for all of them."""

Keep: TypeAlias = Callable[[str, Sequence[Recorded[Any]]], AbstractContextManager[Callable[[Any], None]]]
"""Keeps a source's events: it stands around the transaction that moves the cursor, and gives what to do within it."""

log = telemetry.logger("inbox")


@contextmanager
def keep_nothing(_source: str, _events: Sequence[Recorded[Any]]) -> Iterator[Callable[[Any], None]]:
    """Most services keep no foreign events; their views hold what they need."""
    yield lambda _tx: None


def inbox_cursor(source: str) -> str:
    """The cursor of the events of a source that a service has handled."""
    return f"inbox:{source}"


class Inbox:
    """The receiving end of one service."""

    def __init__(
        self,
        app: App,
        store: SqlStore,
        projection: ViewsProjection,
        bus: Bus,
        feeds: Mapping[str, Feed],
        *,
        seal: Seal,
        keep: Keep = keep_nothing,
    ) -> None:
        """`seal` knows the messages of this city's services.

        `keep` says what happens to events besides: reporting keeps them all.
        """
        self.name = f"{app.tables.name} inbox"
        self._service = app.tables.name
        self._store = store
        self._projection = projection
        self._bus = bus
        self._feeds = feeds
        self._keep = keep
        self._seal = seal
        self._bookmarks = {source: Bookmark(store.cursors, inbox_cursor(source)) for source in feeds}
        self._views = {source: Bookmark(store.cursors, views_cursor(source)) for source in feeds}
        self._handling = {source: Handling(app, store, source) for source in feeds}
        self._heard = app.tables.heard
        self._origins: dict[str, str] = {}
        self.failed: Exception | None = None
        self.n_duplicates = 0
        self.n_caught_up = 0
        self.n_undecodable = 0
        self.n_doubted = 0

    def position(self, source: str) -> int:
        """How far the events of a source are handled."""
        return self._bookmarks[source].position

    def step(self, timeout: float = QUIET_S) -> int:
        """Take the messages that have arrived and handle them; returns their number.

        Raises: BusUnavailable, LogUnavailable, FeedUnavailable, NotTheMessages, CursorMoved, Conflict, or whatever a
        view raises; then no message is acknowledged, and all come again.
        """
        arrived: list[Delivery] = []
        try:
            self._gather(arrived, timeout)
            if arrived:
                self._take(arrived)
            else:
                self._doubt()
        except Exception:
            self._forget()
            with suppress(BusUnavailable):  # a broken connection gives messages back by itself
                for delivery in arrived:
                    delivery.requeue()
            raise
        # Never before the commit: a crash between the two would lose these messages for this service.
        if arrived:
            arrived[-1].ack_through()
        return len(arrived)

    def _gather(self, arrived: list[Delivery], timeout: float) -> None:
        """Take messages until one concerns this service, or a moment has passed since the first."""
        until = clock.monotonic() + timeout
        while True:
            n_seen, left = len(arrived), max(0.0, until - clock.monotonic())
            self._bus.consume(self._service, arrived.append, timeout=left, limit=LIMIT - n_seen)
            new = arrived[n_seen:]
            if (
                not new
                or len(arrived) >= LIMIT
                or any(self._is_awaited(delivery.message) for delivery in new)
            ):
                return
            if n_seen == 0:
                until = clock.monotonic() + min(GATHER_S, timeout)
            # To be woken by each message would cost more than all that is done with it.
            clock.sleep(min(LINGER_S, max(0.0, until - clock.monotonic())))

    def _is_awaited(self, message: Message) -> bool:
        return self._keep is not keep_nothing or event_of(message.routing_key) in self._heard

    def begin(self) -> None:
        """Declare the inbox, and read the events that were missed from every feed; a missing feed stops no other.

        It takes nothing from the broker before: messages that can't be handled yet would return again and again.
        Raises: the first of BusUnavailable, FeedUnavailable, CursorMoved, Conflict after all were tried;
        LogUnavailable, NotTheMessages, or whatever a view raises, at once.
        """
        self._forget()
        trouble: Exception | None = None
        attempts: list[Callable[[], object]] = [
            self._declare,
            *(partial(self._begin_with, source) for source in self._feeds),
        ]
        for attempt in attempts:
            try:
                attempt()
            except (BusUnavailable, FeedUnavailable, CursorMoved, Conflict) as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble

    def _begin_with(self, source: str) -> None:
        """Learn in which incarnation the source's log is, and read what was missed."""
        at = self._bookmarks[source].at()
        for record in self._feeds[source].read(at - 1, 1) if at else ():
            self._origins[source] = decode_envelope(record).source
        self.catch_up(source)

    def catch_up(self, source: str) -> int:
        """Read the source's feed to its end; returns the number of new events.

        Raises: FeedUnavailable, LogUnavailable, NotTheMessages, CursorMoved, Conflict.
        """
        n_new = 0
        while events := self._page(source):
            self._handle(source, events)
            n_new += len(events)
        self.n_caught_up += n_new
        return n_new

    def run(self, stopping: threading.Event) -> None:
        """Receive until told to stop; at first, and after every trouble, catch up from the feeds."""
        begun = False
        while not stopping.is_set():
            try:
                if not begun:
                    self.begin()
                    begun = True
                self.step(turn(QUIET_S))
                self._retry()
                self.failed = None
            except (CursorMoved, Conflict):
                begun = False  # another process was faster: read again how far it has come
            except (BusUnavailable, LogUnavailable, FeedUnavailable) as error:
                begun = False
                log.warning("inbox_waits", service=self._service, reason=f"{type(error).__name__}: {error}")
                stopping.wait(PAUSE_S)
            except NotTheMessages as error:
                begun = False
                self.failed = error
                log.error("inbox_stopped", service=self._service, reason=str(error))  # noqa: TRY400 - logged where it happened
                stopping.wait(PAUSE_S * 5)

    def _page(self, source: str) -> list[Recorded[Any]]:
        """The feed's events after the cursor, without a gap."""
        at = self._bookmarks[source].at()
        try:
            events = read_records(self._feeds[source].read(at, FEED_PAGE))
        except msgspec.DecodeError as error:
            raise FeedUnavailable(f"{source} answers with something that is no event") from error
        if [event.position for event in events] != list(range(at + 1, at + 1 + len(events))):
            raise FeedUnavailable(f"{source} answers with other positions than those behind {at}")
        if events:
            self._origins[source] = events[-1].source
        return events

    def _declare(self) -> None:
        self._bus.declare(self._service, tuple(self._feeds))

    def _retry(self) -> None:
        for source, handling in self._handling.items():
            with suppress(FeedUnavailable):  # it is tried again; meanwhile the other messages go on
                handling.retry_now_and_then(self._feeds[source])

    def _take(self, arrived: Sequence[Delivery]) -> None:
        news = sort_out((delivery.message for delivery in arrived), self._seal)
        self.n_undecodable += news.n_undecodable
        if news.n_doubted:
            self.n_doubted += news.n_doubted
            log.warning("messages_doubted", service=self._service, n=news.n_doubted)
        for source in self._feeds:
            self._handle_arrived(source, news.events.get(source, ()))
            if source in news.doubted or news.beacons.get(source, 0) > self._bookmarks[source].at():
                self.catch_up(source)

    def _handle_arrived(self, source: str, events: Sequence[Recorded[Any]]) -> None:
        at = self._bookmarks[source].at()
        origin = self._origins.get(source)
        run: list[Recorded[Any]] = []
        for event in events:
            expected = run[-1].position + 1 if run else at + 1
            if event.position < expected:
                self.n_duplicates += 1
            elif event.position == expected and origin in (None, event.source):
                run.append(event)
            else:
                # Also for a message of an earlier incarnation: a restore of the source may have taken its event back.
                self._handle(source, run)
                self.catch_up(source)
                return
        self._handle(source, run)

    def _handle(self, source: str, events: Sequence[Recorded[Any]]) -> None:
        if not events:
            return
        handling, bookmark, views = self._handling[source], self._bookmarks[source], self._views[source]
        upto = events[-1].position
        passed = max(views.at(), upto)
        with self._keep(source, events) as keep:

            def finish(tx: Any) -> None:
                bookmark.move_within(tx, upto)  # first: whoever was overtaken keeps no record a second time
                keep(tx)

            if handling.concerns(events):
                # Reactions ask the views, so the views fold the events first.
                with views.moves(passed), self._store.transaction() as tx:
                    self._project(tx, source, events)
                with bookmark.moves(upto):
                    handling.handle(events, finish)
            else:
                # Who keeps every record decides nothing; the feeds have what a crash takes back (ADR 39).
                in_haste = self._keep is not keep_nothing
                with (
                    views.moves(passed),
                    bookmark.moves(upto),
                    self._store.transaction(in_haste=in_haste) as tx,
                ):
                    finish(tx)
                    self._project(tx, source, events)

    def _project(self, tx: Any, source: str, events: Sequence[Recorded[Any]]) -> None:
        views = self._views[source]
        new = [event for event in events if event.position > views.at()]
        if new:
            views.move_within(tx, new[-1].position)
            self._projection.apply(tx, new)

    def _forget(self) -> None:
        for bookmark in (*self._bookmarks.values(), *self._views.values()):
            bookmark.forget()

    def _doubt(self) -> None:
        for bookmark in (*self._bookmarks.values(), *self._views.values()):
            bookmark.doubt()
