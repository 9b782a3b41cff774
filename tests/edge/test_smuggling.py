"""Is every request that a proxy could read otherwise refused, once, before anything of it is handled?"""

import json

import pytest

from shared.edge.serving.heads import MAX_FIELDS, MAX_HEAD, MAX_LINE
from shared.service.tables import Role
from tests.edge.process import Served
from tests.edge.raw import ANSWER, BODY, CHUNKED, HIDDEN, ambiguous, chunk, request

AMBIGUOUS = dict(ambiguous())


def signed(served: Served) -> str:
    return f"Authorization: Bearer {served.token(Role.COORDINATOR)}"


def answered(served: Served, *parts: bytes) -> list[bytes]:
    """All answers on one connection, until the server hangs up."""
    with served.connect() as wire:
        wire.send(*parts)
        return wire.rest().split(ANSWER)[1:]


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_can_be_read_in_two_ways_is_answered_with_400_once(served: Served, name: str) -> None:
    before = len(served.records("actors"))
    answers = answered(served, AMBIGUOUS[name])
    assert [answer[:3] for answer in answers] == [b"400"]
    assert b"Connection: close" in answers[0]
    assert b"Content-Type: application/problem+json" in answers[0]
    assert len(served.records("actors")) == before


def test_a_request_whose_end_is_unclear_is_not_carried_out_either(served: Served) -> None:
    token, length = signed(served), f"Content-Length: {len(BODY)}"
    before = len(served.records("actors"))
    for lines in (
        (f"Content-Length : {len(BODY)}",),
        (length, length),
        (length, "Host: city"),
        (length, CHUNKED),
    ):
        answers = answered(served, request(*lines, token, "Content-Type: application/json", body=BODY))
        assert [answer[:3] for answer in answers] == [b"400"]
    assert len(served.records("actors")) == before


# --- what is allowed --------------------------------------------------------------------------
def get(*lines: str, first: str = "GET /livez HTTP/1.1") -> bytes:
    return request(*lines, "Connection: close", first=first, body=b"")


@pytest.mark.parametrize(
    "allowed",
    [
        b"\r\n" + get(),
        b"\r\n\r\n" + get(),
        get(first="GET http://other.example:8000/livez HTTP/1.1"),
        get(first="GET HTTPS://[::1]/livez?a=b HTTP/1.1"),
        get("X: \u00e4", "X-Empty:", "X_Y: z"),
        b"GET /livez HTTP/1.0\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: [::1]:8000\r\nConnection: close\r\n\r\n",
        get("Upgrade: h2c", "Connection: upgrade"),
        get("Content-Length: 0"),
    ],
)
def test_what_has_one_meaning_only_is_answered(served: Served, allowed: bytes) -> None:
    assert [answer[:3] for answer in answered(served, allowed)] == [b"200"]


def test_chunks_may_have_extensions_and_fields_behind_them(served: Served) -> None:
    body = b"%x;note=1\r\n%s\r\n0;last\r\nX-Sum: 1\r\n\r\n" % (len(BODY), BODY)
    lines = (CHUNKED, signed(served), "Content-Type: application/json")
    answers = answered(served, request(*lines, body=body) + get())
    assert [answer[:3] for answer in answers] == [b"201", b"200"]


def test_who_pipelines_is_answered_in_order_and_once_each(served: Served) -> None:
    post = request(
        signed(served), "Content-Type: application/json", f"Content-Length: {len(BODY)}", body=BODY
    )
    chunks = request(signed(served), "Content-Type: application/json", CHUNKED, body=chunk(BODY) + chunk(b""))
    plain = request(first="GET /livez HTTP/1.1", body=b"")
    nothing = request(first="GET /nothing HTTP/1.1", body=b"")
    answers = answered(served, post + plain + chunks + nothing + plain + get())
    assert [answer[:3] for answer in answers] == [b"201", b"200", b"201", b"404", b"200", b"200"]


def test_behind_a_request_that_closes_nothing_is_answered(served: Served) -> None:
    assert [answer[:3] for answer in answered(served, get() + HIDDEN)] == [b"200"]


def test_behind_one_that_cannot_be_read_nothing_is_answered(served: Served) -> None:
    plain = request(first="GET /livez HTTP/1.1", body=b"")
    answers = answered(served, plain + request("rubbish"))
    assert [answer[:3] for answer in answers] == [b"200", b"400"]


# --- what is too long, or of another kind -----------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (get("X: " + "x" * MAX_HEAD), b"431"),
        (get(*(f"X-{number}: x" for number in range(MAX_FIELDS))), b"431"),
        (get(first="GET /" + "x" * MAX_LINE + " HTTP/1.1"), b"414"),
        (get(first="GET /" + "x" * MAX_HEAD + " HTTP/1.1"), b"414"),
        (get(first="GET /livez HTTP/1.2"), b"505"),
        (get(first="GET /livez HTTP/2.0"), b"505"),
        (get(first="PRI * HTTP/2.0"), b"505"),
        (get(first="CONNECT city:443 HTTP/1.1"), b"501"),
        (get("Expect: the-unexpected"), b"417"),
        (b"\x16\x03\x01\x02\x00", b"400"),
        (b"\0", b"400"),
    ],
)
def test_what_is_too_long_or_no_such_http_is_refused_with_its_own_status(
    served: Served, asked: bytes, status: bytes
) -> None:
    (answer,) = answered(served, asked)
    assert answer[:3] == status
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == int(status)


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, identity", "x"])
def test_a_body_that_is_packed_is_refused(served: Served, encoding: str) -> None:
    lines = (
        f"Content-Encoding: {encoding}",
        f"Content-Length: {len(BODY)}",
        signed(served),
        "Connection: close",
    )
    answers = answered(served, request(*lines, "Content-Type: application/json", body=BODY))
    assert [answer[:3] for answer in answers] == [b"415"]
    assert b"Accept-Encoding: identity" in answers[0]
