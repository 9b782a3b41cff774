"""What holds while a thread writes in bulk?"""

from collections.abc import Callable

import pytest

from shared.eventlog.port import Conflict, EventLog
from shared.eventlog.sql import database
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import Undone, append, draft, filled, undone
from tests.contracts.log.test_views import OFFERS


def test_in_bulk_the_log_behaves_as_ever(log: EventLog) -> None:
    with log.bulk():
        filled(log, streams=3, each=3)
        with pytest.raises(Conflict):
            log.append(append("offer-0", 2))
        again = log.append(append("offer-0", 3, command_id="mine"))
        assert log.append(append("offer-0", 3, command_id="mine")) == again
        assert log.outcome("mine", "digest") == again
        assert len(log.read_stream("offer-0")) == 4
    assert [record.position for record in log.read()] == list(range(1, 11))


def test_a_bulk_in_a_bulk_is_one(log: EventLog) -> None:
    with log.bulk():
        log.append(append("offer-1"))
        with log.bulk():
            log.append(append("offer-2"))
        log.append(append("offer-3"))
    assert log.head().position == 3


def test_others_see_a_bulk_once_it_is_left(open_store: Callable[[], SqlStore]) -> None:
    mine, other = open_store().log, open_store().log
    with mine.bulk():
        mine.append(append("offer-1"))
        assert mine.read_stream("offer-1") != []
        assert other.read() == []
    assert [record.position for record in other.read()] == [1]


def test_who_reads_by_position_reads_only_what_is_committed(open_store: Callable[[], SqlStore]) -> None:
    mine, other = open_store().log, open_store().log
    with mine.bulk():
        mine.append(append("offer-1"))
        assert mine.read() == other.read() != []
        mine.append(append("offer-2"))
        assert mine.head() == other.head()
        assert other.head().position == 2


def test_a_bulk_is_committed_every_few_hundred(
    open_store: Callable[[], SqlStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BULK_WRITES", 3)
    mine, other = open_store().log, open_store().log
    positions = []
    with mine.bulk():
        for n in range(7):
            mine.append(append(f"offer-{n}"))
            positions.append(len(other.read()))
    assert positions == [0, 0, 3, 3, 3, 6, 6]
    assert len(other.read()) == 7


def test_views_written_in_a_bulk_are_committed_with_it(open_store: Callable[[], SqlStore]) -> None:
    mine, other = open_store(), open_store()
    mine.views.ensure(OFFERS)
    other.views.ensure(OFFERS)
    with mine.bulk():
        mine.log.append(append("offer-1"))
        with mine.transaction() as tx:
            mine.views.write_many(tx, OFFERS, {"1": {"district": "Elberfeld"}}, {})
            mine.log.move_cursor("own", expected=0, to=1, within=tx)
        mine.log.append(append("offer-2"))
        assert mine.ask.get(OFFERS, "1") == {"district": "Elberfeld", "id": "1"}
        assert mine.log.cursor("own") == 1
        assert other.ask.get(OFFERS, "1") is None
    assert other.ask.get(OFFERS, "1") is not None
    assert (other.log.cursor("own"), other.log.head().position) == (1, 2)


def test_a_transaction_that_fails_in_a_bulk_takes_back_only_its_own(store: SqlStore) -> None:
    with store.bulk():
        store.log.append(append("offer-1"))
        with undone(store) as tx:
            store.log.move_cursor("own", expected=0, to=1, within=tx)
        store.log.append(append("offer-2"))
    assert (store.log.cursor("own"), store.log.head().position) == (0, 2)


def test_an_error_in_a_bulk_keeps_what_was_written_before(store: SqlStore) -> None:
    def stopped() -> None:
        with store.bulk():
            store.log.append(append("offer-1"))
            raise Undone

    with pytest.raises(Undone):
        stopped()
    assert store.log.head().position == 1
    store.log.append(append("offer-2"))


def test_an_append_that_the_database_does_not_take_ends_what_is_not_committed(store: SqlStore) -> None:
    store.log.append(append("offer-1", events=[draft("taken")]))
    with store.bulk():
        store.log.append(append("offer-2"))
        with pytest.raises(Exception, match="event"):
            store.log.append(append("offer-3", events=[draft("taken")]))
        store.log.append(append("offer-4"))
    assert [record.stream for record in store.log.read()] == ["offer-1", "offer-4"]


def test_after_a_bulk_the_thread_appends_as_ever(open_store: Callable[[], SqlStore]) -> None:
    mine, other = open_store().log, open_store().log
    mine.append(append("offer-1"))
    with mine.bulk():
        mine.append(append("offer-1", 1))
    other.append(append("offer-1", 2))
    mine.append(append("offer-1", 3))
    with mine.bulk():
        mine.append(append("offer-1", 4))
    assert [record.position for record in other.read()] == [1, 2, 3, 4, 5]
