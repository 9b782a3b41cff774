"""How does a bus work within one process? Promptly and with RabbitMQ's promises; no message outlives the process."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.bus.port import BusUnavailable, Delivery, Message
from shared.bus.topology import binding_keys


class MemoryBus:
    """Inboxes as queues in memory; safe for threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inboxes: dict[str, deque[Message]] = {}
        self._unacknowledged: dict[str, list[Message]] = {}
        self._prefixes: dict[str, tuple[str, ...]] = {}
        self.n_unrouted = 0

    def declare(self, service: str, sources: Sequence[str]) -> None:
        """Make sure of the inbox and its bindings."""
        with self._changed:
            self._inboxes.setdefault(service, deque())
            self._unacknowledged.setdefault(service, [])
            self._prefixes[service] = tuple(key.rstrip("#") for key in binding_keys(sources))

    def publisher(self) -> "MemoryPublisher":
        """A publisher of its own."""
        return MemoryPublisher(self)

    def route(self, messages: Sequence[Message]) -> None:
        """Put each message into every inbox with a matching binding."""
        with self._changed:
            for message in messages:
                takers = [
                    s for s, prefixes in self._prefixes.items() if message.routing_key.startswith(prefixes)
                ]
                self.n_unrouted += not takers
                for service in takers:
                    self._inboxes[service].append(message)
            self._changed.notify_all()

    def consume(
        self, service: str, handle: Callable[[Delivery], None], *, timeout: float, limit: int = 500
    ) -> int:
        """Wait at most `timeout` [s] for a first message, then take all that are there; returns their number.

        Raises: BusUnavailable for an inbox that was not declared.
        """
        with self._changed:
            if service not in self._inboxes:
                raise BusUnavailable(f"{service} has no inbox")
            self._changed.wait_for(lambda: bool(self._inboxes[service]), timeout)
            n_taken = min(limit, len(self._inboxes[service]))
            taken = [self._inboxes[service].popleft() for _ in range(n_taken)]
            self._unacknowledged[service] += taken
        for message in taken:
            handle(MemoryDelivery(self, service, message))
        return n_taken

    def settle(self, service: str, message: Message, *, again: bool) -> None:
        """Forget a delivered message, or put it back at the end of its inbox."""
        with self._changed:
            waiting = self._unacknowledged[service]
            if any(pending is message for pending in waiting):
                self._unacknowledged[service] = [pending for pending in waiting if pending is not message]
                if again:
                    self._inboxes[service].append(message)
                    self._changed.notify_all()

    def settle_through(self, service: str, message: Message) -> None:
        """Forget a delivered message and all that were delivered before it."""
        with self._changed:
            waiting = self._unacknowledged[service]
            last = next((n for n, waits in enumerate(waiting) if waits is message), -1)
            self._unacknowledged[service] = waiting[last + 1 :]

    def drop_consumer(self, service: str) -> None:
        """A consumer's messages without acknowledgement come again, as when its connection breaks."""
        with self._changed:
            self._inboxes[service].extendleft(reversed(self._unacknowledged[service]))
            self._unacknowledged[service] = []
            self._changed.notify_all()

    def wipe(self) -> None:
        """Lose every message, as a broker that loses its disk; the bindings stay."""
        with self._changed:
            for service in self._inboxes:
                self._inboxes[service].clear()
                self._unacknowledged[service] = []

    def close(self) -> None:
        """Messages without acknowledgement go to the next consumer."""
        for service in list(self._inboxes):
            self.drop_consumer(service)


@dataclass(frozen=True, slots=True)
class MemoryPublisher:
    """Publishes into a MemoryBus; everything is confirmed at once."""

    bus: MemoryBus

    def publish(self, messages: Sequence[Message]) -> int:
        """Publish in order; all are confirmed."""
        self.bus.route(messages)
        return len(messages)

    def close(self) -> None:
        """Nothing to give back."""


@dataclass(frozen=True, slots=True)
class MemoryDelivery:
    """One message from an inbox."""

    bus: MemoryBus
    service: str
    message: Message

    def ack(self) -> None:
        """Acknowledge it: it was handled."""
        self.bus.settle(self.service, self.message, again=False)

    def ack_through(self) -> None:
        """This message and all that arrived before it are dealt with."""
        self.bus.settle_through(self.service, self.message)

    def requeue(self) -> None:
        """Give it back: it will come again."""
        self.bus.settle(self.service, self.message, again=True)
