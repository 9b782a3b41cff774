"""How does a reader learn that the log has grown? By notification; it also looks now and then without one.

Appends of this process notify at once. Those of other processes are noticed by a `Watch` on the database, where one is
at work; where none is, the reader looks often.
"""

import threading
from collections.abc import Callable
from time import monotonic

LOOK_S = 5.0
"""How often a reader looks despite notifications [s]: one may be lost."""

POLL_S = 0.05
"""How often a waiting reader looks [s] while nobody watches the appends of other processes."""

TURN_S = 0.5
"""How long a loop waits at a time [s]; then it checks whether it shall stop."""


def turn(length: float = TURN_S) -> float:
    """How long until the next turn of this length [s]: all loops of a process take theirs at the same moments.

    Waking the process costs more than the work of one loop.
    """
    return length - monotonic() % length


def never() -> bool:
    """No watch is running."""
    return False


class Growth:
    """The last position known in this process; it wakes the waiting threads when it moves."""

    def __init__(self, look: Callable[[], int] | None = None, is_watched: Callable[[], bool] = never) -> None:
        """`look` reads the position that other processes have reached; None when there are none.

        `is_watched` says whether `reached` is called soon after another process has moved the position.
        """
        self._look = look
        self._is_watched = is_watched
        self._position = 0
        self._looked_at = 0.0
        self._moved = threading.Condition()

    def reached(self, position: int) -> bool:
        """Report that the log is committed up to this position; returns whether that is news."""
        with self._moved:
            is_news = position > self._position
            if is_news:
                self._position = position
                self._moved.notify_all()
        return is_news

    @property
    def position(self) -> int:
        """The last position known in this process."""
        return self._position

    def look(self) -> None:
        """Read how far other processes have come."""
        if self._look is not None:
            self._looked_at = monotonic()
            self.reached(self._look())

    def wait(self, after: int, timeout: float) -> bool:
        """Wait at most `timeout` [s] until the log has grown beyond `after`; True when it has."""
        until = monotonic() + timeout
        while True:
            with self._moved:
                if self._position > after:
                    return True
            if monotonic() >= self._look_at():
                # Outside the condition: a slow database must not keep the appenders from notifying.
                self.look()
            with self._moved:
                now = monotonic()
                if self._position > after or now >= until:
                    return self._position > after
                self._moved.wait(max(0.0, min(until, self._look_at()) - now))

    def _look_at(self) -> float:
        """The time of the next look."""
        if self._look is None:
            return float("inf")
        return self._looked_at + (LOOK_S if self._is_watched() else POLL_S)
