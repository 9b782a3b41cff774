"""How do we connect to RabbitMQ, and what does each connection declare? With heartbeats and a limit on every wait."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import amqp
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from shared.bus import topology
from shared.bus.port import BusUnavailable

WAIT_S = 10.0
"""The longest wait for any answer of the broker [s]; a broker in an alarm would never answer."""

AT_ONCE = 64 * 1024
"""How much is received at once [bytes]."""

HEARTBEAT_S = 10
"""Heartbeats are sent twice as often [s]; RabbitMQ advises 5 to 20."""


def connect(url: str, wait_s: float = WAIT_S) -> Any:
    """A connection of kombu's transport, with heartbeat and time limits.

    Not kombu's `Connection` itself: it reconnects silently when it is used after a break, without consumers and
    without the messages that were published; users of this one learn that it broke.
    """
    connection: Any = Connection(  # type: ignore[no-untyped-call]
        url, heartbeat=HEARTBEAT_S, connect_timeout=wait_s
    )
    connection.transport_options = {"read_timeout": wait_s, "write_timeout": wait_s}
    established: Any = connection.transport.establish_connection()
    _read_ahead(established.transport)
    return established


def _read_ahead(transport: Any) -> None:
    """Take whatever has arrived: py-amqp would ask the socket for each part of each frame, and keeps what is left."""
    receive = transport._quick_recv  # noqa: SLF001 - it offers no other place
    transport._quick_recv = lambda least: receive(max(least, AT_ONCE))  # noqa: SLF001


def close(connection: Any) -> None:
    """Close without a handshake: a broker that does not answer must not delay the caller."""
    with contextlib.suppress(Exception):  # the connection is broken already
        connection.transport.close()
    with contextlib.suppress(Exception):
        connection.collect()


@contextlib.contextmanager
def answered() -> Iterator[None]:
    """Turn the errors of a broker that does not answer, or not correctly, into our own.

    Raises: BusUnavailable.
    """
    try:
        yield
    except (
        amqp.exceptions.AMQPError,
        OperationalError,
        OSError,
        RuntimeError,  # py-amqp raises it, or AttributeError, on a connection that broke a moment ago
        AttributeError,
        UnicodeDecodeError,  # a message whose routing key or id is no text; the broker puts it aside after some times
    ) as error:
        raise BusUnavailable(type(error).__name__) from error


@contextlib.contextmanager
def opened(url: str, wait_s: float) -> Iterator[Any]:
    """A connection for a moment.

    Raises: BusUnavailable.
    """
    with answered():
        connection = connect(url, wait_s)
        try:
            yield connection
        finally:
            close(connection)


def declare_exchanges(connection: Any) -> None:
    """Make sure of the exchanges, and of the queues behind those that no service reads from.

    Looks first: looking needs no right, and a service may lack the right to create them.
    """
    try:
        channel = connection.channel()
        topology.EVENTS(channel).declare(passive=True)
        for queue in (topology.UNROUTED_QUEUE(channel), topology.DEAD_QUEUE(channel)):
            for bound in queue.bindings:
                bound.exchange(channel).declare(passive=True)
            queue.queue_declare(passive=True)
    except amqp.exceptions.NotFound:
        _make_exchanges(connection.channel())
    else:
        channel.close()


def declare_inbox(connection: Any, service: str, sources: Sequence[str]) -> None:
    """Make sure of a service's inbox and of its bindings to all events of its sources."""
    channel = connection.channel()
    queue = topology.inbox_queue(service, sources)(channel)
    # Not `queue.declare()`: it declares the exchange again for each binding, which a service may not.
    queue.queue_declare()
    for bound in queue.bindings:
        bound.bind(queue)
    channel.close()


def _make_exchanges(channel: Any) -> None:
    topology.UNROUTED_QUEUE(channel).declare()
    topology.DEAD_QUEUE(channel).declare()
    # Last: messages published before the alternate exchange has a queue would be lost without a count.
    topology.EVENTS(channel).declare()
    channel.close()
