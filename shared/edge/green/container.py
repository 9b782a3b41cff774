"""How does nameko host an instance? One container: one entrypoint for all doors, and the background loops beside it."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import eventlet
from nameko.containers import ServiceContainer
from nameko.extensions import DependencyProvider, Entrypoint

from shared.edge.host import LOOPS_STOP_WITHIN_S, STOP_WITHIN_S, Bell, Loop
from shared.edge.serving.doors import Door
from shared.edge.serving.server import Server


class Doors(Entrypoint):  # type: ignore[misc]  # nameko is untyped
    """Our own server, its life that of the container: a green thread for each connection.

    Nothing of nameko's own HTTP is used, and its workers neither: a worker of ours is free while a request waits.
    """

    def __init__(self, doors: Sequence[Door]) -> None:
        super().__init__()
        self._doors = doors
        self._server: Server | None = None

    def start(self) -> None:
        """Begin to accept."""
        self._server = Server(self._doors, self._spawn)
        self._server.start()

    def stop(self) -> None:
        """Accept no further requests and finish those under way."""
        if self._server is not None:
            self._server.finish()

    def _spawn(self, run: Callable[[], None]) -> object:
        return self.container.spawn_managed_thread(run, identifier="connection")


class Background(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """The loops, each in a green thread; they are stopped once the last request has been answered."""

    def __init__(self, loops: Sequence[Loop]) -> None:
        super().__init__()
        self._loops = loops
        self._stopping = threading.Event()
        self._running: list[Any] = []

    def start(self) -> None:
        """Start every loop."""
        for loop in self._loops:
            self._running.append(
                self.container.spawn_managed_thread(
                    lambda loop=loop: loop.run(self._stopping), identifier=loop.name
                )
            )

    def stop(self) -> None:
        """Ask every loop to stop, and wait for it; the container ends those that do not."""
        self._stopping.set()
        with eventlet.Timeout(LOOPS_STOP_WITHIN_S, False):  # noqa: FBT003 - eventlet's flag: no exception
            for thread in self._running:
                thread.wait()


def serve(doors: Sequence[Door], loops: Sequence[Loop], *, ready: Callable[[], None]) -> None:
    """Answer and run the loops until SIGTERM or SIGINT; returns when all has stopped cleanly.

    Raises: what ended the container, when that was not a signal.
    """
    bell = Bell()
    bell.ring_at_signals()
    container = container_of(doors, loops)
    container.start()
    ended = eventlet.spawn(container.wait)
    ended.link(bell.ring)
    ready()
    bell.wait()
    with eventlet.Timeout(STOP_WITHIN_S, False):  # noqa: FBT003 - as above
        container.stop()
        ended.wait()
    bell.close()


def container_of(doors: Sequence[Door], loops: Sequence[Loop]) -> Any:
    """The one container of a process."""

    class Instance:
        """What nameko calls a service: the whole of this process."""

        name = "kosilab"
        background = Background(loops)

        def doors(self) -> None:
            """Where the entrypoint hangs."""

    if doors:
        Doors.decorator(doors)(Instance.doors)
    return ServiceContainer(Instance, config={})
