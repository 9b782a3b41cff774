"""How does a connection become a request? nameko's web server, without its routing, made fit for unkind clients."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import eventlet
from nameko.web.server import WebServer
from werkzeug.wrappers import Request, Response

from shared.edge.framing import EVENT_STREAM
from shared.edge.green.protocol import SEND_AT_ONCE, StrictProtocol
from shared.edge.host import FINISH_WITHIN_S, IDLE_S
from shared.service import clock, telemetry

LISTENER = "listener"
"""The name in the container's configuration of the socket to accept from."""

LOOK_S = 0.01

log = telemetry.logger("web")


class Web(WebServer):  # type: ignore[misc]  # nameko is untyped
    """Passes every request to the one handler; a client that leaves ends only its own connection.

    nameko's server ends the whole process when a connection ends badly.
    """

    def __init__(self) -> None:
        super().__init__()
        self._gt: Any = None
        self._finishing = False

    def start(self) -> None:
        """Begin to accept."""
        if self._gt is None:
            self._sock = self.container.config[LISTENER]
            self._sock.settimeout(None)
            self._serv = self.get_wsgi_server(self._sock, self.answer, protocol=StrictProtocol)
            self._serv.socket_timeout = IDLE_S
            self._serv.log_output = False  # a line for every request, with its address in it
            self._gt = self.container.spawn_managed_thread(self.run, identifier="accept")

    def run(self) -> None:
        """Accept until told to stop."""
        while self._is_accepting:
            try:
                connection, address = self._sock.accept()
            except OSError as error:
                log.warning("not_accepted", reason=error.strerror)  # for example, too many open files
                eventlet.sleep(0.1)
                continue
            connection.settimeout(IDLE_S)
            serve_connection = partial(self.process_request, connection, address)
            self.container.spawn_managed_thread(serve_connection, identifier="connection")

    def process_request(self, sock: Any, address: Any) -> None:
        """Answer what comes over one connection."""
        try:
            super().process_request(sock, address)
        except Exception as error:  # noqa: BLE001 - a broken connection must not end the others
            log.debug("connection_broke", reason=type(error).__name__)
            sock.close()

    def answer(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """The WSGI application: the one handler's answer to everything."""
        if self._finishing:
            refused = Response("stopping\n", 503, headers={"Retry-After": "2", "Connection": "close"})
            return refused(environ, start_response)
        (handler,) = self._providers
        response: Response = handler.handle_request(Request(environ, shallow=True))
        if response.mimetype == EVENT_STREAM:
            # Otherwise the reader of a quiet log waits until the buffer is full.
            environ[SEND_AT_ONCE] = 1
        return response(environ, start_response)

    def finish(self) -> None:
        """Accept no more requests, and wait a while for those under way."""
        self._finishing, self._is_accepting = True, False
        self._gt.kill()
        self._sock.close()
        until = clock.monotonic() + FINISH_WITHIN_S
        while self._serv.outstanding_requests and clock.monotonic() < until:
            eventlet.sleep(LOOK_S)
