"""Is a reader that waits woken by an append?"""

import threading
from collections.abc import Callable

import pytest

from shared.eventlog import waiting
from shared.eventlog.port import EventLog
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import append

LONG = 60.0


def test_who_waits_for_what_is_there_does_not_wait(log: EventLog) -> None:
    log.append(append())
    assert log.wait(0, LONG)


def test_who_waits_in_vain_is_told_so(log: EventLog) -> None:
    log.append(append())
    assert not log.wait(1, 0.0)
    assert not log.wait(1, 0.01)


def test_an_append_wakes_who_waits_in_the_same_process(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "POLL_S", LONG)
    answers: list[bool] = []
    readers = [threading.Thread(target=lambda: answers.append(log.wait(1, LONG))) for _ in range(3)]
    for reader in readers:
        reader.start()
    log.append(append("offer-1"))
    log.append(append("offer-2"))
    for reader in readers:
        reader.join()
    assert answers == [True] * 3


def test_an_append_of_another_process_is_noticed(open_store: Callable[[], SqlStore]) -> None:
    mine, other = open_store().log, open_store().log
    answers: list[bool] = []
    reader = threading.Thread(target=lambda: answers.append(mine.wait(0, LONG)))
    reader.start()
    other.append(append())
    reader.join()
    assert answers == [True]


def test_a_bulk_wakes_who_waits_once_it_is_committed(store: SqlStore) -> None:
    with store.bulk():
        store.log.append(append())
        assert store.log._growth.position == 0
    assert store.log._growth.position == 1
