"""Who is let in at a door, how many at once, and what happens to those who are slow? A small server, in threads."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta

import pytest
from werkzeug.wrappers import Request, Response

from shared.edge.addresses import Proxies
from shared.edge.application import Application
from shared.edge.limits import Limits
from shared.edge.routes import Route
from shared.edge.serving.answers import send_all
from shared.edge.serving.doors import Door
from shared.edge.serving.heads import Unreadable
from shared.edge.serving.incoming import READ_WITHIN_S, Incoming
from shared.edge.serving.server import Server
from shared.edge.serving.workers import without_worker
from shared.edge.signing import SigningKeys
from shared.edge.tokens import Issuer
from shared.service.tables import Role
from tests.edge.process import Wire
from tests.servers import until

ISSUER = Issuer("wuppertal", "l" * 48, "s" * 48, SigningKeys("l" * 48))
MOST = 3
PER_S = 1.0
BURST = 10
MANY = 100
"""More connections than a test of rates opens: on a busy machine the server learns late that one has ended."""

PROXY = Proxies.of("127.0.0.1")


class Hall:
    """A server with one door, behind which one can wait."""

    def __init__(self, *, per_s: float = 0.0, proxies: Proxies | None = None, most: int = MOST) -> None:
        """Open it; an address has `most` connections."""
        self.may_go = threading.Event()
        self._waiting: list[Request] = []
        routes = [
            Route("GET", "/livez", lambda *_: Response("ok")),
            Route("GET", "/wait", lambda request, _: self._waited(request)),
            Route("GET", "/from", lambda request, _: Response(request.remote_addr or "")),
            Route("POST", "/body", lambda request, _: Response(request.get_data())),
        ]
        application = Application(routes, Limits(per_s, now=lambda: 0.0), ISSUER)
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        self.port = listener.getsockname()[1]
        door = Door(
            listener,
            application,
            admit=application.admit,
            proxies=proxies or Proxies(),
            most_connections=most,
        )
        self.server = Server([door], lambda run: threading.Thread(target=run, daemon=True).start())
        self.server.start()

    @property
    def n_waiting(self) -> int:
        """How many have begun to wait."""
        return len(self._waiting)

    def _waited(self, request: Request) -> Response:
        self._waiting.append(request)
        with without_worker(request.environ):
            self.may_go.wait()
        return Response("gone")

    def ask(self, path: str, *lines: str) -> tuple[int, dict[str, str], bytes]:
        """The answer to one request on a connection of its own."""
        with Wire(self.port) as wire:
            wire.say(f"GET {path} HTTP/1.1", "Host: city", *lines)
            return wire.answer()

    def close(self) -> None:
        """Let all go."""
        self.may_go.set()
        self.server.finish()


@pytest.fixture
def hall() -> Iterator[Hall]:
    opened = Hall()
    yield opened
    opened.close()


@pytest.fixture
def limited() -> Iterator[Hall]:
    """One in which each caller has ten requests, and time stands still."""
    opened = Hall(per_s=PER_S, most=MANY)
    yield opened
    opened.close()


@pytest.fixture
def limited_behind_a_proxy() -> Iterator[Hall]:
    opened = Hall(per_s=PER_S, proxies=PROXY, most=MANY)
    yield opened
    opened.close()


@pytest.fixture
def behind_a_proxy() -> Iterator[Hall]:
    opened = Hall(per_s=PER_S, proxies=PROXY)
    yield opened
    opened.close()


def bearer(actor: str) -> str:
    return f"Authorization: Bearer {ISSUER.issue(Role.COORDINATOR, actor, timedelta(hours=1))}"


def waiting(hall: Hall, stack: ExitStack, number: int, *lines: str) -> list[Wire]:
    """So many more connections on which somebody waits."""
    n_before = hall.n_waiting
    wires = []
    for _ in range(number):
        wires.append(stack.enter_context(Wire(hall.port)))
        wires[-1].say("GET /wait HTTP/1.1", "Host: city", *lines)
    until(lambda: hall.n_waiting == n_before + number, "all wait")
    return wires


# --- so many connections ----------------------------------------------------------------------
def test_the_newest_connection_takes_the_place_of_the_eldest_silent_one(hall: Hall) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(Wire(hall.port)) for _ in range(MOST)]
        for wire in silent:
            wire.send(b"GET /from HTTP/1.1\r\n")
        until(lambda: hall.server.n_connections == MOST, "all have a place")
        assert hall.ask("/from")[0] == 200
        assert silent[0].is_closed
        for wire in silent[1:]:
            wire.say("Host: city")
            assert wire.answer()[0] == 200


def test_where_nobody_is_silent_strangers_wait_outside_and_still_hear_that_the_process_lives(
    hall: Hall,
) -> None:
    with ExitStack() as stack:
        waiting(hall, stack, MOST)
        status, headers, _ = hall.ask("/from")
        assert (status, headers["connection"]) == (429, "close")
        assert int(headers["retry-after"]) > 0
        assert [hall.ask("/livez")[0] for _ in range(50)] == [200] * 50


def test_whoever_has_signed_in_counts_by_session_and_no_longer_by_address(hall: Hall) -> None:
    token, other = bearer("a"), bearer("b")
    with ExitStack() as stack:
        waiting(hall, stack, MOST, token)
        assert hall.ask("/from", token)[0] == 429
        assert hall.ask("/from", other)[0] == 200
        assert hall.ask("/from")[0] == 200


def test_a_place_is_free_again_when_its_connection_ends(hall: Hall) -> None:
    for _ in range(MOST * 3):
        assert hall.ask("/from")[0] == 200
    until(lambda: hall.server.n_connections == 0, "all are gone")


# --- before the body --------------------------------------------------------------------------
def test_the_rate_limit_comes_before_the_body(limited: Hall) -> None:
    for _ in range(BURST):
        assert limited.ask("/from")[0] == 200
    with Wire(limited.port) as wire:
        wire.say("POST /body HTTP/1.1", "Host: city", "Content-Length: 10")  # and no body
        assert wire.answer()[0] == 429


@pytest.mark.parametrize("path", ["/", "/nothing", "/from", "/docs/events", "/metrics"])
def test_every_address_is_limited_but_whether_the_process_lives(limited: Hall, path: str) -> None:
    statuses = [limited.ask(path)[0] for _ in range(BURST + 1)]
    assert 429 not in statuses[:-1]
    assert statuses[-1] == 429
    assert limited.ask("/livez")[0] == 200


# --- behind a proxy ---------------------------------------------------------------------------
def test_behind_a_proxy_each_client_has_a_limit_of_its_own(limited_behind_a_proxy: Hall) -> None:
    def ask(forwarded: str) -> int:
        return limited_behind_a_proxy.ask("/from", f"X-Forwarded-For: {forwarded}")[0]

    assert [ask(f"192.0.2.{number}, 198.51.100.7") for number in range(BURST + 1)] == [200] * BURST + [429]
    assert ask("198.51.100.8") == 200
    assert [ask(f"2001:db8::{number}") for number in range(BURST + 1)] == [200] * BURST + [429]
    assert ask("2001:db8:0:1::1") == 200


def test_behind_a_proxy_one_clients_connections_are_not_anothers(behind_a_proxy: Hall) -> None:
    with ExitStack() as stack:
        waiting(behind_a_proxy, stack, MOST, "X-Forwarded-For: 192.0.2.1")
        assert behind_a_proxy.ask("/from", "X-Forwarded-For: 192.0.2.1")[0] == 429
        assert behind_a_proxy.ask("/from", "X-Forwarded-For: 192.0.2.2")[0] == 200


def test_a_strangers_word_on_where_they_come_from_does_not_count(hall: Hall) -> None:
    assert hall.ask("/from", "X-Forwarded-For: 192.0.2.1", "X_Forwarded_For: 192.0.2.1")[2] == b"127.0.0.1"


# --- ten seconds for head and body together ---------------------------------------------------
class Slow:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The client's end of a connection, and the server's."""
    with ExitStack() as stack:
        client, server = map(stack.enter_context, socket.socketpair())
        yield client, server


