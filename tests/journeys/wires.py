"""A wire that misbehaves as the real one may: it doubles, delays and mixes messages, and loses confirms."""

import random
from collections.abc import Callable, Sequence

from shared.bus.memory import MemoryBus
from shared.bus.port import BusUnavailable, Delivery, Message, Publisher

DOUBLED, TRIPLED, LATE = 0.25, 0.05, 0.35
"""Shares of messages that come twice, come three times, and wait until somebody stirs the wire."""

UNCONFIRMED, BROKEN = 0.15, 0.05
"""Shares of publishings of which only a part is confirmed, and whose connection breaks in the middle."""


class UnrulyBus:
    """A bus in memory whose wire misbehaves, by a seed, until it is calmed."""

    def __init__(self, chance: random.Random) -> None:
        self._inner = MemoryBus()
        self._chance = chance
        self._late: list[Message] = []
        self._calm = False
        self.n_doubled = self.n_late = self.n_unconfirmed = self.n_broken = 0

    def declare(self, service: str, sources: Sequence[str]) -> None:
        """Make sure of the inbox and its bindings."""
        self._inner.declare(service, sources)

    def publisher(self) -> Publisher:
        """A publisher onto this wire."""
        return UnrulyPublisher(self)

    def publish(self, messages: Sequence[Message]) -> int:
        """Put messages onto the wire in whatever order; how many of them are confirmed.

        Raises: BusUnavailable, when the connection breaks; some may have arrived.
        """
        if self._calm:
            self._inner.route(messages)
            return len(messages)
        if self._happens(BROKEN):
            self.n_broken += 1
            self._spread(messages[: self._chance.randrange(len(messages) + 1)])
            raise BusUnavailable("the connection broke")
        self._spread(messages)
        if self._happens(UNCONFIRMED):
            self.n_unconfirmed += 1
            return self._chance.randrange(len(messages) + 1)
        return len(messages)

    def consume(
        self, service: str, handle: Callable[[Delivery], None], *, timeout: float, limit: int = 500
    ) -> int:
        """Take what is there, or a part of it."""
        most = limit if self._calm else self._chance.randrange(1, 8)
        return self._inner.consume(service, handle, timeout=timeout, limit=most)

    def stir(self) -> int:
        """Some of what is late arrives, in whatever order; how much of it."""
        self._chance.shuffle(self._late)
        n = self._chance.randrange(len(self._late) + 1)
        arrived, self._late = self._late[:n], self._late[n:]
        self._inner.route(arrived)
        return n

    def calm(self) -> None:
        """All that is late arrives; from now on the wire behaves."""
        self._calm = True
        self._inner.route(self._late)
        self._late = []

    def close(self) -> None:
        """What was not acknowledged comes again."""
        self._inner.close()

    def _spread(self, messages: Sequence[Message]) -> None:
        prompt: list[Message] = []
        for message in messages:
            n_copies = 3 if self._happens(TRIPLED) else 2 if self._happens(DOUBLED) else 1
            self.n_doubled += n_copies > 1
            for _ in range(n_copies):
                if self._happens(LATE):
                    self.n_late += 1
                    self._late.append(message)
                else:
                    prompt.append(message)
        self._chance.shuffle(prompt)
        self._inner.route(prompt)

    def _happens(self, share: float) -> bool:
        return self._chance.random() < share


class UnrulyPublisher:
    """One connection onto the wire."""

    def __init__(self, bus: UnrulyBus) -> None:
        self._bus = bus

    def publish(self, messages: Sequence[Message]) -> int:
        """Publish; how many from the first on are confirmed.

        Raises: BusUnavailable.
        """
        return self._bus.publish(messages)

    def close(self) -> None:
        """Nothing to give back."""
