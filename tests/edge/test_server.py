"""Does the real server read requests strictly, answer streams at once, and stay up whatever comes over the wire?"""

import json
from contextlib import ExitStack, suppress

import pytest

from shared.edge.host import MAX_WORKERS
from shared.service.feeds import HttpFeed
from shared.service.tables import Role
from tests.edge.process import Served, Wire

BODY = b'{"context": "volunteering"}'
POST = ("POST /actors/persons HTTP/1.1", "Host: city", "Content-Type: application/json")
TEN_MB = 10_000_000


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def signed(served: Served, role: Role = Role.COORDINATOR, actor: str = "somebody") -> str:
    return f"Authorization: Bearer {served.token(role, actor)}"


def is_well(served: Served) -> bool:
    with served.connect() as wire:
        wire.say("GET /livez HTTP/1.1", "Host: city")
        return wire.answer()[0] == 200


def test_a_body_may_come_in_chunks(served: Served) -> None:
    with served.connect() as wire:
        wire.say(*POST, "Transfer-Encoding: chunked", signed(served))
        wire.send(chunk(BODY[:7]))
        wire.send(chunk(BODY[7:]) + chunk(b""))
        assert wire.answer()[0] == 201
        wire.say("GET /livez HTTP/1.1", "Host: city")
        assert wire.answer()[0] == 200


def test_a_connection_serves_one_request_after_another(served: Served) -> None:
    with served.connect() as wire:
        for _ in range(3):
            wire.say(*POST, f"Content-Length: {len(BODY)}", signed(served), body=BODY)
            assert wire.answer()[0] == 201


@pytest.mark.parametrize("keep", ["keep-alive", "close"])
def test_ten_megabytes_are_refused_and_the_caller_hears_of_it(served: Served, keep: str) -> None:
    with served.connect() as wire:
        wire.say(*POST, f"Content-Length: {TEN_MB}", f"Connection: {keep}", signed(served))
        wire.send(b" " * TEN_MB)
        status, headers, body = wire.answer()
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert b"64 KiB" in body


