"""How is an inbox read on RabbitMQ? A bounded number of messages is under way; each is acknowledged or returned."""

from typing import Any

from kombu import messaging

from shared.bus import topology
from shared.bus.connection import answered, close
from shared.bus.port import Message
from shared.bus.seal import HEADER

NEXT_MESSAGE_S = 0.002
"""The wait for a further message after the first [s]."""


class AmqpConsumer:
    """Reads one inbox on a connection of its own."""

    def __init__(self, connection: Any, service: str, prefetch: int) -> None:
        self._arrived: list[AmqpDelivery] = []
        self._connection = connection
        kombu: Any = messaging  # its consumer is untyped
        consumer = kombu.Consumer(
            connection.channel(),
            [topology.inbox_queue(service)],
            auto_declare=False,
            on_message=self._on_message,
            # The declared content type is ignored: a body is bytes.
            on_decode_error=lambda message, _: self._on_message(message),
            prefetch_count=prefetch,
            tag_prefix=f"{service}-",
        )
        consumer.consume()

    def take(self, timeout: float, limit: int) -> "list[AmqpDelivery]":
        """Wait for a first message, then take all that are there."""
        self._connection.heartbeat_tick(rate=2)
        wait = timeout
        while len(self._arrived) < limit and self._drained(wait):
            wait = NEXT_MESSAGE_S
        taken, self._arrived = self._arrived[:limit], self._arrived[limit:]
        return taken

    def close(self) -> None:
        """Close the connection; messages without acknowledgement come again."""
        close(self._connection)

    def _drained(self, timeout: float) -> bool:
        try:
            self._connection.drain_events(timeout=timeout)
        except TimeoutError:
            return False
        return True

    def _on_message(self, message: Any) -> None:
        self._arrived.append(AmqpDelivery(message))


class AmqpDelivery:
    """One message as RabbitMQ delivered it."""

    def __init__(self, message: Any) -> None:
        self._message = message
        body = message.body if isinstance(message.body, bytes) else message.body.encode()
        mac = (message.headers or {}).get(HEADER)
        self.message = Message(
            routing_key=message.delivery_info["routing_key"],
            body=body,
            message_id=message.properties.get("message_id", ""),
            mac=mac if isinstance(mac, str) else "",
        )

    def ack(self) -> None:
        """Acknowledge it: it was handled.

        Raises: BusUnavailable.
        """
        with answered():
            self._message.ack()

    def ack_through(self) -> None:
        """This message and all that arrived before it are dealt with.

        Raises: BusUnavailable.
        """
        with answered():
            self._message.ack(multiple=True)

    def requeue(self) -> None:
        """Give it back: it will come again.

        Raises: BusUnavailable.
        """
        with answered():
            self._message.requeue()
