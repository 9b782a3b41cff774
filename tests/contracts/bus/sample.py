"""What do the tests of the bus publish, and how do they take it?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from shared.bus.port import Bus, Delivery, Message
from shared.bus.topology import beacon_key
from tests.servers import until

A_MOMENT = 0.2
"""How long nothing is waited for [s], where nothing is to come."""


class CountingBus(Bus, Protocol):
    """A bus that counts what no inbox is bound to."""

    @property
    def n_unrouted(self) -> int:
        """How many messages nobody was bound to."""
        ...


@dataclass(slots=True)
class Wires:
    """A bus under test; `lose_everything` is what a broker does whose disk is lost."""

    bus: CountingBus
    lose_everything: Callable[[], None]

    def publish(self, messages: Iterable[Message]) -> int:
        """Publish on a connection of its own; how many are confirmed."""
        publisher = self.bus.publisher()
        try:
            return publisher.publish(list(messages))
        finally:
            publisher.close()

    def take(self, service: str, n: int) -> list[Delivery]:
        """Wait for so many messages in the inbox of a service and take them; none is acknowledged."""
        taken: list[Delivery] = []

        def has_come() -> bool:
            self.bus.consume(service, taken.append, timeout=A_MOMENT)
            return len(taken) >= n

        until(has_come, f"{n} messages arrive")
        return taken

    def settle(self, service: str, n: int) -> list[str]:
        """Wait for so many messages, acknowledge each as it comes; their bodies."""
        taken: list[Delivery] = []

        def settled(delivery: Delivery) -> None:
            delivery.ack()
            taken.append(delivery)

        def have_come() -> bool:
            self.bus.consume(service, settled, timeout=A_MOMENT)
            return len(taken) >= n

        until(have_come, f"{n} messages arrive")
        return bodies(taken)

    def is_quiet(self, service: str) -> bool:
        """Whether nothing comes for a moment."""
        return self.bus.consume(service, lambda _: None, timeout=A_MOMENT) == 0


def message(number: int, *, key: str = "open.marketplace.OfferPosted") -> Message:
    """The message with this number."""
    return Message(routing_key=key, body=f"{key}/{number}".encode(), message_id=f"event-{number}")


def messages(first: int, last: int, *, key: str = "open.marketplace.OfferPosted") -> list[Message]:
    """The messages with these numbers."""
    return [message(number, key=key) for number in range(first, last + 1)]


def beacon(service: str, position: int, audience: str = "open") -> Message:
    """A beacon of a service."""
    return Message(
        routing_key=beacon_key(service, audience),
        body=str(position).encode(),
        message_id=f"beacon-{position}",
    )


def bodies(taken: Iterable[Delivery]) -> list[str]:
    """What arrived, as text."""
    return [delivery.message.body.decode() for delivery in taken]


def sent(some: Iterable[Message]) -> list[str]:
    """What was sent, as text."""
    return [message.body.decode() for message in some]
