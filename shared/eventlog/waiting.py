"""How does a reader learn that the log has grown? By notification in this process, by polling for the others."""

import threading
from collections.abc import Callable
from time import monotonic

POLL_S = 0.05
"""How often the head is looked at while somebody waits [s]: other processes do not notify us."""


class Growth:
    """The last position known in this process; those who wait are woken when it moves."""

    def __init__(self, look: Callable[[], int] | None = None) -> None:
        """`look` reads the position that other processes have reached; None when there are none."""
        self._look = look
        self._known = 0
        self._looked_at = 0.0
        self._moved = threading.Condition()

    def reached(self, position: int) -> None:
        """Say that the log has been committed up to this position."""
        with self._moved:
            if position > self._known:
                self._known = position
                self._moved.notify_all()

    def wait(self, after: int, timeout: float) -> bool:
        """Wait at most `timeout` [s] until the log has grown beyond `after`; True when it has."""
        until = monotonic() + timeout
        while True:
            with self._moved:
                if self._known > after:
                    return True
                mine = self._look is not None and monotonic() - self._looked_at >= POLL_S
                if mine:
                    self._looked_at = monotonic()
            if mine and self._look is not None:
                # Outside the condition: a slow database must not keep the appenders from notifying.
                self.reached(self._look())
            with self._moved:
                left = until - monotonic()
                if self._known > after or left <= 0:
                    return self._known > after
                self._moved.wait(left if self._look is None else min(left, POLL_S))
