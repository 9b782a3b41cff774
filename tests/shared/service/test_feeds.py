"""Do feeds bring a source's records, whatever way they go?"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from shared.edge.application import Application
from shared.edge.feed import Feed as FeedEdge
from shared.edge.signing import SigningKeys
from shared.edge.tokens import Issuer
from shared.service import feeds as feeds_module
from shared.service.app import App
from shared.service.feeds import Feed, FeedUnavailable, HttpFeed, LogFeed
from shared.service.inbox import Inbox
from shared.service.tables import ServiceTables
from tests.shared.service.board import Board, Cut, Source

LOCAL_KEY = "local key of this test, made up"
ISSUER = Issuer("wuppertal", LOCAL_KEY, "service key of this test, made up", SigningKeys(LOCAL_KEY))


@contextmanager
def answering(application: Any) -> Iterator[str]:
    """A WSGI application behind an address."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


class OneLog:
    """A store with a log and nothing else."""

    def __init__(self, source: Source) -> None:
        self.log = source.log
        self.ask: Any = None


def edge_of(source: Source) -> Application:
    """The application that answers with the source's log."""
    store: Any = OneLog(source)
    return Application([FeedEdge(App(ServiceTables(name=source.service), store), ISSUER).route()])


@pytest.fixture(params=["log", "http", "cut"])
def feed(request: pytest.FixtureRequest, actors: Source) -> Iterator[Feed]:
    """The feed of actors: its log, its log over HTTP, and the tests' own that may be cut."""
    if request.param == "log":
        yield LogFeed(actors.log)
    elif request.param == "cut":
        yield Cut(LogFeed(actors.log))
    else:
        with answering(edge_of(actors)) as url:
            yield HttpFeed(url, "actors", ISSUER.service_token)


def records(source: Source) -> list[bytes]:
    """All records of a source."""
    return [stored.record for stored in source.log.read()]


def test_it_brings_records_by_position_byte_for_byte(feed: Feed, actors: Source) -> None:
    actors.says(1, 2, 3, 4)
    assert feed.read(0, 10) == records(actors)
    assert feed.read(1, 2) == records(actors)[1:3]


def test_it_brings_every_audience(feed: Feed, actors: Source) -> None:
    actors.says(1)
    actors.says(2, audience="internal")
    assert feed.read(0, 10) == records(actors)


@pytest.mark.parametrize("after", [0, 2, 9])
def test_behind_the_end_there_is_nothing(feed: Feed, actors: Source, after: int) -> None:
    if after:
        actors.says(1, 2)
    assert feed.read(after, 10) == []


def nothing_listens() -> str:
    with answering(lambda *_: []) as url:
        return url


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda: Response("oops", 500), "HTTP 500"),
        (lambda: Response('{"title":"The database does not answer now."}', 503), "does not answer now"),
        (lambda: Response("", 302, headers={"Location": "/elsewhere"}), "HTTP"),
    ],
)
def test_an_answer_that_is_none_is_unavailable(answer: Callable[[], Response], why: str) -> None:
    application = Request.application(lambda _: answer())
    with answering(application) as url, pytest.raises(FeedUnavailable, match=why):
        HttpFeed(url, "actors", ISSUER.service_token).read(0, 10)


def test_an_answer_that_breaks_off_is_unavailable() -> None:
    def half(_environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Length", "9")])
        return [b"half"]

    with answering(half) as url, pytest.raises(FeedUnavailable, match="IncompleteRead"):
        HttpFeed(url, "actors", ISSUER.service_token).read(0, 10)


def test_a_service_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(FeedUnavailable, match=r"URLError|Refused"):
        HttpFeed(nothing_listens(), "actors", ISSUER.service_token).read(0, 10)


def test_a_service_that_does_not_answer_in_time_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds_module, "TIMEOUT_S", 0.1)
    ended = threading.Event()

    def silent(_environ: Any, start_response: Any) -> Any:
        ended.wait(10)
        start_response("200 OK", [])
        return []

    with answering(silent) as url:
        with pytest.raises(FeedUnavailable, match="Timeout"):
            HttpFeed(url, "actors", ISSUER.service_token).read(0, 10)
        ended.set()


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_token_that_is_not_a_services_own_reads_nothing(actors: Source, token: str) -> None:
    actors.says(1)
    with answering(edge_of(actors)) as url, pytest.raises(FeedUnavailable, match="HTTP 401"):
        HttpFeed(url, "actors", lambda: token).read(0, 10)


def test_it_goes_past_the_proxy_that_the_environment_names(
    actors: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    actors.says(1)
    monkeypatch.setenv("http_proxy", nothing_listens())
    monkeypatch.delenv("no_proxy", raising=False)
    with answering(edge_of(actors)) as url:
        assert HttpFeed(url, "actors", ISSUER.service_token).read(0, 10) == records(actors)


class Told:
    """A feed that answers as told."""

    def __init__(self, *answer: bytes) -> None:
        self.answer = list(answer)

    def read(self, _after: int, _limit: int) -> list[bytes]:
        """Always the same."""
        return self.answer


@pytest.fixture
def inbox_reading(board: Board) -> Callable[[Feed], Inbox]:
    """Makes an inbox that reads actors from this feed."""

    def make(feed: Feed) -> Inbox:
        board.feeds["actors"] = Cut(feed)
        return board.inbox()

    return make


def test_a_page_that_is_no_event_is_no_answer(inbox_reading: Callable[[Feed], Inbox]) -> None:
    with pytest.raises(FeedUnavailable, match="no event"):
        inbox_reading(Told(b"<html>")).catch_up("actors")


@pytest.mark.parametrize("positions", [(2,), (1, 3), (2, 1), (1, 1)])
def test_a_page_with_a_gap_is_no_answer(
    inbox_reading: Callable[[Feed], Inbox], actors: Source, positions: tuple[int, ...]
) -> None:
    actors.says(1, 2, 3)
    source_feed = Told(*(records(actors)[position - 1] for position in positions))
    inbox = inbox_reading(source_feed)
    with pytest.raises(FeedUnavailable, match="other positions"):
        inbox.catch_up("actors")
    assert inbox.position("actors") == 0
