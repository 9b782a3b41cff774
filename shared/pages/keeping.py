"""How does a page that many people open stay cheap while events are written? It is made every few seconds."""

from collections.abc import Callable
from typing import Generic, TypeVar

from shared.service import clock

KEPT_S = 3.0
"""How long the content of a page is kept [s]."""

Shown = TypeVar("Shown")


class Kept(Generic[Shown]):
    """The content of a page, kept for a few seconds."""

    def __init__(self, make: Callable[[], Shown], now: Callable[[], float] = clock.monotonic) -> None:
        self._make = make
        self._now = now
        self._kept: tuple[float, Shown] | None = None

    def __call__(self) -> Shown:
        """The kept content while it is fresh, otherwise new content."""
        if self._kept is None or self._now() - self._kept[0] >= KEPT_S:
            content = self._make()
            self._kept = (self._now(), content)
        return self._kept[1]
