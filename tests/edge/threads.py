"""A second host, of plain threads: the edge's contract must not hang on nameko. `python -m tests.edge.threads up …`.

Nothing is patched; each connection and each loop has a thread of its own.
"""

import threading
from collections.abc import Callable, Sequence

from shared.edge import host
from shared.edge.host import Bell, Loop
from shared.edge.serving.doors import Door
from shared.edge.serving.server import Server


class ThreadsHost:
    """Implements `shared.edge.host.Host`."""

    def prepare(self) -> None:
        """Threads of the operating system need nothing."""

    def serve(self, doors: Sequence[Door], loops: Sequence[Loop], *, ready: Callable[[], None]) -> None:
        """Answer and run the loops until SIGTERM or SIGINT, or until a loop fails."""
        bell = Bell()
        bell.ring_at_signals()
        background = Background(loops, bell)
        server = Server(doors, lambda run: threading.Thread(target=run, daemon=True).start())
        server.start()
        background.start()
        ready()
        bell.wait()
        server.finish()
        background.stop()
        bell.close()
        if background.failed is not None:
            raise background.failed


class Background:
    """The loops, each in a thread."""

    def __init__(self, loops: Sequence[Loop], bell: Bell) -> None:
        """`bell` rings when a loop fails."""
        self.failed: BaseException | None = None
        self._bell = bell
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(loop,), daemon=True) for loop in loops]

    def start(self) -> None:
        """Start every loop."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask every loop to stop, and wait for it a while."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(host.LOOPS_STOP_WITHIN_S)

    def _run(self, loop: Loop) -> None:
        try:
            loop.run(self._stopping)
        except BaseException as error:
            self.failed = error
            self._bell.ring()
            raise


def main() -> None:
    """`kosilab`, in threads."""
    from deploy.cli import main as kosilab

    kosilab(ThreadsHost())


if __name__ == "__main__":
    main()
