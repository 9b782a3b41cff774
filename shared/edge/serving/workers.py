"""How many requests are answered at once? As many as there are workers; whoever waits for an event holds none."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

IN_REQUEST = "kosilab.workers"
"""The name in a request's environment of the workers, one of whom answers it."""

FEW = 8
"""How many may look as often as they like."""


class Workers:
    """So many places for requests that are being answered."""

    def __init__(self, number: int) -> None:
        self._free = threading.Semaphore(number)

    @contextmanager
    def at_work(self, environ: dict[str, Any]) -> Iterator[None]:
        """Answer a request, once a worker is free."""
        with self._free:
            environ[IN_REQUEST] = self
            try:
                yield
            finally:
                del environ[IN_REQUEST]

    @contextmanager
    def absent(self) -> Iterator[None]:
        """Let others have this worker until the block ends."""
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()


@contextmanager
def without_worker(environ: dict[str, Any]) -> Iterator[None]:
    """Wait for something without a worker; for code that answers a request."""
    workers: Workers | None = environ.get(IN_REQUEST)
    if workers is None:
        yield
        return
    with workers.absent():
        yield


class Crowd:
    """Those who look for the same again and again: together no more often than a few of them would."""

    def __init__(self) -> None:
        self._n_waiting = 0
        self._lock = threading.Lock()

    @contextmanager
    def longer_pause(self, pause_s: float) -> Iterator[float]:
        """The pause [s] of one of them until it looks again: longer, the more there are."""
        with self._lock:
            self._n_waiting += 1
        try:
            yield pause_s * max(1.0, self._n_waiting / FEW)
        finally:
            with self._lock:
                self._n_waiting -= 1
