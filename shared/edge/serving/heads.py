"""What does a request's head say, and is there only one way to read it? llhttp reads it; the rest is checked here.

Whatever a proxy could read otherwise is refused: where one reader sees one request and the next one sees two, the
second was smuggled past the proxy.

Source: RFC 9112; RFC 9110, 7.2.
"""

import re
from collections import Counter
from dataclasses import dataclass

import httptools

MAX_HEAD = 16 * 1024
"""How long a head may be [bytes]."""

MAX_LINE = 8 * 1024
"""How long its first line may be [bytes]."""

MAX_FIELDS = 100

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
FIRST_LINE = re.compile(TOKEN + rb" [\x21-\x7e]+ HTTP/([0-9]\.[0-9])\r\n")
HOST = re.compile(rb"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
ABSOLUTE = re.compile(rb"https?://([^/?#]*)(/[^?#]*)?(\?[^#]*)?", re.IGNORECASE)
VERSIONS = frozenset({"1.0", "1.1"})
SINGLE = frozenset(
    {b"host", b"authorization", b"content-type", b"content-encoding", b"idempotency-key", b"expect"}
)
"""Fields of which a second one could be the one that counts for somebody else."""


class Unreadable(Exception):  # noqa: N818 - says what happened
    """The request cannot be read: `status` is the answer, the connection's last one."""

    def __init__(self, status: int = 400) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A request without its body; `path` begins with a slash, or is `*`.

    `length` is that of the body [bytes], None when it comes in chunks.
    """

    method: str
    path: bytes
    query: bytes
    version: str
    fields: tuple[tuple[str, str], ...]
    length: int | None
    keeps_alive: bool
    asks_first: bool


class Parser:
    """One request as llhttp reads it, in its strict mode."""

    def __init__(self) -> None:
        self.is_complete = False
        self._keeps_alive = False
        self._target = b""
        self._fields: list[tuple[bytes, bytes]] = []
        self._llhttp = httptools.HttpRequestParser(self)

    def feed(self, data: bytes) -> None:
        """Read on.

        Raises: Unreadable.
        """
        try:
            self._llhttp.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._keeps_alive = False  # nobody here speaks another protocol: it is answered, then closed
        except httptools.HttpParserInvalidMethodError:
            raise Unreadable(501) from None
        except httptools.HttpParserError:
            raise Unreadable from None

    def head(self, raw: bytes) -> Head:
        """The head in these bytes, up to the empty line.

        Raises: Unreadable.
        """
        _check_first_line(raw)
        self.feed(raw)
        method, version = self._llhttp.get_method(), self._llhttp.get_http_version()
        fields = [(name.lower(), value.strip(b" \t")) for name, value in self._fields]
        length = _length(fields, version)
        if self.is_complete != (length == 0):
            raise Unreadable  # llhttp sees another end
        _check_fields(fields, version)
        path, query = _address(method, self._target)
        return Head(
            method=method.decode(),
            path=path,
            query=query,
            version=version,
            fields=tuple((name.decode(), value.decode("latin-1")) for name, value in fields),
            length=length,
            keeps_alive=self._keeps_alive,
            asks_first=_asks_first(fields, version),
        )

    def on_url(self, part: bytes) -> None:
        """Take a part of the target; called by llhttp."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field, of the head or behind the last chunk; called by llhttp."""
        self._fields.append((name, value))

    def on_headers_complete(self) -> None:
        """Note what llhttp forgets at the end of the request; called by llhttp."""
        self._keeps_alive = self._llhttp.should_keep_alive()

    def on_message_complete(self) -> None:
        """Note the end of the request; called by llhttp."""
        self.is_complete = True


def _check_first_line(raw: bytes) -> None:
    line = FIRST_LINE.match(raw)
    if line is None:
        raise Unreadable
    if len(line.group()) > MAX_LINE:
        raise Unreadable(414)
    if line[1].decode() not in VERSIONS:
        raise Unreadable(505)


def _length(fields: list[tuple[bytes, bytes]], version: str) -> int | None:
    """The body's length [bytes]; None when it comes in chunks.

    Raises: Unreadable.
    """
    lengths = [value for name, value in fields if name == b"content-length"]
    encodings = [value.lower() for name, value in fields if name == b"transfer-encoding"]
    if encodings:
        if encodings != [b"chunked"] or lengths or version == "1.0":
            raise Unreadable
        return None
    if len(lengths) > 1 or not all(value.isdigit() for value in lengths):
        raise Unreadable
    return int(lengths[0]) if lengths else 0


def _check_fields(fields: list[tuple[bytes, bytes]], version: str) -> None:
    if len(fields) > MAX_FIELDS:
        raise Unreadable(431)
    counts = Counter(name for name, _ in fields)
    if any(counts[name] > 1 for name in SINGLE):
        raise Unreadable
    hosts = [value for name, value in fields if name == b"host"]
    if not hosts and version == "1.0":
        return
    if len(hosts) != 1 or HOST.fullmatch(hosts[0]) is None:
        raise Unreadable


def _address(method: bytes, target: bytes) -> tuple[bytes, bytes]:
    """Path and query.

    Raises: Unreadable.
    """
    if method == b"CONNECT":
        raise Unreadable(501)
    if target == b"*" and method == b"OPTIONS":
        return target, b""
    if (absolute := ABSOLUTE.fullmatch(target)) is not None:
        if HOST.fullmatch(absolute[1]) is None:
            raise Unreadable
        return absolute[2] or b"/", (absolute[3] or b"")[1:]
    if not target.startswith(b"/") or b"#" in target:
        raise Unreadable
    path, _, query = target.partition(b"?")
    return path, query


def _asks_first(fields: list[tuple[bytes, bytes]], version: str) -> bool:
    """Whether the client waits for `100 Continue` before it sends the body.

    Raises: Unreadable.
    """
    expectations = [value.lower() for name, value in fields if name == b"expect"]
    if expectations not in ([], [b"100-continue"]):
        raise Unreadable(417)
    return bool(expectations) and version == "1.1"