def test_ten_megabytes_in_chunks_are_refused_as_well(served: Served) -> None:
    with served.connect() as wire:
        wire.say(*POST, "Transfer-Encoding: chunked", signed(served))
        for _ in range(100):
            wire.send(chunk(b" " * (TEN_MB // 100)))
        wire.send(chunk(b""))
        assert wire.answer()[0] == 413
        wire.say("GET /livez HTTP/1.1", "Host: city")
        assert wire.answer()[0] == 200


def test_whoever_asks_before_sending_is_refused_before_sending(served: Served) -> None:
    with served.connect() as wire:
        wire.say(*POST, f"Content-Length: {TEN_MB}", "Expect: 100-continue", signed(served))
        assert wire.answer()[0] == 413
        assert wire.is_closed


def test_a_body_without_end_is_cut_off(served: Served) -> None:
    with served.connect() as wire:
        wire.say(*POST, "Transfer-Encoding: chunked", signed(served))
        part = chunk(b" " * 1_000_000)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            wire.send(*[part] * 1_000)
    assert is_well(served)


@pytest.mark.parametrize(
    "lines",
    [
        ("Transfer-Encoding: gzip, chunked",),
        ("Transfer-Encoding: identity",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
        ("Content-Length: 0", "Content-Length: 44"),
        ("Content-Length: +44",),
        ("Content-Length: 4_4",),
    ],
)
def test_what_may_be_a_second_request_in_a_body_is_never_answered(
    served: Served, lines: tuple[str, ...]
) -> None:
    hidden = b"GET /livez HTTP/1.1\r\nHost: smuggled.example\r\n\r\n"
    with served.connect() as wire:
        wire.say(*POST, *lines, signed(served), body=hidden)
        status, _, _ = wire.answer()
        assert status == 400
        assert wire.is_closed


@pytest.mark.parametrize(
    "request_lines",
    [
        (*POST, "Content-Length: -1"),
        (*POST, "Content-Length: many"),
        (*POST, "Content-Length: 5", "Transfer-Encoding: chunked"),
        ("GET",),
        ("GET /livez HTTP/9.9",),
        ("GET /livez no-version",),
        ("GET /livez HTTP/1.1", "Host: city", "X: " + "x" * 70_000),
        ("GET /" + "x" * 20_000 + " HTTP/1.1",),
        ("\x16\x03\x01\x02",),
    ],
)
def test_what_is_no_http_is_refused_and_ends_nothing_else(
    served: Served, request_lines: tuple[str, ...]
) -> None:
    with served.connect() as wire, suppress(ConnectionResetError, BrokenPipeError):
        wire.say(*request_lines)
        answer = wire.rest()
        assert answer == b"" or answer.startswith(
            (b"HTTP/1.1 4", b"HTTP/1.0 4", b"HTTP/1.1 505", b"<!DOCTYPE HTML>")
        )
        assert b"Traceback" not in answer
    assert is_well(served)


def test_a_method_that_no_standard_knows_ends_the_connection(served: Served) -> None:
    with served.connect() as wire:
        wire.say("BREW /marketplace/offers HTTP/1.1", "Host: city")
        assert wire.answer()[0] == 501
        assert wire.is_closed


@pytest.mark.parametrize("method", ["PROPFIND", "QUERY"])
def test_a_method_that_nothing_here_knows_is_a_problem_like_any_other(served: Served, method: str) -> None:
    with served.connect() as wire:
        wire.say(f"{method} /marketplace/offers HTTP/1.1", "Host: city")
        status, headers, _ = wire.answer()
    assert (status, headers["content-type"]) == (405, "application/problem+json")
    assert "GET" in headers["allow"]


def test_chunks_that_are_none_are_malformed(served: Served) -> None:
    with served.connect() as wire:
        wire.say(*POST, "Transfer-Encoding: chunked", signed(served), body=b"zz\r\n{}\r\n")
        assert wire.answer()[0] == 400
        assert wire.is_closed


# --- the feed ---------------------------------------------------------------------------------
def test_over_the_wire_the_feed_is_the_log_byte_for_byte(served: Served) -> None:
    feed = HttpFeed(f"http://127.0.0.1:{served.port}", "actors", lambda: served.token(Role.SERVICE))
    with served.connect() as wire:
        wire.say(*POST, f"Content-Length: {len(BODY)}", signed(served), body=BODY)
        wire.answer()
    assert feed.read(0, 500) == served.records("actors")
    assert len(feed.read(0, 2)) == 2


def stream(served: Served, wire: Wire) -> None:
    """Ask for events from now on; returns when the server has begun to tell."""
    after = len(served.records("actors"))
    accept = "Accept: text/event-stream"
    wire.say(f"GET /actors/log?after={after} HTTP/1.1", "Host: city", accept, signed(served, Role.SERVICE))
    assert wire.head()[0] == 200
    wire.read_until(b"\n\n")


def test_a_stream_tells_an_event_at_once_and_takes_no_worker(served: Served) -> None:
    """More streams are open than there are workers, and the server still answers; each hears of the event."""
    with ExitStack() as stack:
        wires = []
        for _ in range(MAX_WORKERS + 10):
            wires.append(stack.enter_context(served.connect()))
            stream(served, wires[-1])  # at once: of strangers, an address may have two hundred only
        sender = stack.enter_context(served.connect())
        sender.say(*POST, f"Content-Length: {len(BODY)}", signed(served), body=BODY)
        done = json.loads(sender.answer()[2])
        line = (
            b"id: %d\n" % done["position"]
        )  # not the first line that comes: a checkpoint may be an event before it
        assert all(line in wire.read_until(line) for wire in wires)


def test_a_reader_who_hangs_up_is_forgotten(served: Served) -> None:
    for _ in range(5):
        with served.connect() as wire:
            stream(served, wire)
    assert is_well(served)
