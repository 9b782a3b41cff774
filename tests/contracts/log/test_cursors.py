"""How does a reader remember how far it has come?"""

from collections.abc import Callable

import pytest

from shared.eventlog.port import CursorMoved, EventLog
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import undone


def test_a_reader_that_never_began_is_at_0(log: EventLog) -> None:
    assert log.cursor("relay") == 0


def test_a_cursor_moves_from_where_it_is(log: EventLog) -> None:
    log.move_cursor("relay", expected=0, to=7)
    log.move_cursor("relay", expected=7, to=9)
    assert log.cursor("relay") == 9
    assert log.cursor("own") == 0


@pytest.mark.parametrize("expected", [0, 6, 8])
def test_a_cursor_does_not_move_from_where_it_is_not(log: EventLog, expected: int) -> None:
    log.move_cursor("relay", expected=0, to=7)
    with pytest.raises(CursorMoved):
        log.move_cursor("relay", expected=expected, to=9)
    assert log.cursor("relay") == 7


def test_a_cursor_that_never_moved_does_not_move_from_elsewhere(log: EventLog) -> None:
    with pytest.raises(CursorMoved):
        log.move_cursor("relay", expected=3, to=9)
    assert log.cursor("relay") == 0


def test_a_rebuild_puts_a_cursor_back(log: EventLog) -> None:
    log.move_cursor("own", expected=0, to=7)
    log.move_cursor("own", expected=7, to=0)
    log.move_cursor("own", expected=0, to=3)
    assert log.cursor("own") == 3


def test_a_cursor_moves_with_the_transaction_that_it_is_moved_in(store: SqlStore) -> None:
    with store.transaction() as tx:
        store.log.move_cursor("own", expected=0, to=7, within=tx)
    with undone(store) as tx:
        store.log.move_cursor("own", expected=7, to=9, within=tx)
    assert store.log.cursor("own") == 7
    assert store.cursors.all() == {"own": 7}


def test_of_two_processes_that_move_a_cursor_the_second_is_told(open_store: Callable[[], SqlStore]) -> None:
    awake, frozen = open_store(), open_store()
    cursor = frozen.log.cursor("inbox")
    awake.log.move_cursor("inbox", expected=0, to=5)
    with pytest.raises(CursorMoved):
        frozen.log.move_cursor("inbox", expected=cursor, to=5)
