"""How does nameko host an instance? One container: one route for everything, and the background loops beside it."""

import signal
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import eventlet
import eventlet.event
from nameko.containers import ServiceContainer
from nameko.extensions import DependencyProvider
from nameko.web.handlers import HttpRequestHandler
from werkzeug.wrappers import Request, Response

from shared.edge.listening import listen
from shared.edge.web import LISTENER, Web
from shared.service import telemetry

MAX_WORKERS = 200
LOOPS_STOP_WITHIN_S = 6.0
STOP_WITHIN_S = 12.0
LOOK_S = 0.2
"""How often it is looked whether to stop [s]: a signal does not wake a process in which nothing else happens."""

log = telemetry.logger("runtime")


class Loop(Protocol):
    """Something that runs in the background until told to stop."""

    name: str

    def run(self, stopping: threading.Event) -> None:
        """Work until told to stop."""
        ...


class CatchAll(HttpRequestHandler):  # type: ignore[misc]  # nameko is untyped
    """Every request goes to the WSGI application; nothing of nameko's own routing or errors is used."""

    server = Web()

    def __init__(self) -> None:
        super().__init__("GET", "/")

    def stop(self) -> None:
        """Take no more requests and let those under way come to their end."""
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
    listener: Any = None,
    host: str = "127.0.0.1",
    port: int | None = None,
) -> None:
    """Host the application and the loops until SIGTERM or SIGINT; returns when all has stopped cleanly.

    Answered is on the listener, or else on host and port; without both, nowhere.
    Raises: PortTaken; what ended the container, when that was not a signal.
    """
    stop = eventlet.event.Event()

    def ask_to_stop(*_: Any) -> None:
        if not stop.ready():
            stop.send()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    if listener is None and port is not None:
        listener = listen(host, port)
    container = _container(application, loops, listener)
    container.start()
    ended = eventlet.spawn(container.wait)
    ended.link(ask_to_stop)
    ready()
    while not stop.ready():
        with eventlet.Timeout(LOOK_S, False):  # noqa: FBT003 - as above
            stop.wait()
    with eventlet.Timeout(STOP_WITHIN_S, False):  # noqa: FBT003 - as above
        container.stop()
        ended.wait()


def _container(application: Any, loops: Sequence[Loop], listener: Any) -> Any:
    class Instance:
        """What nameko calls a service: the whole of this process."""

        name = "kosilab"
        background = Background(loops)

        def request(self, request: Request) -> Response:
            """Answer one request."""
            return application_response(application, request)

    if listener is not None:
        CatchAll.decorator(Instance.request)
    return ServiceContainer(Instance, config={LISTENER: listener, "max_workers": MAX_WORKERS})


def application_response(application: Any, request: Request) -> Response:
    """The application's own response, with its headers, so that a stream is read after the worker has ended."""
    return Response.from_app(application, request.environ, buffered=False)
