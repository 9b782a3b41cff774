"""The bus on RabbitMQ through kombu: pipelined confirms, mandatory, and a time limit on every wait."""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import amqp
from kombu.connection import Connection

from shared.bus import topology
from shared.bus.port import BusUnavailable, Delivery, Message

CONTENT_TYPE = "application/cloudevents+json"
WAIT_S = 10.0
"""How long any answer of the broker is waited for [s]; a broker in an alarm would let us wait for ever."""

HEARTBEAT_S = 10
"""Heartbeats are sent twice as often [s]; RabbitMQ advises 5 to 20."""

NEXT_MESSAGE_S = 0.002
"""How long one waits for a further message after the first [s]."""


class AmqpBus:
    """A virtual host of RabbitMQ; publishing and consuming use connections of their own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._consumers: dict[str, AmqpConsumer] = {}

    def declare(self, service: str, sources: Sequence[str]) -> None:
        """Make sure of exchanges, inbox and bindings.

        Raises: BusUnavailable.
        """
        with _answered(), contextlib.closing(connect(self._url)) as connection:
            channel = connection.channel()
            _declare_exchanges(channel)
            if sources:
                name = topology.inbox(service)
                channel.queue_declare(
                    name, durable=True, auto_delete=False, arguments=dict(topology.INBOX_ARGUMENTS)
                )
                for key in topology.binding_keys(sources):
                    channel.queue_bind(name, topology.EXCHANGE, key)

    def publisher(self) -> "AmqpPublisher":
        """A publisher with a connection of its own.

        Raises: BusUnavailable.
        """
        return AmqpPublisher(self._url)

    def consume(
        self, service: str, handle: Callable[[Delivery], None], *, timeout: float, limit: int = 500
    ) -> int:
        """Wait at most `timeout` [s] for a first message, then take what is there; how many.

        Raises: BusUnavailable; then the connection is dropped and what was not acknowledged comes again.
        """
        try:
            with _answered():
                if service not in self._consumers:
                    self._consumers[service] = AmqpConsumer(self._url, service, limit)
                return self._consumers[service].take(handle, timeout, limit)
        except BusUnavailable:
            self.drop_consumer(service)
            raise

    def drop_consumer(self, service: str) -> None:
        """Close the consuming connection of a service; what was not acknowledged comes again."""
        consumer = self._consumers.pop(service, None)
        if consumer is not None:
            consumer.close()

    @property
    def n_unrouted(self) -> int:
        """How many messages lie in the alternate queue, because no inbox was bound to them.

        Raises: BusUnavailable.
        """
        with _answered(), contextlib.closing(connect(self._url)) as connection:
            declared = connection.channel().queue_declare(topology.UNROUTED, passive=True)
            return int(declared.message_count)

    def close(self) -> None:
        """Close all consuming connections; publishers are closed by who asked for them."""
        for service in list(self._consumers):
            self.drop_consumer(service)


class AmqpPublisher:
    """One connection in confirm mode; not shared between threads."""

    def __init__(self, url: str) -> None:
        self._pending: dict[int, int] = {}
        self._tags = itertools.count(1)
        self._refused: set[int] = set()
        with _answered():
            self._connection = connect(url)
            self._channel = self._connection.channel()
            _declare_exchanges(self._channel)
            self._channel.events["basic_ack"].add(self._on_ack)
            self._channel.events["basic_nack"].add(self._on_nack)
            self._channel.events["basic_return"].add(self._on_return)
            self._channel.confirm_select()
        self.n_returned = 0

    def publish(self, messages: Sequence[Message]) -> int:
        """Publish in order, then wait for the confirms; how many from the first on are confirmed without a gap.

        Raises: BusUnavailable when none is known to be confirmed.
        """
        self._pending.clear()
        self._refused.clear()
        try:
            with _answered():
                for number, message in enumerate(messages):
                    self._pending[next(self._tags)] = number
                    self._publish(message)
                while self._pending:
                    self._connection.drain_events(timeout=WAIT_S)
        except BusUnavailable:
            if self._confirmed(len(messages)) == 0:
                raise
        return self._confirmed(len(messages))

    def close(self) -> None:
        """Give the connection back."""
        _close(self._connection)

    def _publish(self, message: Message) -> None:
        self._channel.basic_publish(
            amqp.Message(
                message.body,
                content_type=CONTENT_TYPE,
                message_id=message.message_id,
                delivery_mode=2,
            ),
            exchange=topology.EXCHANGE,
            routing_key=message.routing_key,
            mandatory=True,
            timeout=WAIT_S,
        )

    def _confirmed(self, n_messages: int) -> int:
        return min([*self._pending.values(), *self._refused, n_messages])

    def _on_ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - the protocol's callback
        for one in self._settled(tag, multiple=multiple):
            del self._pending[one]

    def _on_nack(self, tag: int, multiple: bool = False) -> None:  # noqa: FBT001, FBT002 - the protocol's callback
        for one in self._settled(tag, multiple=multiple):
            self._refused.add(self._pending.pop(one))

    def _settled(self, tag: int, *, multiple: bool) -> list[int]:
        return (
            [one for one in self._pending if one <= tag]
            if multiple
            else [tag]
            if tag in self._pending
            else []
        )

    def _on_return(self, *_: Any) -> None:
        self.n_returned += 1


class AmqpConsumer:
    """One connection that reads one inbox."""

    def __init__(self, url: str, service: str, prefetch: int) -> None:
        self._arrived: list[AmqpDelivery] = []
        self._connection = connect(url)
        self._channel = self._connection.channel()
        self._channel.basic_qos(0, prefetch, False)  # noqa: FBT003 - per consumer, the protocol's flag
        self._channel.basic_consume(topology.inbox(service), callback=self._on_message)

    def take(self, handle: Callable[[Delivery], None], timeout: float, limit: int) -> int:
        """Wait for a first message, then take what is there; how many."""
        self._connection.heartbeat_tick(rate=2)
        wait = timeout
        while len(self._arrived) < limit and self._drained(wait):
            wait = NEXT_MESSAGE_S
        taken, self._arrived = self._arrived[:limit], self._arrived[limit:]
        for delivery in taken:
            handle(delivery)
        return len(taken)

    def close(self) -> None:
        """Close the connection; what was not acknowledged comes again."""
        _close(self._connection)

    def _drained(self, timeout: float) -> bool:
        try:
            self._connection.drain_events(timeout=timeout)
        except TimeoutError:
            return False
        return True

    def _on_message(self, message: Any) -> None:
        self._arrived.append(AmqpDelivery(self._channel, message))


class AmqpDelivery:
    """One message as RabbitMQ delivered it."""

    def __init__(self, channel: Any, message: Any) -> None:
        self._channel = channel
        self._tag = message.delivery_info["delivery_tag"]
        body = message.body if isinstance(message.body, bytes) else message.body.encode()
        self.message = Message(
            routing_key=message.delivery_info["routing_key"],
            body=body,
            message_id=message.properties.get("message_id", ""),
        )

    def ack(self) -> None:
        """It is dealt with.

        Raises: BusUnavailable.
        """
        with _answered():
            self._channel.basic_ack(self._tag)

    def requeue(self) -> None:
        """It will come again.

        Raises: BusUnavailable.
        """
        with _answered():
            self._channel.basic_reject(self._tag, requeue=True)


def connect(url: str) -> Any:
    """A connection of py-amqp, with heartbeat and time limits, as kombu reads the URL."""
    connection: Any = Connection(  # type: ignore[no-untyped-call]
        url, heartbeat=HEARTBEAT_S, connect_timeout=WAIT_S
    )
    connection.transport_options = {"read_timeout": WAIT_S, "write_timeout": WAIT_S}
    connection.connect()
    return connection.connection


def _declare_exchanges(channel: Any) -> None:
    channel.exchange_declare(topology.UNROUTED, "fanout", durable=True, auto_delete=False)
    channel.queue_declare(
        topology.UNROUTED, durable=True, auto_delete=False, arguments=dict(topology.UNROUTED_ARGUMENTS)
    )
    channel.queue_bind(topology.UNROUTED, topology.UNROUTED)
    channel.exchange_declare(
        topology.EXCHANGE,
        "topic",
        durable=True,
        auto_delete=False,
        arguments=dict(topology.EXCHANGE_ARGUMENTS),
    )


def _close(connection: Any) -> None:
    with contextlib.suppress(Exception):  # a connection that is broken anyway
        connection.transport.close()
    with contextlib.suppress(Exception):
        connection.collect()


@contextlib.contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except (amqp.exceptions.AMQPError, OSError, RuntimeError, AttributeError) as error:
        # py-amqp raises RuntimeError or AttributeError on a connection that broke a moment ago.
        raise BusUnavailable(type(error).__name__) from error
