"""What does a bus promise, whatever carries it? At-least-once, in no order that anyone may rely on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What travels: `body` is the record's bytes; a beacon's body is its position in decimal digits."""

    routing_key: str
    body: bytes
    message_id: str


class BusUnavailable(Exception):  # noqa: N818 - says what happened
    """The broker does not answer or blocks; try again later, nothing is known of what was under way."""


class Publisher(Protocol):
    """One connection that publishes with confirms; not shared between threads."""

    def publish(self, messages: Sequence[Message]) -> int:
        """Publish in order, pipelined; how many from the first on are confirmed without a gap.

        A message that no queue takes counts as confirmed and is counted as unrouted.
        Raises: BusUnavailable when nothing is known to be confirmed or a time limit passed.
        """
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class Delivery(Protocol):
    """One message as it arrived."""

    @property
    def message(self) -> Message:
        """The message."""
        ...

    def ack(self) -> None:
        """It is dealt with: the broker may forget it."""
        ...

    def requeue(self) -> None:
        """Give it back; it will come again."""
        ...


class Bus(Protocol):
    """A city's virtual host."""

    def declare(self, service: str, sources: Sequence[str]) -> None:
        """Make sure of the exchange, this service's inbox, and its bindings to all that `sources` publish.

        Raises: BusUnavailable.
        """
        ...

    def publisher(self) -> Publisher:
        """A publisher of its own."""
        ...

    def consume(
        self, service: str, handle: Callable[[Delivery], None], *, timeout: float, limit: int = 500
    ) -> int:
        """Wait at most `timeout` [s] for a first message in the inbox of `service`, then take what is there; how many.

        What is neither acknowledged nor given back comes again when the connection closes.
        Raises: BusUnavailable.
        """
        ...

    def close(self) -> None:
        """Close all connections."""
        ...
