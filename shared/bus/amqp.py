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
        """Nothing is connected yet; `wait_s` is how long any answer is waited for [s]."""
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
        """Wait at most `timeout` [s] for a first message, then take what is there; how many.

        Raises: BusUnavailable; then the connection is dropped and what was not acknowledged comes again.
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
        """Close the consuming connection of a service; what was not acknowledged comes again."""
        consumer = self._consumers.pop(service, None)
        if consumer is not None:
            consumer.close()

    @property
    def n_unrouted(self) -> int:
        """How many messages lie in the alternate queue, because no inbox was bound to them.

        Raises: BusUnavailable.
        """
        with opened(self._url, self._wait_s) as connection:
            declared = topology.UNROUTED_QUEUE(connection.channel()).queue_declare(passive=True)
            return int(declared.message_count)

    def close(self) -> None:
        """Close all consuming connections; publishers are closed by who asked for them."""
        for service in list(self._consumers):
            self.drop_consumer(service)

    def _consumer(self, service: str, prefetch: int) -> AmqpConsumer:
        connection = connect(self._url, self._wait_s)
        try:
            # A broker that lost its data knows no inbox any more.
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
