"""The bus on RabbitMQ through kombu: pipelined confirms, mandatory, and a time limit on every wait."""

from collections.abc import Callable, Sequence
from typing import Any

from shared.bus import topology
from shared.bus.connection import (
    WAIT_S,
    answered,
    close,
    connect,
    declare_exchanges,
    declare_inbox,
    opened,
)
from shared.bus.consuming import AmqpConsumer
from shared.bus.port import BusUnavailable, Delivery
from shared.bus.publishing import AmqpPublisher


class AmqpBus:
    """A virtual host of RabbitMQ; publishing and consuming use connections of their own."""

    def __init__(self, url: str, wait_s: float = WAIT_S) -> None:
        """The constructor does not connect; `wait_s` is the longest wait for any answer [s]."""
        self._url = url
        self._wait_s = wait_s
        self._sources: dict[str, tuple[str, ...]] = {}
        self._consumers: dict[str, AmqpConsumer] = {}

    def declare(self, service: str, sources: Sequence[str]) -> None:
        """Make sure of exchanges, inbox and bindings, now and on every new connection.

        Raises: BusUnavailable.
        """
        self._sources[service] = tuple(sources)
        with opened(self._url, self._wait_s) as connection:
            self._declare(connection, service)

    def publisher(self) -> AmqpPublisher:
        """A publisher with a connection of its own.

        Raises: BusUnavailable.
        """
        return AmqpPublisher(self._url, self._wait_s)

    def consume(
        self, service: str, handle: Callable[[Delivery], None], *, timeout: float, limit: int = 500
    ) -> int:
        """Wait at most `timeout` [s] for a first message, then take all that are there; returns their number.

        Raises: BusUnavailable; then the connection is dropped, and messages without acknowledgement come again.
        """
        try:
            with answered():
                if service not in self._consumers:
                    self._consumers[service] = self._consumer(service, limit)
                taken = self._consumers[service].take(timeout, limit)
        except BusUnavailable:
            self.drop_consumer(service)
            raise
        for delivery in taken:
            handle(delivery)
        return len(taken)

    def drop_consumer(self, service: str) -> None:
        """Close the consuming connection of a service; messages without acknowledgement come again."""
        consumer = self._consumers.pop(service, None)
        if consumer is not None:
            consumer.close()

    @property
    def n_unrouted(self) -> int:
        """The number of messages in the alternate queue, which no inbox was bound to.

        Raises: BusUnavailable.
        """
        with opened(self._url, self._wait_s) as connection:
            declared = topology.UNROUTED_QUEUE(connection.channel()).queue_declare(passive=True)
            return int(declared.message_count)

    def close(self) -> None:
        """Close all consuming connections; callers close their own publishers."""
        for service in list(self._consumers):
            self.drop_consumer(service)

    def _consumer(self, service: str, prefetch: int) -> AmqpConsumer:
        connection = connect(self._url, self._wait_s)
        try:
            # A broker that lost its data no longer has the inbox.
            self._declare(connection, service)
            return AmqpConsumer(connection, service, prefetch)
        except BaseException:
            close(connection)
            raise

    def _declare(self, connection: Any, service: str) -> None:
        sources = self._sources.get(service)
        if sources:
            declare_exchanges(connection)
            declare_inbox(connection, service, sources)
