"""How does a program listen to a city? It reads each log from a position on, then live from broker or feed.

It uses pika, as subscribers do, and so receives what any subscriber receives.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker

from shared.bus.port import BusUnavailable, Message
from shared.bus.seal import HEADER, Seal
from shared.bus.topology import EXCHANGE
from shared.events.codec import Envelope, decode_envelope
from shared.events.registry import Audience
from shared.service import clock
from shared.service.feeds import Feed

PAGE = 500
POLL_S = 0.5
AGAIN_S = 2.0
HEARTBEAT_S = 20


@dataclass(frozen=True, slots=True)
class Heard:
    """One record, with its envelope."""

    envelope: Envelope
    record: bytes

    @classmethod
    def of(cls, record: bytes) -> "Heard":
        """Read the envelope of a record."""
        return cls(decode_envelope(record), record)

    @property
    def service(self) -> str:
        """The service whose log holds the record."""
        return self.envelope.type.split(".")[1]

    @property
    def name(self) -> str:
        """The event's name, such as `OfferPosted`."""
        return self.envelope.type.split(".")[2]

    @property
    def position(self) -> int:
        """The position in the log."""
        return int(self.envelope.sequence)


@dataclass(slots=True)
class Listener:
    """Reads each feed from a position on; every record comes once, in the order of its log."""

    feeds: Mapping[str, Feed]
    at: dict[str, int] = field(default_factory=dict)

    def rest(self, service: str) -> Iterator[Heard]:
        """The records of the log after the position.

        Raises: FeedUnavailable, LogUnavailable.
        """
        while records := self.feeds[service].read(self.at.get(service, 0), PAGE):
            for record in records:
                heard = Heard.of(record)
                self.at[service] = heard.position
                yield heard

    def asking(self) -> Iterator[Heard]:
        """New records, by asking the feeds again and again; never ends."""
        while True:
            for service in self.feeds:
                yield from self.rest(service)
            clock.sleep(POLL_S)

    def over_broker(self, url: str, seal: Seal) -> Iterator[Heard]:
        """New records as the broker delivers them; the feed fills gaps, repeats are left out. Never ends.

        Raises: BusUnavailable when the broker does not answer at first; later outages only delay.
        """
        connected = False
        while True:
            try:
                for body in deliveries(url, self.feeds, seal):
                    connected = True
                    yield from self._in_order(body)
            except AMQPError as error:
                if not connected:
                    raise BusUnavailable(_reason(error)) from error
                clock.sleep(AGAIN_S)

    def _in_order(self, body: bytes) -> Iterator[Heard]:
        """The records to yield after a delivery: its own, and those that the feed has before it."""
        if not body:
            for service in self.feeds:
                yield from self.rest(service)
            return
        heard = Heard.of(body)
        expected = self.at.get(heard.service, 0) + 1
        if heard.position > expected:
            yield from self.rest(heard.service)
        elif heard.position == expected:
            self.at[heard.service] = heard.position
            yield heard


def deliveries(url: str, services: Iterable[str], seal: Seal) -> Generator[bytes, None, None]:
    """Yields an empty body once the queue is bound, then every body that arrives; none that no service published."""
    parameters = pika.URLParameters(url)
    parameters.heartbeat = HEARTBEAT_S
    connection = pika.BlockingConnection(parameters)
    try:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        for service in services:
            for audience in Audience:
                channel.queue_bind(queue, EXCHANGE, f"{audience}.{service}.#")
        # The feeds are read only now: events that are appended meanwhile already wait in the queue.
        yield b""
        for method, properties, body in channel.consume(queue, auto_ack=True):
            mac = str((properties.headers or {}).get(HEADER, ""))
            arrived = Message(routing_key=method.routing_key or "", body=body, message_id="", mac=mac)
            yield body if seal.holds(arrived) else b""
    finally:
        if connection.is_open:
            connection.close()


def _reason(error: AMQPError) -> str:
    if isinstance(error, ChannelClosedByBroker):
        return f"{error.reply_text}; the first service that starts makes the exchange"
    return type(error).__name__
