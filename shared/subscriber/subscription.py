"""How does every event of a service reach another system, in order, none left out? Broker first, feed for the rest."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pika
import pika.exceptions

from shared.subscriber.checkpoint import Checkpoint, Place
from shared.subscriber.event import Event, NoEvent, read_event
from shared.subscriber.feed import Feed, FeedUnavailable, Refused

EXCHANGE = "kosilab.events"
BEACON = "beacon"
UNDER_WAY = 100
"""How many messages the broker hands out before the first of them is handled."""

LOOK_S = 0.5
"""How often a quiet loop checks whether it shall stop [s]."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
ACCESS_REFUSED = 403

log = logging.getLogger("kosilab.subscriber")


class Restored(Exception):  # noqa: N818 - says what happened
    """The service's log was restored and lost events; positions behind `place` may name other events than before."""

    def __init__(self, place: Place, event: Event) -> None:
        super().__init__(
            f"the log is another one since it was restored: {event.source} instead of {place.source}. You have "
            f"handled everything up to {place.position} of the old one; the new one is at {event.position}. Decide "
            "what becomes of events that are no more, then save the place from which to go on"
        )
        self.place = place
        self.event = event


class Subscription:
    """Every event of one service and audience, each after its predecessor; iterate over it."""

    def __init__(
        self,
        *,
        amqp_url: str,
        feed_url: str,
        service: str,
        token: Callable[[], str],
        checkpoint: Checkpoint,
        audience: str = "open",
    ) -> None:
        """The constructor does not connect. `token` is called for each page of the feed, so it may be renewed."""
        self._amqp_url = amqp_url
        self._keys = (f"{audience}.{service}.#", f"{BEACON}.{audience}.{service}")
        self._feed = Feed(feed_url, service, audience, token)
        self._checkpoint = checkpoint
        self._place: Place | None = None
        self._stopping = threading.Event()
        self._pause = FIRST_PAUSE_S
        self.n_duplicates = 0
        self.n_from_feed = 0

    def stop(self) -> None:
        """End the loop after the event that is being handled."""
        self._stopping.set()

    def __iter__(self) -> Iterator[Event]:
        """The events after the checkpoint, then those to come, until `stop`.

        Raises: Refused, Restored; ValueError for a malformed checkpoint.
        """
        self._place = self._checkpoint.load()
        while not self._stopping.is_set():
            try:
                yield from self._listen()
            except FeedUnavailable as error:
                self._wait(str(error))
            except (pika.exceptions.AMQPError, OSError) as error:
                _refuse(error)
                yield from self._feed_meanwhile()
                self._wait(f"the broker does not answer ({type(error).__name__})")

    def _listen(self) -> Iterator[Event]:
        connection = pika.BlockingConnection(pika.URLParameters(self._amqp_url))
        try:
            channel: Any = connection.channel()
            channel.basic_qos(prefetch_count=UNDER_WAY)
            queue = channel.queue_declare("", exclusive=True).method.queue
            for key in self._keys:
                channel.queue_bind(queue, EXCHANGE, key)
            # The feed is read only now: the queue already collects the events that happen meanwhile.
            yield from self._fill()
            self._pause = FIRST_PAUSE_S
            for method, _, body in channel.consume(queue, inactivity_timeout=LOOK_S):
                if method is not None:
                    yield from self._arrived(method.routing_key, body)
                    channel.basic_ack(method.delivery_tag)
                if self._stopping.is_set():
                    return
        finally:
            if connection.is_open:
                connection.close()

    def _arrived(self, routing_key: str, body: bytes) -> Iterator[Event]:
        if routing_key.startswith(f"{BEACON}."):
            if body.isdigit() and int(body) > self._position:
                yield from self._fill()
            return
        try:
            event = read_event(body)
        except NoEvent as error:
            log.warning("a message that is no event is skipped (%s)", error)
            return
        if event.previous > self._position:
            yield from self._fill()  # this one included
        yield from self._deliver(event)

    def _fill(self) -> Iterator[Event]:
        """All events of the feed after the place."""
        while records := self._feed.page(self._position):
            for record in records:
                try:
                    event = read_event(record)
                except NoEvent as error:
                    raise FeedUnavailable(
                        f"the feed answers with something that is no event ({error})"
                    ) from error
                self.n_from_feed += 1
                yield from self._deliver(event)
                if self._stopping.is_set():
                    return

    def _feed_meanwhile(self) -> Iterator[Event]:
        try:
            yield from self._fill()
        except FeedUnavailable as error:
            log.warning("%s", error)

    def _deliver(self, event: Event) -> Iterator[Event]:
        place = self._place
        if place is not None and event.source != place.source:
            raise Restored(place, event)
        if event.position <= self._position:
            self.n_duplicates += 1
            return
        yield event
        # The caller asks for the next event, so this one is handled.
        self._place = Place(event.position, event.source)
        self._checkpoint.save(self._place)

    @property
    def _position(self) -> int:
        return 0 if self._place is None else self._place.position

    def _wait(self, why: str) -> None:
        log.warning("%s; again in %.1f s", why, self._pause)
        self._stopping.wait(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE_S)


def _refuse(error: Exception) -> None:
    """Raises: Refused, when the broker knows the subscriber and says no."""
    wrong_password = isinstance(error, pika.exceptions.ProbableAuthenticationError)
    no_vhost = isinstance(error, pika.exceptions.ProbableAccessDeniedError)
    no_right = isinstance(error, pika.exceptions.ChannelClosedByBroker) and error.reply_code == ACCESS_REFUSED
    if wrong_password or no_vhost or no_right:
        raise Refused(f"the broker refuses: {error}") from error
