"""How is RabbitMQ connected to? With heartbeats and a limit on every wait; and what is declared on each connection."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import amqp
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from shared.bus import topology
from shared.bus.port import BusUnavailable

WAIT_S = 10.0
"""How long any answer of the broker is waited for [s]; a broker in an alarm would let us wait for ever."""

HEARTBEAT_S = 10
"""Heartbeats are sent twice as often [s]; RabbitMQ advises 5 to 20."""


def connect(url: str, wait_s: float = WAIT_S) -> Any:
    """A connection of py-amqp, with heartbeat and time limits, as kombu reads the URL."""
    connection: Any = Connection(  # type: ignore[no-untyped-call]
        url, heartbeat=HEARTBEAT_S, connect_timeout=wait_s
    )
    connection.transport_options = {"read_timeout": wait_s, "write_timeout": wait_s}
    return connection.transport.establish_connection()


def close(connection: Any) -> None:
    """Close without a farewell: a broker that does not answer must not hold up whoever leaves it."""
    with contextlib.suppress(Exception):  # a connection that is broken anyway
        connection.transport.close()
    with contextlib.suppress(Exception):
        connection.collect()


@contextlib.contextmanager
def answered() -> Iterator[None]:
    """Say in our own word that the broker does not answer, or not as it should.

    Raises: BusUnavailable.
    """
    try:
        yield
    except (amqp.exceptions.AMQPError, OperationalError, OSError, RuntimeError, AttributeError) as error:
        # py-amqp raises RuntimeError or AttributeError on a connection that broke a moment ago.
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

    Looks first: to see them needs no right, and a service may not have the right to make them.
    """
    try:
        channel = connection.channel()
        for name in (topology.EXCHANGE, topology.UNROUTED, topology.DEAD):
            channel.exchange_declare(name, "topic", passive=True)
        for name in (topology.UNROUTED, topology.DEAD):
            channel.queue_declare(name, passive=True)
    except amqp.exceptions.NotFound:
        _make_exchanges(connection.channel())
    else:
        channel.close()


def declare_inbox(connection: Any, service: str, sources: Sequence[str]) -> None:
    """Make sure of a service's inbox and of its bindings to all that its sources publish."""
    channel = connection.channel()
    name = topology.inbox(service)
    channel.queue_declare(name, durable=True, auto_delete=False, arguments=dict(topology.INBOX_ARGUMENTS))
    for key in topology.binding_keys(sources):
        channel.queue_bind(name, topology.EXCHANGE, key)
    channel.close()


def _make_exchanges(channel: Any) -> None:
    for name, arguments in (
        (topology.UNROUTED, topology.UNROUTED_ARGUMENTS),
        (topology.DEAD, topology.DEAD_ARGUMENTS),
    ):
        channel.exchange_declare(name, "fanout", durable=True, auto_delete=False)
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=dict(arguments))
        channel.queue_bind(name, name)
    # Last: what is published before its alternate exchange has a queue would be lost without a count.
    channel.exchange_declare(
        topology.EXCHANGE,
        "topic",
        durable=True,
        auto_delete=False,
        arguments=dict(topology.EXCHANGE_ARGUMENTS),
    )
    channel.close()
