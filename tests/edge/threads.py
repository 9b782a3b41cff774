"""A second host, of plain threads: the edge's contract must not hang on nameko. `python -m tests.edge.threads up …`.

Nothing is patched, each connection and each loop has a thread of its own, and the standard library reads HTTP.
"""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any, cast
from wsgiref.simple_server import WSGIRequestHandler

from shared.edge import host
from shared.edge.framing import EVENT_STREAM, ends_unclearly, read_on
from shared.edge.host import Bell, Loop

MAX_LINE = 65_536
MAX_REQUEST_LINE = 8_192
NO_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
REFUSED = b"stopping\n"


class ThreadsHost:
    """Implements `shared.edge.host.Host`."""

    def prepare(self) -> None:
        """Threads of the operating system need nothing."""

    def serve(
        self,
        application: Any,
        loops: Sequence[Loop],
        *,
        ready: Callable[[], None],
        listener: socket.socket | None = None,
    ) -> None:
        """Host the application and the loops until SIGTERM or SIGINT, or until a loop fails."""
        bell = Bell()
        bell.ring_at_signals()
        background = Background(loops, bell)
        server = None if listener is None else Server(application, listener)
        background.start()
        ready()
        bell.wait()
        if server is not None:
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


class Server:
    """Accepts connections, and answers on each until it is closed."""

    def __init__(self, application: Any, listener: socket.socket) -> None:
        """Begin to accept."""
        self.application = application
        self.workers = threading.Semaphore(host.MAX_WORKERS)
        self.finishing = False
        self.n_under_way = 0
        self.changed = threading.Condition()
        self._listener = listener
        threading.Thread(target=self._accept, daemon=True).start()

    def finish(self) -> None:
        """Accept nothing more, and wait a while for what is under way."""
        self.finishing = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self.changed:
            self.changed.wait_for(lambda: self.n_under_way == 0, host.FINISH_WITHIN_S)

    def count(self, change: int) -> None:
        """A request begins (1) or has been answered (-1)."""
        with self.changed:
            self.n_under_way += change
            self.changed.notify_all()

    def _accept(self) -> None:
        while not self.finishing:
            with suppress(OSError):
                connection, address = self._listener.accept()
                connection.settimeout(host.IDLE_S)
                arguments = (connection, address)
                threading.Thread(target=self._serve, args=arguments, daemon=True).start()

    def _serve(self, connection: socket.socket, address: Any) -> None:
        with suppress(OSError, ValueError), connection:
            Connection(connection, address, cast("Any", self))


class Connection(WSGIRequestHandler):
    """One connection, request after request."""

    protocol_version = "HTTP/1.1"
    wbufsize = MAX_LINE
    server: Any

    def handle(self) -> None:
        """Answer until one side closes."""
        self.close_connection = True
        self.handle_one_request()
        while not self.close_connection:
            self.handle_one_request()

    def handle_one_request(self) -> None:
        """Read the first lines, then answer."""
        self.raw_requestline = self.rfile.readline(MAX_REQUEST_LINE + 1)
        self.asks_first = False
        if not self.raw_requestline:
            self.close_connection = True
        elif len(self.raw_requestline) > MAX_REQUEST_LINE:
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        elif self.parse_request():
            if ends_unclearly(self.headers):
                self.close_connection = True
                self._send("400 Bad Request", [("Content-Length", "0")], [])
            else:
                self._answer()

    def handle_expect_100(self) -> bool:
        """Ask for the body only when somebody reads it."""
        self.asks_first = True
        return True

    def log_message(self, *_: Any) -> None:
        """Nothing of a request is logged."""

    def _answer(self) -> None:
        body = Body(self)
        self.server.count(1)
        try:
            status, headers, parts = self._response(body)
            self.close_connection |= self.asks_first
            self._send(status, headers, parts)
        finally:
            self.server.count(-1)
        if not self.asks_first and not read_on(body):
            self.close_connection = True

    def _response(self, body: "Body") -> tuple[str, list[tuple[str, str]], Iterable[bytes]]:
        if self.server.finishing:
            self.close_connection = True
            return "503 Service Unavailable", [("Retry-After", "2"), ("Content-Length", "9")], [REFUSED]
        begun: list[Any] = []
        with self.server.workers:
            parts = self.server.application(self._environ(body), lambda *status: begun.extend(status))
        return begun[0], begun[1], parts

    def _environ(self, body: "Body") -> dict[str, Any]:
        self.server.base_environ = {"SERVER_NAME": "city", "SERVER_PORT": "80", "SCRIPT_NAME": ""}
        return {
            **self.get_environ(),
            "wsgi.input": body,
            "wsgi.input_terminated": "transfer-encoding" in self.headers,
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
        }

    def _send(self, status: str, headers: list[tuple[str, str]], parts: Iterable[bytes]) -> None:
        names = {name.lower(): value for name, value in headers}
        chunked = "content-length" not in names and int(status[:3]) not in NO_BODY
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
        lines += ["Transfer-Encoding: chunked"] if chunked else []
        lines += ["Connection: close"] if self.close_connection else []
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        is_stream = names.get("content-type", "").startswith(EVENT_STREAM)
        try:
            if self.command != "HEAD":
                self._send_parts(parts, chunked=chunked, at_once=is_stream)
        finally:
            getattr(parts, "close", lambda: None)()
        self.wfile.flush()

    def _send_parts(self, parts: Iterable[bytes], *, chunked: bool, at_once: bool) -> None:
        for part in parts:
            if part:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            if at_once:
                self.wfile.flush()
        if chunked:
            self.wfile.write(b"0\r\n\r\n")


class Body:
    """A request's body: of a known length, or in chunks."""

    def __init__(self, connection: Connection) -> None:
        """Nothing is read yet."""
        self._connection = connection
        self._left = int(connection.headers.get("content-length", 0))
        self._is_chunked = "transfer-encoding" in connection.headers
        self._has_ended = False

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes, or all; fewer only at the end.

        Raises: ValueError for a chunk that is none.
        """
        if self._connection.asks_first:
            self._connection.asks_first = False
            self._connection.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._connection.wfile.flush()
        parts, n_read = [], 0
        while size < 0 or n_read < size:
            part = self._some(size - n_read if size >= 0 else MAX_LINE)
            if not part:
                break
            parts.append(part)
            n_read += len(part)
        return b"".join(parts)

    def readline(self, size: int = -1) -> bytes:
        """Up to the end of a line."""
        line = b""
        while not line.endswith(b"\n") and (size < 0 or len(line) < size) and (letter := self.read(1)):
            line += letter
        return line

    def __iter__(self) -> Iterator[bytes]:
        """Line by line."""
        return iter(self.readline, b"")

    def _some(self, most: int) -> bytes:
        if self._is_chunked and self._left == 0 and not self._has_ended:
            self._left = self._next_chunk()
        part = self._connection.rfile.read(min(most, self._left))
        self._left -= len(part)
        if self._is_chunked and part and self._left == 0:
            self._connection.rfile.readline(MAX_LINE)  # the end of the line behind a chunk
        return part

    def _next_chunk(self) -> int:
        size = int(self._connection.rfile.readline(MAX_LINE).partition(b";")[0].strip(), 16)
        if size == 0:
            self._has_ended = True
            while self._connection.rfile.readline(MAX_LINE).strip():
                pass
        return size


def main() -> None:
    """`kosilab`, in threads."""
    from deploy.cli import main as kosilab

    kosilab(ThreadsHost())


if __name__ == "__main__":
    main()
