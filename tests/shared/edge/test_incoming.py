"""Does every sequence of bytes end as requests, a refusal or silence, and never as anything else?"""

import socket

from hypothesis import example, given
from hypothesis import strategies as st

from shared.edge.serving.heads import Head, Unreadable
from shared.edge.serving.incoming import Incoming
from tests.edge.raw import BODY, CHUNKED, ambiguous, chunk, request

GOOD = [
    request(first="GET /livez HTTP/1.1", body=b""),
    request(f"Content-Length: {len(BODY)}", body=BODY),
    request(CHUNKED, body=chunk(BODY[:7]) + chunk(BODY[7:]) + chunk(b"")),
    request(first="GET http://city/livez?a=b HTTP/1.0", body=b""),
]
PIECES = [
    b"\r",
    b"\n",
    b"\0",
    b" ",
    b"\t",
    b":",
    b";",
    b"0",
    b"chunked",
    b"Content-Length: 3\r\n",
    b"\xff",
    *GOOD,
]


def requests_in(raw: bytes) -> tuple[list[tuple[Head, bytes]], int]:
    """The requests in these bytes, and the status of what cannot be read behind them, 0 when there is nothing."""
    client, server = socket.socketpair()
    with client, server:
        client.sendall(raw)
        client.shutdown(socket.SHUT_WR)
        incoming, heads = Incoming(server), []
        try:
            while (head := incoming.head(silent_s=10)) is not None:
                heads.append((head, incoming.body(100_000)))
        except Unreadable as unreadable:
            return heads, unreadable.status
        return heads, 0


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """Good requests with something in them that does not belong there, or without something that does."""
    raw = b"".join(draw(st.lists(st.sampled_from(GOOD), min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 3))):
        begin = draw(st.integers(0, len(raw)))
        end = draw(st.integers(begin, min(len(raw), begin + 20)))
        raw = raw[:begin] + draw(st.sampled_from([b"", *PIECES])) + raw[end:]
    return raw


@given(raw=changed() | st.binary(max_size=100) | st.sampled_from([raw for _, raw in ambiguous()]))
@example(raw=b"\r\n" * 10_000)
def test_whatever_comes_is_a_request_or_a_refusal(raw: bytes) -> None:
    heads, status = requests_in(raw)
    assert status in {0, 400, 408, 413, 414, 417, 431, 501, 505}
    assert len(heads) <= raw.count(b"HTTP/1.")


@given(some=st.lists(st.sampled_from(GOOD), max_size=5), n_pieces=st.integers(1, 4))
def test_requests_in_a_row_are_each_read_as_when_alone(some: list[bytes], n_pieces: int) -> None:
    """Also with empty lines before them, as the standard allows."""
    heads, status = requests_in((b"\r\n" * n_pieces).join([b"", *some]))
    assert status == 0
    assert heads == [read for raw in some for read in requests_in(raw)[0]]
