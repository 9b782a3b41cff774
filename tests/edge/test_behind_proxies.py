"""Behind nginx and HAProxy, is nothing answered that the proxy did not pass on as a request of its own?

Each request that a proxy passes on bears a mark of the proxy's. A request without one, or a second one with the same,
was smuggled in another one's body.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from shared.edge.serving.doors import Door
from shared.edge.serving.server import Server
from tests.edge.process import Wire
from tests.edge.raw import ambiguous
from tests.servers.proxies import MARK, PACKAGES, proxy_before

AMBIGUOUS = dict(ambiguous())
PLAIN = b"GET /livez HTTP/1.1\r\nHost: city\r\nConnection: close\r\n\r\n"


class Behind:
    """What is behind the proxy: it notes the marks of all requests that it answers."""

    def __init__(self) -> None:
        """Begin to listen."""
        self.marks: list[str] = []
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(512)
        self.port = self._listener.getsockname()[1]
        door = Door(self._listener, self.application, most_connections=1_000)
        self._server = Server([door], lambda run: threading.Thread(target=run, daemon=True).start())
        self._server.start()

    def application(self, environ: Any, start_response: Any) -> Any:
        """Note the mark."""
        request = Request(environ)
        self.marks.append(request.headers.get(MARK, ""))
        request.get_data()
        return Response("answered\n")(environ, start_response)

    def close(self) -> None:
        """End it."""
        self._server.finish()


class Quiet(ThreadingHTTPServer):
    """It says nothing of connections that the proxy closes."""

    def handle_error(self, *_: Any) -> None:
        """Say nothing."""


class Credulous(BaseHTTPRequestHandler):
    """A server that reads as the standard library does, to see that these tests can fail."""

    protocol_version = "HTTP/1.1"
    marks: list[str]

    def do_GET(self) -> None:
        """Note the mark, as the server behind does."""
        self.marks.append(self.headers.get(MARK, ""))
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - its names

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def credulous() -> Iterator[tuple[int, list[str]]]:
    """Such a server; its port, and the marks that it notes."""
    marks: list[str] = []
    handler = type("Noting", (Credulous,), {"marks": marks})
    with Quiet(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, marks
        server.shutdown()


@pytest.fixture
def behind() -> Iterator[Behind]:
    opened = Behind()
    yield opened
    opened.close()


def sent_all(port: int) -> None:
    """Send every request on a connection of its own; returns when the proxy has closed them all."""
    with ExitStack() as stack:
        wires = [stack.enter_context(Wire(port)) for _ in AMBIGUOUS]
        for wire, raw in zip(wires, AMBIGUOUS.values(), strict=True):
            wire.send(raw)
        for wire in wires:
            wire.rest()


@pytest.mark.parametrize("name", PACKAGES)
def test_behind_a_proxy_only_what_the_proxy_passes_on_is_answered_and_once(
    behind: Behind, name: str, tmp_path: Path
) -> None:
    with proxy_before(behind.port, name, tmp_path) as port:
        sent_all(port)
        n_marks = len(behind.marks)
        with Wire(port) as wire:
            wire.send(PLAIN)
            assert wire.answer()[0] == 200
    assert "" not in behind.marks
    assert len(set(behind.marks)) == len(behind.marks) == n_marks + 1


def test_these_proxies_pass_on_enough_to_deceive_who_is_credulous(tmp_path: Path) -> None:
    with credulous() as (behind_port, marks), proxy_before(behind_port, "haproxy", tmp_path) as port:
        for _ in range(10):  # a proxy may close its connection before the second request on it is read
            sent_all(port)
            if "" in marks:
                return
    raise AssertionError("not one of ten times was a request read that the proxy did not pass on as its own")
