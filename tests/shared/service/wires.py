"""What does a bus do that has its troubles? As the port allows it: it passes the contract while nothing is planned."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shared.bus.memory import MemoryBus
from shared.bus.port import BusUnavailable, Delivery, Message, Publisher


@dataclass(slots=True)
class TroubledBus:
    """A bus in memory; each entry of `plan` is how many messages of the next publishing are confirmed.

    Those behind them may have arrived all the same: nobody knows what a broker did before it was gone. After 0 the
    connection is broken. `watch` is called before anything is published.
    """

    inner: MemoryBus = field(default_factory=MemoryBus)
    plan: deque[int] = field(default_factory=deque)
    watch: Callable[[Sequence[Message]], None] = lambda _: None
    is_away: bool = False
    n_connections: int = 0

    def declare(self, service: str, sources: Sequence[str]) -> None:
        """Make sure of the inbox and its bindings.

        Raises: BusUnavailable while the broker is away.
        """
        self._answer()
        self.inner.declare(service, sources)

    def publisher(self) -> "TroubledPublisher":
        """A publisher of its own.

        Raises: BusUnavailable while the broker is away.
        """
        self._answer()
        self.n_connections += 1
        return TroubledPublisher(self, self.inner.publisher())

    def consume(
        self, service: str, handle: Callable[[Delivery], None], *, timeout: float, limit: int = 500
    ) -> int:
        """Wait at most `timeout` [s] for a first message, then take what is there; how many.

        Raises: BusUnavailable while the broker is away.
        """
        self._answer()
        return self.inner.consume(service, handle, timeout=timeout, limit=limit)

    @property
    def n_unrouted(self) -> int:
        """How many messages nobody was bound to."""
        return self.inner.n_unrouted

    def wipe(self) -> None:
        """Lose every message."""
        self.inner.wipe()

    def close(self) -> None:
        """What was not acknowledged comes again."""
        self.inner.close()

    def _answer(self) -> None:
        if self.is_away:
            raise BusUnavailable("away")


@dataclass(slots=True)
class TroubledPublisher:
    """Publishes as planned."""

    bus: TroubledBus
    inner: Publisher
    is_broken: bool = False

    def publish(self, messages: Sequence[Message]) -> int:
        """Publish in order; how many are confirmed.

        Raises: BusUnavailable when none is, or the connection is broken.
        """
        self.bus.watch(messages)
        if self.is_broken or self.bus.is_away:
            raise BusUnavailable("broken")
        self.inner.publish(messages)
        n_confirmed = min(self.bus.plan.popleft(), len(messages)) if self.bus.plan else len(messages)
        if n_confirmed == 0 and messages:
            self.is_broken = True
            raise BusUnavailable("gone in the middle")
        return n_confirmed

    def close(self) -> None:
        """Give the connection back."""
        self.is_broken = True
