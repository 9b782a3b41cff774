"""How does nameko host an instance? One container: one route for everything, and the background loops beside it."""

import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

import eventlet
from nameko.containers import ServiceContainer
from nameko.extensions import DependencyProvider
from nameko.web.handlers import HttpRequestHandler
from werkzeug.wrappers import Request, Response

from shared.edge import host
from shared.edge.green.web import LISTENER, Web
from shared.edge.host import LOOPS_STOP_WITHIN_S, STOP_WITHIN_S, Bell, Loop


class CatchAll(HttpRequestHandler):  # type: ignore[misc]  # nameko is untyped
    """Every request goes to the WSGI application; nothing of nameko's own routing or errors is used."""

    server = Web()

    def __init__(self) -> None:
        super().__init__("GET", "/")

    def stop(self) -> None:
        """Accept no more requests and finish those under way."""
        self.server.finish()
        super().stop()

    def get_entrypoint_parameters(self, request: Request) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The request alone."""
        return (request,), {}

    def response_from_result(self, result: Response) -> Response:
        """What the application answered."""
        return result

    def response_from_exception(self, exc: Exception) -> Response:
        """The application answers every failure itself; this is for nameko's own."""
        del exc
        return Response("not now\n", 503, headers={"Retry-After": "1"})


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


def serve(
    application: Any,
    loops: Sequence[Loop],
    *,
    ready: Callable[[], None],
    listener: socket.socket | None = None,
) -> None:
    """Host the application and the loops until SIGTERM or SIGINT; returns when all has stopped cleanly.

    Raises: what ended the container, when that was not a signal.
    """
    bell = Bell()
    bell.ring_at_signals()
    container = container_of(application, loops, listener)
    container.start()
    ended = eventlet.spawn(container.wait)
    ended.link(bell.ring)
    ready()
    bell.wait()
    with eventlet.Timeout(STOP_WITHIN_S, False):  # noqa: FBT003 - as above
        container.stop()
        ended.wait()
    bell.close()


def container_of(application: Any, loops: Sequence[Loop], listener: socket.socket | None) -> Any:
    """The one container of a process."""

    class Instance:
        """What nameko calls a service: the whole of this process."""

        name = "kosilab"
        background = Background(loops)

        def request(self, request: Request) -> Response:
            """Answer one request."""
            return application_response(application, request)

    if listener is not None:
        CatchAll.decorator(Instance.request)
    return ServiceContainer(Instance, config={LISTENER: listener, "max_workers": host.MAX_WORKERS})


def application_response(application: Any, request: Request) -> Response:
    """The application's own response, with its headers, so that a stream is read after the worker has ended."""
    return Response.from_app(application, request.environ, buffered=False)
