"""Does who follows the log read what stands in it, also where the records come from memory or from other processes?"""

from collections.abc import Callable

from shared.eventlog import tail
from shared.eventlog.port import EventLog, StoredRecord
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import append


def followed(log: EventLog, after: int = 0, limit: int = 2) -> list[StoredRecord]:
    """All that a follower reads, a few at a time."""
    records: list[StoredRecord] = []
    while some := log.follow(after=records[-1].position if records else after, limit=limit):
        assert len(some) <= limit
        records += some
    return records


def test_who_follows_reads_the_log(log: EventLog) -> None:
    assert followed(log) == []
    for number in range(5):
        log.append(append(f"offer-{number}"))
    assert followed(log) == log.read()
    assert followed(log, after=3) == log.read(after=3)
    assert followed(log, after=5) == []


def test_what_this_process_appended_is_not_read_back(open_store: Callable[[], SqlStore]) -> None:
    log = open_store().log
    for number in range(3):
        log.append(append(f"offer-{number}"))
    expected = log.read()
    vars(log)["read"] = lambda **_: []
    assert followed(log) == expected
    assert followed(log, after=2) == expected[2:]


def test_appends_of_several_processes_by_turns_are_read_by_each(open_store: Callable[[], SqlStore]) -> None:
    mine, other = open_store().log, open_store().log
    for number in range(6):
        (mine if number % 3 else other).append(append(f"offer-{number}"))
        assert followed(mine) == followed(other) == mine.read()
    for after in range(7):
        assert followed(mine, after) == followed(other, after) == mine.read(after=after)


def test_a_repeated_command_and_a_bulk_are_read_once(open_store: Callable[[], SqlStore]) -> None:
    log = open_store().log
    first = append("offer-1")
    log.append(first)
    log.append(first)
    with log.bulk():
        log.append(append("offer-2"))
    log.append(append("offer-3"))
    assert followed(log) == log.read()
    assert [stored.position for stored in followed(log)] == [1, 2, 3]


def test_of_a_long_log_only_the_end_is_kept() -> None:
    kept = tail.Tail()
    records = [
        StoredRecord(position=number, record=b"", type="", audience="", stream="")
        for number in range(1, tail.MOST + 11)
    ]
    for record in records:
        kept.extend([record])
    assert kept.behind(9, 5) == []
    assert kept.behind(10, 5) == records[10:15]
