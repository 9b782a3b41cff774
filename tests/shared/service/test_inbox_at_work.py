"""Does an inbox that runs come through every trouble by itself? And through wires of any kind?"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.eventlog.port import LogUnavailable
from shared.service import inbox as inbox_module
from shared.service.inbox import Inbox
from shared.service.parking import MANY_STREAMS, NotTheMessages
from tests.servers import until
from tests.shared.service.board import SEAL, Board, Source, at_work, keeping, open_board, send
from tests.shared.service.wires import TroubledBus


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pauses."""
    monkeypatch.setattr(inbox_module, "QUIET_S", 0.01)
    monkeypatch.setattr(inbox_module, "PAUSE_S", 0.01)


@pytest.fixture
def bus(board: Board) -> TroubledBus:
    """The board's bus, with its troubles."""
    return TroubledBus(board.bus)


def has_handled(inbox: Inbox, position: int) -> None:
    """Wait until the inbox has come there."""
    until(lambda: inbox.position("actors") == position, f"the inbox has come to {position}")


def test_it_begins_with_what_came_while_it_was_away(board: Board, actors: Source) -> None:
    inbox = board.inbox()
    actors.says(1, 2, 3)
    with at_work(inbox):
        has_handled(inbox, 3)
    assert board.answered == ["1 at 1", "2 at 2", "3 at 3"]


def test_it_goes_on_by_the_feeds_while_the_broker_is_away(
    board: Board, actors: Source, bus: TroubledBus
) -> None:
    inbox = board.inbox(bus=bus)
    with at_work(inbox):
        actors.says(1)
        send(board.bus, *actors.messages())
        has_handled(inbox, 1)
        bus.is_away = True
        actors.says(2, 3)
        has_handled(inbox, 3)
        bus.is_away = False
        actors.says(4)
        send(board.bus, *actors.messages(4))
        has_handled(inbox, 4)


def test_it_goes_on_when_the_database_is_back(board: Board, actors: Source) -> None:
    is_away = True

    def keep(_tx: object, _events: object) -> None:
        if is_away:
            raise LogUnavailable("away")

    inbox = board.inbox(keep=keeping(keep))
    with at_work(inbox):
        actors.says(1, 2)
        send(board.bus, *actors.messages())
        until(lambda: bool(board.answered), "the inbox has met the trouble")
        assert inbox.position("actors") == 0
        is_away = False
        has_handled(inbox, 2)
    assert board.answered == ["1 at 1", "2 at 2"]


def test_when_many_streams_fail_it_says_so_takes_nothing_and_goes_on_once_mended(
    board: Board, actors: Source
) -> None:
    inbox = board.inbox()
    streams = range(1, MANY_STREAMS + 1)
    board.poison.update(f"organisation-{n}" for n in streams)
    with at_work(inbox):
        actors.says(*streams)
        send(board.bus, *actors.messages())
        until(lambda: isinstance(inbox.failed, NotTheMessages), "the inbox says what is the matter")
        board.poison.clear()
        has_handled(inbox, MANY_STREAMS)
        until(lambda: inbox.failed is None, "the inbox says that all is well")
    assert len(board.answered) == MANY_STREAMS
    assert board.store.parked.listed() == []


def test_a_view_that_fails_ends_it_with_its_error_and_keeps_the_messages(
    board: Board, actors: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = board.inbox()
    actors.says(1)
    send(board.bus, *actors.messages())

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(board.projection, "apply", fail)
        with pytest.raises(ZeroDivisionError):
            inbox.step()
    assert (board.answered, inbox.position("actors")) == ([], 0)
    assert inbox.step(timeout=0) == 1
    assert board.answered == ["1 at 1"]


def wires(n_events: int) -> st.SearchStrategy[list[list[int]]]:
    """Batches of positions as wires may bring them: lost, repeated, in any order; 0 is torn bytes."""
    return st.lists(st.lists(st.integers(0, n_events), max_size=6), max_size=8)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder for all examples."""
    with TemporaryDirectory() as name:
        yield Path(name)


@given(batches=wires(7), streams=st.lists(st.integers(1, 3), min_size=7, max_size=7))
@settings(max_examples=25)
def test_whatever_the_wires_do_each_event_is_in_effect_once_and_in_order(
    folder: Path, migrated_file: Path, batches: list[list[int]], streams: list[int]
) -> None:
    actors = Source("actors")
    for stale in folder.iterdir():
        stale.unlink()
    board = open_board(folder, migrated_file, [actors])
    inbox = board.inbox()
    actors.says(*streams)
    torn = SEAL.sealed(routing_key="open.actors.OrganisationRegistered", body=b"torn", message_id="torn")
    for batch in batches:
        send(board.bus, *(actors.messages(position)[0] if position else torn for position in batch))
        inbox.step(timeout=0)
        if batch and batch[0] % 3 == 0:
            board.bus.close()
    send(board.bus, actors.beacon())
    inbox.step(timeout=0)
    assert board.answered == [f"{stream} at {at}" for at, stream in enumerate(streams, start=1)]
    assert board.names == {str(n): streams.count(n) for n in set(streams)}
    board.store.close()
