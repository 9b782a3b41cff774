"""How is a connection cut into requests? Head by head, body by body, each before one deadline.

The end of each part is computed here and read by llhttp; where the two differ, the request is refused.
"""

import re
import socket
from collections.abc import Callable, Iterator

from shared.edge.serving.heads import MAX_HEAD, MAX_LINE, Head, Parser, Unreadable
from shared.service import clock

READ_WITHIN_S = 10.0
"""How long a head and its body may take together [s], from the first byte."""

IDLE_S = 65.0
"""How long a connection may be silent between two requests [s]; longer than proxies keep one open."""

READ_ON_AT_MOST = 16 * 1024 * 1024
"""How much of an unwanted body is still read [bytes]; a caller that is cut off never sees the answer."""

AT_ONCE = 64 * 1024
MAX_CHUNK_LINE = 1024
MAX_TRAILER = 8 * 1024

END_OF_HEAD = b"\r\n\r\n"
FIRST_LETTER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]")
NO_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)|\0")
"""What stands in no head: LF or CR alone, and NUL."""


class Incoming:
    """What comes in over one connection."""

    def __init__(self, connection: socket.socket, now: Callable[[], float] = clock.monotonic) -> None:
        self._socket = connection
        self._now = now
        self._buffer = bytearray()
        self._until = 0.0
        self._n_left = 0
        self._parts: Iterator[bytes] = iter(())

    def head(self, *, silent_s: float) -> Head | None:
        """The next request's head; None when nothing comes for so long [s], or the client hung up.

        Raises: Unreadable, OSError.
        """
        self._until, has_begun = self._now() + silent_s, False
        self._n_left = READ_ON_AT_MOST
        while True:
            if self._buffer and not has_begun:
                self._until, has_begun = self._now() + READ_WITHIN_S, True
            if (raw := self._whole_head()) is not None:
                break
            if not self._has_more(is_silent=not has_begun):
                if self._buffer:
                    raise Unreadable
                return None
        parser = Parser()
        head = parser.head(raw)
        self._parts = self._body(parser, head)
        return head

    def body(self, most: int) -> bytes:
        """The body, up to one byte more than so many.

        Raises: Unreadable, OSError.
        """
        read = bytearray()
        while len(read) <= most and (part := next(self._parts, None)) is not None:
            read += part
        return bytes(read[: most + 1])

    def has_ended(self) -> bool:
        """Read an unwanted body within bounds; returns whether its end was reached."""
        self._until = self._now() + READ_WITHIN_S
        try:
            for _ in self._parts:
                pass
        except (Unreadable, OSError):
            return False
        return True

    def _whole_head(self) -> bytes | None:
        buffer = self._buffer
        while buffer.startswith(b"\r\n"):  # empty lines before a request are allowed
            del buffer[:2]
        end = buffer.find(END_OF_HEAD)
        length = len(buffer) if end < 0 else end + len(END_OF_HEAD)
        shown = memoryview(buffer)[:length]
        try:
            if NO_LINE_END.search(shown) or (
                length and buffer[:1] != b"\r" and not FIRST_LETTER.match(shown)
            ):
                raise Unreadable
        finally:
            shown.release()
        if length > MAX_HEAD:
            raise Unreadable(414 if b"\n" not in buffer[:MAX_LINE] else 431)
        if end < 0:
            return None
        raw = bytes(buffer[:length])
        del buffer[:length]
        return raw

    def _body(self, parser: Parser, head: Head) -> Iterator[bytes]:
        if head.length is None:
            yield from self._chunks(parser)
        else:
            yield from self._counted(parser, head.length)
        if not parser.is_complete:
            raise Unreadable

    def _chunks(self, parser: Parser) -> Iterator[bytes]:
        while True:
            line = self._line(MAX_CHUNK_LINE)
            parser.feed(line)
            size = int(line.partition(b";")[0], 16)  # llhttp has accepted it
            if size == 0:
                break
            yield from self._counted(parser, size)
            for _ in self._counted(parser, 2):
                pass
        left = MAX_TRAILER
        while not parser.is_complete:
            line = self._line(left)
            left -= len(line)
            parser.feed(line)

    def _counted(self, parser: Parser, length: int) -> Iterator[bytes]:
        while length:
            if not self._buffer:
                self._need_more()
            part = bytes(self._buffer[:length])
            del self._buffer[: len(part)]
            parser.feed(part)
            length -= len(part)
            yield part

    def _line(self, longest: int) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > longest:
                raise Unreadable
            self._need_more()
        line = bytes(self._buffer[: end + 1])
        if len(line) > longest:
            raise Unreadable
        del self._buffer[: end + 1]
        return line

    def _need_more(self) -> None:
        if not self._has_more():
            raise Unreadable

    def _has_more(self, *, is_silent: bool = False) -> bool:
        """Whether more has come; not when the client hung up, or has been silent for as long as it may.

        Raises: Unreadable when the request takes too long, or is far too long; OSError.
        """
        try:
            received = self._received()
        except TimeoutError:
            if is_silent:
                return False
            raise Unreadable(408) from None
        self._buffer += received
        self._n_left -= len(received)
        if self._n_left < 0:
            raise Unreadable(413)
        return bool(received)

    def _received(self) -> bytes:
        """What comes next; nothing when the client has hung up.

        Raises: TimeoutError after the deadline, OSError.
        """
        left_s = self._until - self._now()
        if left_s <= 0:
            raise TimeoutError
        self._socket.settimeout(left_s)
        return self._socket.recv(AT_ONCE)