HEAD = b"POST /body HTTP/1.1\r\nHost: city\r\nContent-Length: 100\r\n\r\n"


def test_a_head_byte_by_byte_ends_after_ten_seconds(ends: tuple[socket.socket, socket.socket]) -> None:
    (client, server), clock = ends, Slow()
    client.sendall(b"G")

    def later() -> float:
        client.sendall(
            b"E"
        )  # at every look at the clock another byte has come, and three seconds have passed
        clock.at_s += 3
        return clock.at_s

    with pytest.raises(Unreadable) as raised:
        Incoming(server, later).head(silent_s=60)
    assert raised.value.status == 408
    assert clock.at_s <= READ_WITHIN_S * 2 + 3


def test_head_and_body_have_ten_seconds_together(ends: tuple[socket.socket, socket.socket]) -> None:
    (client, server), clock = ends, Slow()
    incoming = Incoming(server, clock)
    client.sendall(HEAD + b"a")
    head = incoming.head(silent_s=60)
    assert head is not None
    assert head.length == 100
    clock.at_s = READ_WITHIN_S
    client.sendall(b"b")
    with pytest.raises(Unreadable) as raised:
        incoming.body(1000)
    assert raised.value.status == 408


def test_between_two_requests_a_connection_may_be_silent_for_longer(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    (client, server), clock = ends, Slow()
    incoming = Incoming(server, clock)
    client.sendall(HEAD + b"a" * 100 + b"GET /livez HTTP/1.1\r\nHost: city\r\n\r\n")
    assert incoming.head(silent_s=60) is not None
    assert incoming.body(1000) == b"a" * 100
    clock.at_s = 30.0
    following = incoming.head(silent_s=60)
    assert following is not None
    assert following.path == b"/livez"
    clock.at_s = 100.0
    client.close()
    assert incoming.head(silent_s=60) is None


def test_who_reads_an_answer_byte_by_byte_is_cut_off(ends: tuple[socket.socket, socket.socket]) -> None:
    (client, server), clock = ends, Slow()

    def later() -> float:
        clock.at_s += 1_000  # at every look at the clock a byte has been read, and much time has passed
        with suppress(BlockingIOError):
            client.recv(1, socket.MSG_DONTWAIT)
        return clock.at_s

    with pytest.raises(TimeoutError):
        send_all(server, b"x" * 10_000_000, later)
    assert clock.at_s <= 3_000
