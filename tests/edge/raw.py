"""Which requests can be read in two ways? Each as the bytes on the wire, with a second one hidden in it."""

from collections.abc import Iterator

BODY = b'{"context": "volunteering"}'
HIDDEN = b"GET /docs/events HTTP/1.1\r\nHost: hidden.example\r\n\r\n"
"""The request that must not be answered."""

ANSWER = b"HTTP/1.1 "
CHUNKED = "Transfer-Encoding: chunked"


def request(*lines: str, body: bytes = HIDDEN, first: str = "POST /actors/persons HTTP/1.1") -> bytes:
    """The bytes of a request; the lines come after a Host."""
    return "\r\n".join([first, "Host: city", *lines, "", ""]).encode("latin-1") + body


def chunk(data: bytes) -> bytes:
    """One chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def ambiguous() -> Iterator[tuple[str, bytes]]:
    """A name for each, and the request: all are answered with 400, once, and nothing of them is handled."""
    n_hidden = len(HIDDEN)
    yield from _lengths(n_hidden)
    yield from _chunks()
    yield from _hosts()
    yield from _lines(n_hidden)


def _lengths(n_hidden: int) -> Iterator[tuple[str, bytes]]:
    yield "a blank before the colon of Content-Length", request(f"Content-Length : {n_hidden}")
    yield "rubbish before Content-Length", request("rubbish", f"Content-Length: {n_hidden}")
    yield (
        "a blank before the colon of Transfer-Encoding",
        request("Transfer-Encoding : chunked", f"Content-Length: {n_hidden}"),
    )
    for encoding in (CHUNKED, "transfer-encoding: Chunked", "Transfer-Encoding: gzip, chunked"):
        both = request(encoding, f"Content-Length: {n_hidden}", body=chunk(b"") + HIDDEN)
        yield f"length and {encoding}", both
    for lengths in (
        (n_hidden, n_hidden),
        (0, n_hidden),
        (f"{n_hidden}, {n_hidden}",),
        (f"+{n_hidden}",),
        (f"-{n_hidden}",),
        ("4_4",),
        ("0x2c",),
        ("",),
        ("\u00b2",),
        ("9" * 25,),
    ):
        yield f"Content-Length {lengths}", request(*(f"Content-Length: {length}" for length in lengths))
    for encoding in ("identity", "gzip", "gzip, chunked", "chunked, chunked", "xchunked", "", "\x0bchunked"):
        body = chunk(b"") + HIDDEN
        yield f"Transfer-Encoding {encoding!r}", request(f"Transfer-Encoding: {encoding}", body=body)
    yield "two encodings", request(CHUNKED, "Transfer-Encoding: identity", body=chunk(b"") + HIDDEN)
    yield (
        "chunks in HTTP/1.0",
        request(CHUNKED, body=chunk(b"") + HIDDEN, first="POST /actors/persons HTTP/1.0"),
    )
    yield (
        "a second length behind the chunks",
        request(CHUNKED, body=b"0\r\nContent-Length: 44\r\n\r\n" + HIDDEN),
    )


def _chunks() -> Iterator[tuple[str, bytes]]:
    for size in (
        "0x4a",
        "4_a",
        "+4",
        "-4",
        " 4",
        "4 ",
        "4\t",
        "",
        ";",
        "f" * 17,
        "4\n",
        "4\r",
        "4;a\nb",
        "4;\x00",
    ):
        body = size.encode() + b"\r\n{}  \r\n0\r\n\r\n" + HIDDEN
        yield f"the chunk size {size!r}", request(CHUNKED, body=body)
    yield "a chunk that is longer than its size", request(CHUNKED, body=b"2\r\n{}X0\r\n\r\n" + HIDDEN)
    yield "a chunk without its end", request(CHUNKED, body=b"2\r\n{}0\r\n\r\n" + HIDDEN)
    yield "chunks with bare LF", request(CHUNKED, body=b"2\n{}\n0\n\n" + HIDDEN)


def _hosts() -> Iterator[tuple[str, bytes]]:
    yield "no Host", b"GET /livez HTTP/1.1\r\n\r\n" + HIDDEN
    yield "a second Host", request("Host: city", first="GET /livez HTTP/1.1")
    for host in ("", "a b", "a/b", "a@b", "a,b", "a:b", "a:1:2", "[::1", "http://a", "\u00e4"):
        yield f"the Host {host!r}", f"GET /livez HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("latin-1") + HIDDEN
    for target in (
        "http://",
        "http:///livez",
        "http://a@b/livez",
        "http://a b/livez",
        "ftp://city/livez",
        "city",
    ):
        yield f"the target {target!r}", request(first=f"GET {target} HTTP/1.1")


def _lines(n_hidden: int) -> Iterator[tuple[str, bytes]]:
    length = f"Content-Length: {n_hidden}"
    yield "bare LF", request(length).replace(b"\r\n", b"\n")
    yield "a bare LF between two fields", request("X: a\nContent-Length: 5", length)
    yield "a bare CR in a field", request("X: a\rContent-Length: 5", length)
    yield "NUL in a field", request("X: a\0b", length)
    yield "NUL in a name", request("X\0: a", length)
    yield "a control character in a field", request("X: \x01", length)
    yield "a folded line", request("X: a", " b", length)
    yield "a folded line at the beginning", request(" X: a", length)
    yield "a field without a name", request(": a", length)
    yield "a field with a comma as its name", request("a,b: c", length)
    yield "two types", request("Content-Type: application/json", "Content-Type: text/plain", length)
    yield "two bearers", request("Authorization: Bearer a", "Authorization: Bearer b", length)
    for first in (
        "GET  /livez HTTP/1.1",
        "GET /livez  HTTP/1.1",
        "GET\t/livez HTTP/1.1",
        "GET /livez HTTP/1.1 ",
        "GET /livez",
        "GET /livez http/1.1",
        "GET /livez HTTP/1",
        "GET /livez RTSP/1.0",
        "GET livez HTTP/1.1",
        "GET * HTTP/1.1",
        "GET /livez#a HTTP/1.1",
        "GET /l\0ivez HTTP/1.1",
        "GET /l\u00e4vez HTTP/1.1",
        "GET /livez /livez HTTP/1.1",
    ):
        yield f"the first line {first!r}", request(first=first)
