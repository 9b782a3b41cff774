"""How does nameko host an instance? One container: one catch-all route, and the background loops as extensions."""

import signal
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import eventlet
import eventlet.event
from nameko.constants import WEB_SERVER_CONFIG_KEY
from nameko.containers import ServiceContainer
from nameko.extensions import Entrypoint
from nameko.web.handlers import HttpRequestHandler
from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from shared.service import telemetry

MAX_WORKERS = 200
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
STOP_WITHIN_S = 10.0

log = telemetry.logger("runtime")


class Loop(Protocol):
    """Something that runs in the background until told to stop."""

    name: str

    def run(self, stopping: threading.Event) -> None:
        """Work until told to stop."""
        ...


class CatchAll(HttpRequestHandler):  # type: ignore[misc]  # nameko is untyped
    """Every request goes to the WSGI application; nothing of nameko's own routing or errors is used."""

    def __init__(self) -> None:
        super().__init__("GET", "/<path:path>")

    def get_url_rule(self) -> Rule:
        """All paths, all methods."""
        return Rule("/<path:path>", defaults=None, methods=METHODS, endpoint=self)

    def handle_request(self, request: Request) -> Response:
        """Run the application in one of the container's workers, its body streamed outside of it."""
        response: Response = super().handle_request(request)
        return response

    def get_entrypoint_parameters(self, request: Request) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The request alone."""
        request.shallow = False
        return (request,), {}

    def response_from_result(self, result: Response) -> Response:
        """What the application answered."""
        return result

    def response_from_exception(self, exc: Exception) -> Response:
        """The application answers every failure itself; this is for nameko's own."""
        del exc
        return Response("not now\n", 503, headers={"Retry-After": "1"})


class Background(Entrypoint):  # type: ignore[misc]  # nameko is untyped
    """The loops, each in a green thread, started and stopped with the container."""

    def __init__(self, loops: Sequence[Loop]) -> None:
        super().__init__()
        self._loops = loops
        self._stopping = threading.Event()

    def __reduce__(self) -> tuple[Any, ...]:
        return Background, (self._loops,)

    def start(self) -> None:
        """Start every loop."""
        for loop in self._loops:
            self.container.spawn_managed_thread(lambda loop=loop: self._run(loop), identifier=loop.name)

    def stop(self) -> None:
        """Ask every loop to stop; the container waits for them."""
        self._stopping.set()

    def _run(self, loop: Loop) -> None:
        try:
            loop.run(self._stopping)
        except Exception:
            log.exception("loop_ended", loop=loop.name)
            raise


def serve(
    application: Any, loops: Sequence[Loop], *, host: str, port: int, ready: Callable[[], None]
) -> None:
    """Host the application and the loops until SIGTERM or SIGINT; returns when all has stopped cleanly."""
    container = _container(application, loops, host, port)
    stop = eventlet.event.Event()

    def ask_to_stop(*_: Any) -> None:
        if not stop.ready():
            stop.send()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    container.start()
    ready()
    stop.wait()
    with eventlet.Timeout(STOP_WITHIN_S, False):  # noqa: FBT003 - eventlet's flag: no exception
        container.stop()


def _container(application: Any, loops: Sequence[Loop], host: str, port: int) -> Any:
    class Instance:
        """What nameko calls a service: the whole of this process."""

        name = "kosilab"
        background = None

        def request(self, request: Request) -> Response:
            """Answer one request."""
            return application_response(application, request)

    CatchAll.decorator(Instance.request)
    _attach(Instance, Background(loops))
    config = {WEB_SERVER_CONFIG_KEY: f"{host}:{port}", "max_workers": MAX_WORKERS}
    return ServiceContainer(Instance, config=config)


def _attach(service: type, background: Background) -> None:
    def loops(_: Any) -> None:
        """The background loops hang here."""

    loops.nameko_entrypoints = {background}  # type: ignore[attr-defined]
    service.loops = loops  # type: ignore[attr-defined]


def application_response(application: Any, request: Request) -> Response:
    """The application's own response, with its headers, so that a stream is read after the worker has ended."""
    return Response.from_app(application, request.environ, buffered=False)
