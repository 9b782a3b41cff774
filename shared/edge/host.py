"""What does a process need from its host? HTTP, background loops, and an orderly end at a signal.

Waiting is not part of this interface: all code waits with the standard library (`threading`, `socket`, `time.sleep`),
and a host with green threads makes these cooperative in `prepare`.
"""

import signal
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

MAX_WORKERS = 200
"""How many requests are answered at once; a stream does not count once it has begun."""

IDLE_S = 65
"""How long a connection may be silent [s]; longer than proxies keep one open."""

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
    """Runs one WSGI application and the loops beside it in this process."""

    def prepare(self) -> None:
        """Make the process ready; called before anything else of the project is imported."""
        ...

    def serve(
        self,
        application: Any,
        loops: Sequence[Loop],
        *,
        ready: Callable[[], None],
        listener: socket.socket | None = None,
    ) -> None:
        """Host the application and the loops until SIGTERM or SIGINT; returns when all has stopped.

        The host accepts requests from `listener`; without one the process does not answer. At the end the host refuses
        new requests, answers those under way, then stops the loops. Raises: the error that ended a loop.
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
