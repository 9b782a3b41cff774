"""What does a process need from its host? HTTP, background loops, and an orderly end at a signal.

Waiting is not part of this interface: all code waits with the standard library (`threading`, `socket`, `time.sleep`),
and a host with green threads makes these cooperative in `prepare`.
"""

import signal
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from shared.edge.serving.doors import Door

MAX_WORKERS = 200
"""How many requests are answered at once; whoever waits for an event or reads a stream does not count."""

FINISH_WITHIN_S = 2.0
"""How long the end waits for requests under way [s]; streams would never end."""

LOOPS_STOP_WITHIN_S = 6.0
"""How long the end waits for the loops [s], after the requests."""

STOP_WITHIN_S = 12.0
"""How long the whole end may take [s]."""


class Loop(Protocol):
    """A background loop that runs until it shall stop."""

    name: str

    def run(self, stopping: threading.Event) -> None:
        """Work until `stopping` is set."""
        ...


class Host(Protocol):
    """Answers at the doors of this process, and runs the loops beside them."""

    def prepare(self) -> None:
        """Make the process ready; called before anything else of the project is imported."""
        ...

    def serve(self, doors: Sequence[Door], loops: Sequence[Loop], *, ready: Callable[[], None]) -> None:
        """Answer at the doors and run the loops until SIGTERM or SIGINT; returns when all has stopped.

        Without a door the process does not answer. At the end the host refuses new requests, answers those under
        way, then stops the loops. Raises: the error that ended a loop.
        """
        ...


class Bell:
    """Wakes the one thread that waits for the end, also from within a signal handler.

    A lock can't do that: the handler runs in the thread that waits, and may interrupt it while it holds the lock.
    """

    def __init__(self) -> None:
        self._waiting, self._ringing = socket.socketpair()
        self._has_rung = False

    def ring_at_signals(self) -> None:
        """Ring at SIGTERM and SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.ring)

    def ring(self, *_: object) -> None:
        """Wake the waiting thread, now or later."""
        if not self._has_rung:
            self._has_rung = True
            with suppress(OSError):  # nobody waits any more
                self._ringing.send(b"!")

    def wait(self) -> None:
        """Return once the bell has rung."""
        self._waiting.recv(1)

    def close(self) -> None:
        """Close the bell."""
        self._waiting.close()
        self._ringing.close()
