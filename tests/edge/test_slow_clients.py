"""Can strangers who are slow, or who wait, keep the server from answering anybody else?"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from shared.edge.host import MAX_WORKERS
from shared.service.tables import Role
from tests.edge.process import HOSTS, Served, Wire

MANY = MAX_WORKERS + 10
OWN_DATA = ("POST /actors/own-data HTTP/1.1", "Host: city", "Content-Type: application/x-www-form-urlencoded")


@pytest.fixture(scope="module", params=HOSTS)
def open_to_many(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A server at which one address may have more connections than there are workers."""
    process = Served(tmp_path_factory.mktemp("many"), HOSTS[request.param], KOSILAB_CONNECTIONS=str(MANY * 4))
    process.start()
    yield process
    process.kill()
    assert "Traceback" not in process.log


def asks(wire: Wire, path: str) -> int:
    wire.say(f"GET {path} HTTP/1.1", "Host: city")
    return wire.answer()[0]


def assert_answers(served: Served, waiting: list[Wire]) -> None:
    """Strangers are answered while all of these still wait."""
    with served.connect() as wire:
        assert [asks(wire, path) for path in ("/livez", "/marketplace/offers", "/")] == [200, 200, 200]
    assert not [wire for wire in waiting if wire.has_answer]


def test_who_sends_a_body_byte_by_byte_holds_no_worker(open_to_many: Served) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(open_to_many.connect()) for _ in range(MANY)]
        for wire in slow:
            wire.say(*OWN_DATA, "Content-Length: 1000", body=b"token=a")
        for wire in slow:
            wire.send(b"b")
        assert_answers(open_to_many, slow)


def test_who_sends_a_head_byte_by_byte_holds_no_worker(open_to_many: Served) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(open_to_many.connect()) for _ in range(MANY)]
        for wire in slow:
            wire.send(b"GET /livez HTTP/1.1\r\nHost: ")
        assert_answers(open_to_many, slow)


def test_who_waits_for_an_event_holds_no_worker(open_to_many: Served) -> None:
    token = f"Authorization: Bearer {open_to_many.token(Role.SERVICE)}"
    with ExitStack() as stack:
        waiting = [stack.enter_context(open_to_many.connect()) for _ in range(MANY)]
        for wire in waiting:
            wire.say("GET /employment/log?after=999999&timeout=20000 HTTP/1.1", "Host: city", token)
        assert_answers(open_to_many, waiting)


def test_who_waits_for_a_position_holds_no_worker(open_to_many: Served) -> None:
    with ExitStack() as stack:
        waiting = [stack.enter_context(open_to_many.connect()) for _ in range(MANY)]
        for wire in waiting:
            wire.say("GET /marketplace/offers?min_position=999999 HTTP/1.1", "Host: city")
        assert_answers(open_to_many, waiting)
