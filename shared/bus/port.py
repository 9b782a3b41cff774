"""What does every bus promise? Delivery at least once, in an order that nobody may rely on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message: `body` is the record's bytes; a beacon's body is its position in decimal digits.

    `mac` is the code of the service that published it (`shared.bus.seal`); empty where somebody else did.
    """

    routing_key: str
    body: bytes
    message_id: str
    mac: str = ""


class BusUnavailable(Exception):  # noqa: N818 - says what happened
    """The broker does not answer or blocks; try again later: the fate of messages under way is unknown."""


class Publisher(Protocol):
    """One connection that publishes with confirms; not shared between threads."""

    def publish(self, messages: Sequence[Message]) -> int:
        """Publish in order, pipelined; returns how many, from the first on, are confirmed without a gap.

        A message that no queue takes counts as confirmed and is counted as unrouted.
        Raises: BusUnavailable when no confirm arrived or a time limit passed.
        """
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class Delivery(Protocol):
    """One message as it arrived."""

    @property
    def message(self) -> Message:
        """The message itself."""
        ...

    def ack(self) -> None:
        """Acknowledge it: the broker may forget it."""
        ...

    def ack_through(self) -> None:
        """This message and all that arrived in this inbox before it are dealt with: one word for many."""
        ...

    def requeue(self) -> None:
        """Give it back; it will come again."""
        ...


class Bus(Protocol):
    """A city's virtual host."""

    def declare(self, service: str, sources: Sequence[str]) -> None:
        """Make sure of the exchange, this service's inbox, and its bindings to all events of `sources`.

        Raises: BusUnavailable.
        """
        ...

    def publisher(self) -> Publisher:
        """A publisher of its own."""
        ...

    def consume(
        self, service: str, handle: Callable[[Delivery], None], *, timeout: float, limit: int = 500
    ) -> int:
        """Wait at most `timeout` [s] for a first message to `service`, then take all; returns their number.

        Messages that are neither acknowledged nor given back come again when the connection closes.
        Raises: BusUnavailable.
        """
        ...

    def close(self) -> None:
        """Close all connections."""
        ...
