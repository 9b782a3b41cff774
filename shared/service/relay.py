"""How do records reach the broker? A cursor follows the log: publish, wait for the confirms, only then move on."""

import threading
from collections.abc import Callable
from contextlib import suppress

import msgspec

from shared.bus.port import Bus, BusUnavailable, Message, Publisher
from shared.bus.seal import Seal
from shared.bus.topology import beacon_key, routing_key
from shared.eventlog.port import CursorMoved, EventLog, LogUnavailable, StoredRecord
from shared.eventlog.waiting import turn
from shared.service import clock, telemetry
from shared.service.bookmark import Bookmark

CURSOR = "relay"
WINDOW = 400
"""How many messages wait for their confirms at once."""

BEACON_S = 3.0
"""How long after a record the last positions are published [s], so that the loss of a last message is noticed."""

LONGEST_BEACON_S = 30.0
"""The longest pause of a quiet log before it repeats them [s]; the pause doubles each time."""

SETTLE_S = 0.25
"""How often the cursor moves while much is published [s]: what a crash loses of it is published again, harmlessly."""

POLL_S = 0.5
LONGEST_PAUSE_S = 2.0
"""The longest wait of the relay between two attempts [s]; so long may a returning broker go unnoticed."""

log = telemetry.logger("relay")


class Relay:
    """Publishes a service's log, in order, at least once."""

    def __init__(
        self, event_log: EventLog, bus: Bus, seal: Seal, is_held: Callable[[], bool] = lambda: False
    ) -> None:
        """`seal` says to the readers that the messages are this city's; while it `is_held`, nothing is published."""
        self._is_held = is_held
        self.name = f"{event_log.service} relay"
        self._log = event_log
        self._bus = bus
        self._seal = seal
        self._bookmark = Bookmark(event_log, CURSOR)
        self._publisher: Publisher | None = None
        self._pause = POLL_S
        self._beacon_at = 0.0
        self._beacon_pause = BEACON_S
        self._settle_at = 0.0
        self.n_failures = 0

    @property
    def position(self) -> int:
        """The position of the cursor: up to it at least the broker has confirmed."""
        return self._bookmark.position

    def step(self) -> int:
        """Publish one window; returns how many records were confirmed. The cursor moves only over these.

        Raises: BusUnavailable, LogUnavailable, CursorMoved.
        """
        n_confirmed = self._step()
        self._bookmark.settle()
        return n_confirmed

    def _step(self) -> int:
        if self._is_held():
            return 0
        stored = self._log.follow(after=self._bookmark.at(), limit=WINDOW)
        if not stored:
            return 0
        n_confirmed = self._publish([message_of(stored_event, self._seal) for stored_event in stored])
        if n_confirmed:
            # Never before the confirm: a crash between the two would lose these records for every subscriber.
            self._bookmark.reach(stored[n_confirmed - 1].position)
        return n_confirmed

    def beacon(self) -> bool:
        """Publish the last position of each audience, once the broker has all records; False before that.

        An earlier beacon would send every reader to the feed for records that are still on their way.
        Raises: BusUnavailable, LogUnavailable.
        """
        head = self._log.head()
        if self._is_held() or head.position != self._bookmark.at():
            return False
        beacons = [
            self._seal.sealed(
                routing_key=beacon_key(self._log.service, audience),
                body=str(position).encode(),
                message_id=f"{self._log.service}-{audience}-{position}",
            )
            for audience, position in sorted(head.by_audience.items())
        ]
        return not beacons or self._publish(beacons) == len(beacons)

    def run(self, stopping: threading.Event) -> None:
        """Relay until told to stop; a missing broker costs only time."""
        try:
            while not stopping.is_set():
                self._work(stopping)
            with suppress(LogUnavailable, CursorMoved):
                self._settle()
        finally:
            self.close()

    def _work(self, stopping: threading.Event) -> None:
        """Wait for records and publish them; after a failure wait, at first briefly."""
        if self._is_held():
            stopping.wait(LONGEST_PAUSE_S)
            return
        try:
            if self._log.wait(self._bookmark.at(), turn(POLL_S)):
                if self._step():
                    self._beacon_pause = BEACON_S
                    self._beacon_at = min(self._beacon_at, clock.monotonic() + BEACON_S)
                if clock.monotonic() >= self._settle_at:
                    self._settle()
            else:
                self._settle()
                self._bookmark.doubt()
            if clock.monotonic() >= self._beacon_at and self.beacon():
                self._beacon_at = clock.monotonic() + self._beacon_pause
                self._beacon_pause = min(2 * self._beacon_pause, LONGEST_BEACON_S)
            self._pause = POLL_S
        except (BusUnavailable, LogUnavailable, CursorMoved) as error:
            self.close()
            self._bookmark.forget()
            self.n_failures += 1
            reason = f"{type(error).__name__}: {error}"
            log.warning("relay_waits", service=self._log.service, reason=reason, pause_s=self._pause)
            stopping.wait(self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE_S)

    def _settle(self) -> None:
        self._bookmark.settle()
        self._settle_at = clock.monotonic() + SETTLE_S

    def close(self) -> None:
        """Give the connection back."""
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            publisher.close()

    def _publish(self, messages: list[Message]) -> int:
        if self._publisher is None:
            self._publisher = self._bus.publisher()
        try:
            return self._publisher.publish(messages)
        except BusUnavailable:
            self.close()
            raise


class _Identified(msgspec.Struct):
    id: str


_identified = msgspec.json.Decoder(_Identified).decode


def message_of(stored: StoredRecord, seal: Seal) -> Message:
    """The record as a message."""
    return seal.sealed(
        routing_key=routing_key(stored.type, stored.audience),
        body=stored.record,
        message_id=_identified(stored.record).id,
    )
