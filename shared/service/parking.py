"""What happens to an event that can't be handled? It waits with its reason, and so does its stream; others go on."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from shared.eventlog.parked import ParkedMessage, ParkedState
from shared.eventlog.port import Conflict, LogUnavailable
from shared.eventlog.store import SqlStore
from shared.eventlog.waiting import LOOK_S
from shared.events.bounds import Impossible
from shared.events.process import ParkedEventSkipped
from shared.kernel.recorded import Recorded
from shared.kernel.text import LONGEST_TEXT, cut, in_one_line
from shared.service import clock, telemetry
from shared.service.app import App
from shared.service.feeds import Feed, FeedUnavailable
from shared.service.reading import UnreadableEvent, read_record, refuse_unreadable

CONSUMER = "reactions"
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
RETRY_EVERY_S = LOOK_S
"""How often parked events are checked for being due [s]."""

MANY_STREAMS = 5
AT_ONCE = timedelta(minutes=10)
"""When this many different streams fail within this time, the messages are not the cause: stop and say so."""

log = telemetry.logger("parking")


class NotTheMessages(Exception):  # noqa: N818 - says what happened
    """Many different streams fail at once: a defect or an outage must be repaired; nothing was parked."""


class Handling:
    """Passes events of one source to the service's reactions, in order, and parks those that fail."""

    def __init__(self, app: App, store: SqlStore, source: str) -> None:
        self._app = app
        self._store = store
        self._source = source
        self._retry_at = 0.0
        self._clear_through: int | None = None
        heard = [effect.on for effect in app.tables.reactions] + [effect.on for effect in app.tables.effects]
        self._concerning: tuple[type, ...] = (UnreadableEvent, *chain.from_iterable(heard))

    def concerns(self, events: Sequence[Recorded[Any]]) -> bool:
        """Whether any of these events is one that the service reacts to."""
        return any(isinstance(event.data, self._concerning) for event in events)

    def handle(
        self, events: Sequence[Recorded[Any]], finish: Callable[[Any], None], *, alone: bool = False
    ) -> None:
        """React to these events, then finish and park the failed ones in one transaction.

        `finish` moves the cursor before it does anything else.

        Reactions run first, then the cursor (in `finish`) moves: after a crash between the two they run again, and the
        ids of their commands make the repeat harmless. With `alone`, `finish` is one statement, which needs no
        transaction (None) when nothing is parked.
        Raises: LogUnavailable, NotTheMessages, Conflict when others write to the same stream all the time; CursorMoved
        from `finish`.
        """
        concerning = [event for event in events if isinstance(event.data, self._concerning)]
        blocked = self._blocked_before(events[0].position) if concerning else set()
        parked = self._react_to(concerning, blocked)
        if parked:
            self._stop_when_many_fail(parked)
        if alone and not parked:
            finish(None)
        else:
            with self._store.transaction() as tx:
                finish(tx)  # first: what another process has handled meanwhile is not parked
                for message in parked:
                    self._store.parked.park(tx, message)
        if concerning:
            self._clear_through = None if blocked else events[-1].position

    def _blocked_before(self, position: int) -> set[str]:
        """The streams whose events wait, when the event at this position is the next one.

        Where none waited and this process alone has handled what came since, none waits: whoever parks an event moves
        the cursor over it.
        """
        if self._clear_through == position - 1:
            return set()
        return self._store.parked.blocked_streams(CONSUMER, self._source)

    def _react_to(self, events: Sequence[Recorded[Any]], blocked: set[str]) -> list[ParkedMessage]:
        """The events to park: those that failed, whose streams are blocked then, and those of blocked streams."""
        parked: list[ParkedMessage] = []
        for event in events:
            if event.stream in blocked:
                parked.append(self._behind(event))
                continue
            error = self._react(event)
            if error is not None:
                parked.append(self._failed(event, error))
                blocked.add(event.stream)
        return parked

    def retry_due(self, feed: Feed, now: datetime) -> int:
        """Try the due events again, and those that wait behind them; returns how many were handled.

        Raises: LogUnavailable, FeedUnavailable.
        """
        n_handled = 0
        while True:
            due = [
                parked
                for parked in self._store.parked.due(now, consumer=CONSUMER)
                if parked.source == self._source
            ]
            n_now = sum(self._retry(feed, message, now) for message in due)
            if not n_now:
                return n_handled
            n_handled += n_now

    def retry_now_and_then(self, feed: Feed) -> int:
        """The same for frequent callers: it looks only now and then; returns how many were handled.

        Raises: LogUnavailable, FeedUnavailable.
        """
        if clock.monotonic() < self._retry_at:
            return 0
        self._retry_at = clock.monotonic() + RETRY_EVERY_S
        if not self._store.parked.blocked_streams(CONSUMER, self._source):
            return 0  # the cheaper query: nearly always nothing is parked
        return self.retry_due(feed, clock.now())

    def _stop_when_many_fail(self, parked: Sequence[ParkedMessage]) -> None:
        """Raises: NotTheMessages."""
        failed = {message.stream for message in parked if _may_be_an_outage(message)}
        if not failed:
            return
        since = clock.now() - AT_ONCE
        for earlier in self._store.parked.listed(consumer=CONSUMER, states=(ParkedState.FAILED,)):
            if earlier.source == self._source and earlier.parked_at >= since and _may_be_an_outage(earlier):
                failed.add(earlier.stream)
        if len(failed) >= MANY_STREAMS:
            raise NotTheMessages(parked[0].reason)

    def _retry(self, feed: Feed, message: ParkedMessage, now: datetime) -> bool:
        records = feed.read(message.position - 1, 1)
        if not records:
            raise FeedUnavailable(f"{self._source} has no position {message.position}")
        event = read_record(records[0])
        error = self._react(event)
        with self._store.transaction() as tx:
            if error is None:
                self._store.parked.resolve(tx, message)
            else:
                again = self._failed(event, error)
                self._store.parked.failed_again(
                    tx,
                    message,
                    error_class=again.error_class,
                    reason=again.reason,
                    fingerprint=again.fingerprint,
                    next_at=now + backoff(message.attempts),
                )
        return error is None

    def _react(self, event: Recorded[Any]) -> Exception | None:
        try:
            refuse_unreadable(event)
            self._app.react_to(event)
        except (LogUnavailable, FeedUnavailable, Conflict):
            raise  # not the event's fault: it comes again
        except Exception as error:
            log.exception("event_parked", source=self._source, position=event.position, type=event.type)
            return error
        return None

    def _failed(self, event: Recorded[Any], error: Exception) -> ParkedMessage:
        error_class, now = type(error).__name__, clock.now()
        return ParkedMessage(
            consumer=CONSUMER,
            source=self._source,
            position=event.position,
            stream=event.stream,
            error_class=error_class,
            reason=f"{_named(error)} while reacting to {event.type}",
            fingerprint=hashlib.sha256(f"{error_class}:{event.type}".encode()).hexdigest()[:16],
            attempts=1,
            parked_at=now,
            next_at=now + FIRST_RETRY,
            state=ParkedState.FAILED,
        )

    def _behind(self, event: Recorded[Any]) -> ParkedMessage:
        now = clock.now()
        return ParkedMessage(
            consumer=CONSUMER,
            source=self._source,
            position=event.position,
            stream=event.stream,
            error_class="",
            reason="waits behind an earlier event of its stream",
            fingerprint="",
            attempts=0,
            parked_at=now,
            next_at=now,
            state=ParkedState.BEHIND,
        )


def _may_be_an_outage(message: ParkedMessage) -> bool:
    """Whether something else than the message itself may be why it failed: a value that is not possible stays so."""
    return message.state == ParkedState.FAILED and message.error_class != Impossible.__name__


def _named(error: Exception) -> str:
    """The error by its class, since what it says may be personal; an impossible value is named by its field."""
    return str(error) if isinstance(error, Impossible) else type(error).__name__


def backoff(attempts: int) -> timedelta:
    """The wait after this many attempts: doubled each time, one hour at most."""
    doubled: int = 2 ** min(attempts, 16)
    return min(FIRST_RETRY * doubled, LONGEST_RETRY)


def skip(app: App, store: SqlStore, source: str, position: int, reason: str) -> bool:
    """Give up a parked event, with a reason that the log keeps; False when none is parked there."""
    message = store.parked.get(CONSUMER, source, position)
    if message is None:
        return False
    given = cut(in_one_line(reason), LONGEST_TEXT)
    skipped = ParkedEventSkipped(consumer=CONSUMER, source=source, position=position, reason=given)
    app.note(skipped, stream=f"parked-{source}-{position}", at=clock.now())
    with store.transaction() as tx:
        store.parked.skip(tx, message, reason)
    return True
