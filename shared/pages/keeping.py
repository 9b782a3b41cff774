"""How is a page made that many look at while much is written? Made anew at most every few seconds."""

from collections.abc import Callable
from typing import Generic, TypeVar

from shared.service import clock

KEPT_S = 3.0
"""How long what a page shows is kept [s]."""

Shown = TypeVar("Shown")


class Kept(Generic[Shown]):
    """What a page shows, kept for a few seconds."""

    def __init__(self, make: Callable[[], Shown], now: Callable[[], float] = clock.monotonic) -> None:
        self._make = make
        self._now = now
        self._kept: tuple[float, Shown] | None = None

    def __call__(self) -> Shown:
        """What was made a moment ago, or what is made now."""
        if self._kept is None or self._now() - self._kept[0] >= KEPT_S:
            made = self._make()
            self._kept = (self._now(), made)
        return self._kept[1]
