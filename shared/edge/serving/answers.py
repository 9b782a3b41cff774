"""How is an answer written? With a clear end: a length, chunks, or the end of the connection.

Source: RFC 9112, 6.
"""

import json
import socket
from collections.abc import Callable, Iterable, Iterator
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

from shared.edge.problems import PROBLEM_JSON
from shared.service import clock

SEND_WITHIN_S = 30.0
SLOWEST = 16 * 1024
"""How long a part of an answer may take to be sent: so long [s], and as long as it takes at this rate [B/s]."""

AT_ONCE = 256 * 1024

EVENT_STREAM = "text/event-stream"
"""Answers of this type are sent part by part and may take hours."""

WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
DETAILS = {
    400: "The request can be read in two ways, or not at all; the connection is closed.",
    408: "The request took too long; send its head and body within ten seconds.",
    413: "The request is far too large.",
    414: "The first line of the request is too long.",
    417: "Nothing but `Expect: 100-continue` can be expected here.",
    429: "You hold too many connections open; close some, then send the same request again.",
    431: "The head of the request is too long, or has too many fields.",
    501: "This method is not known here.",
    503: "The process is stopping, or has too many connections; send the same request again.",
    505: "The versions 1.1 and 1.0 of HTTP are spoken here.",
}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Answer:
    """What the application answers to one request; closed in every case."""

    def __init__(self, application: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> None:
        """Ask it."""
        self._status = ""
        self._fields: list[tuple[str, str]] = []
        self._is_head = environ["REQUEST_METHOD"] == "HEAD"
        self._knows_chunks = environ["SERVER_PROTOCOL"] == "HTTP/1.1"
        self._parts = application(environ, self._begin)

    @property
    def is_stream(self) -> bool:
        """Whether it is sent part by part, as things happen."""
        return self._field("content-type").startswith(EVENT_STREAM)

    def send(self, connection: socket.socket, *, keeps_alive: bool) -> bool:
        """Send it; returns whether the connection may serve another request.

        Raises: OSError.
        """
        empty = self._is_head or int(self._status[:3]) in WITHOUT_BODY
        has_end = bool(self._field("content-length")) or empty
        chunked = not has_end and self._knows_chunks
        keeps_alive = keeps_alive and (has_end or chunked) and self._field("connection").lower() != "close"
        try:
            head = self._head(chunked=chunked, keeps_alive=keeps_alive)
            parts: Iterator[bytes] = iter(()) if empty else self._written(chunked=chunked)
            if self.is_stream:
                send_all(connection, head)
                for part in parts:
                    send_all(connection, part)
            else:
                send_all(connection, b"".join([head, *parts]))
        finally:
            self.close()
        return keeps_alive

    def close(self) -> None:
        """Let go of what it holds."""
        close: Callable[[], None] = getattr(self._parts, "close", lambda: None)
        close()

    def _begin(self, status: str, fields: list[tuple[str, str]], *_: Any) -> None:
        self._status, self._fields = status, fields

    def _field(self, name: str) -> str:
        return next((value for field, value in self._fields if field.lower() == name), "")

    def _head(self, *, chunked: bool, keeps_alive: bool) -> bytes:
        lines = [f"HTTP/1.1 {self._status}", f"Date: {formatdate(clock.now().timestamp(), usegmt=True)}"]
        lines += [f"{name}: {value}" for name, value in self._fields if name.lower() != "connection"]
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        if not keeps_alive or not self._knows_chunks:
            lines.append(f"Connection: {'keep-alive' if keeps_alive else 'close'}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _written(self, *, chunked: bool) -> Iterator[bytes]:
        for part in self._parts:
            if part:
                yield b"%x\r\n%s\r\n" % (len(part), part) if chunked else part
        if chunked:
            yield b"0\r\n\r\n"


def send_all(connection: socket.socket, content: bytes, now: Callable[[], float] = clock.monotonic) -> None:
    """Send it before a deadline; whoever reads a byte now and then does not move it.

    Raises: OSError.
    """
    until = now() + SEND_WITHIN_S + len(content) / SLOWEST
    left = memoryview(content)
    while left:
        left_s = until - now()
        if left_s <= 0:
            raise TimeoutError
        connection.settimeout(left_s)
        left = left[connection.send(left[:AT_ONCE]) :]


def refusal(status: int, *, retry_after_s: int | None = None) -> bytes:
    """An answer of the server's own, the connection's last one; in the form of all others.

    Source: RFC 9457.
    """
    reason = HTTPStatus(status)
    content = {"type": "about:blank", "title": reason.phrase, "status": status, "detail": DETAILS[status]}
    body = json.dumps(content).encode()
    lines = [
        f"HTTP/1.1 {status} {reason.phrase}",
        f"Content-Type: {PROBLEM_JSON}",
        f"Content-Length: {len(body)}",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    if retry_after_s is not None:
        lines.append(f"Retry-After: {retry_after_s}")
    return "\r\n".join([*lines, "", ""]).encode() + body
