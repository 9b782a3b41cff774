"""When is a checkpoint signed, and what is never signed?"""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.ledger.checkpoint import Checkpoint, read_checkpoint
from shared.ledger.issuer import EVENTS, EVERY, CheckpointIssuer, HistoryRefused
from shared.ledger.merkle import Frontier, leaf_hash
from shared.ledger.remembered import Moved, Remembered
from tests.shared.ledger.small_city import LogAtWork


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogAtWork]:
    """A log with a few records, not signed yet."""
    at_work = LogAtWork("marketplace", tmp_path)
    at_work.append(5)
    yield at_work
    at_work.store.close()


def signed(log: LogAtWork) -> list[Checkpoint]:
    """Every checkpoint of the log."""
    return [read_checkpoint(note)[0] for note, _ in log.store.shelf.checkpoints(log.issuer.origin)]


def root_over(log: LogAtWork, size: int) -> bytes:
    """The root made anew from the records."""
    frontier = Frontier()
    for stored in log.store.log.read(limit=size):
        frontier.append(leaf_hash(stored.record))
    return frontier.root()


def tamper(log: LogAtWork, *statements: str) -> None:
    """Do this to the database behind the log's back, as somebody who may do everything."""
    with sqlite3.connect(log.path) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
    database.close()


def test_the_first_records_are_signed_for_at_once(log: LogAtWork) -> None:
    log.issuer.step(log.now)
    size = log.store.log.head().position
    assert signed(log) == [Checkpoint(log.issuer.origin, size, root_over(log, size))]


def test_growth_is_signed_for_when_the_time_has_passed(log: LogAtWork) -> None:
    log.sign()
    at = log.now
    log.append(1)
    log.issuer.step(at + EVERY - timedelta(seconds=1))
    assert len(signed(log)) == 1
    log.issuer.step(at + EVERY)
    assert len(signed(log)) == 2


def test_many_events_do_not_wait(log: LogAtWork) -> None:
    log.sign()
    log.write("offer-many", [log.draft() for _ in range(EVENTS - 1)])
    at = log.now
    log.store.shelf.put_checkpoint(log.issuer.origin, signed(log)[0].size, log.newest(), at)
    log.issuer.step(at)
    assert len(signed(log)) == 1
    log.write("offer-one-more", [log.draft()])
    log.issuer.step(at)
    assert len(signed(log)) == 2


def test_without_growth_nothing_is_signed(log: LogAtWork) -> None:
    log.sign()
    log.issuer.step(log.now + 5 * EVERY)
    assert len(signed(log)) == 1


def test_announcements_alone_are_no_reason_for_another_checkpoint(log: LogAtWork) -> None:
    log.sign()
    log.write("checkpoint-1-1", [log.draft(name="CheckpointIssued")])
    log.issuer.step(log.now + EVERY)
    assert len(signed(log)) == 1
    log.append(1)
    log.issuer.step(log.now + 2 * EVERY)
    assert [checkpoint.size for checkpoint in signed(log)][1:] == [log.store.log.head().position]


def test_a_clock_that_was_set_back_does_not_keep_the_log_unsigned(log: LogAtWork) -> None:
    log.sign()
    at = log.now
    log.append(1)
    log.issuer.step(at - timedelta(hours=1))
    assert len(signed(log)) == 2


def test_each_checkpoint_is_announced(log: LogAtWork) -> None:
    sizes: list[int] = []
    issuer = CheckpointIssuer(
        log.store.log,
        log.store.shelf,
        log.signer,
        log.remembered,
        lambda checkpoint, _note, _now: sizes.append(checkpoint.size),
    )
    issuer.step(log.now)
    issuer.step(log.now + EVERY)
    assert sizes == [log.store.log.head().position]


def test_a_stop_between_the_two_memories_is_made_good(log: LogAtWork) -> None:
    log.sign()
    sizes: list[int] = []
    tamper(log, "DELETE FROM checkpoint")
    again = CheckpointIssuer(
        log.store.log,
        log.store.shelf,
        log.signer,
        log.remembered,
        lambda checkpoint, _note, _now: sizes.append(checkpoint.size),
    )
    again.step(log.now)
    assert [checkpoint.size for checkpoint in signed(log)] == sizes == [log.store.log.head().position]


def test_two_that_sign_for_the_same_growth_give_one_checkpoint(log: LogAtWork) -> None:
    other = CheckpointIssuer(log.store.log, log.store.shelf, log.signer, log.remembered)
    log.issuer.step(log.now)
    assert other.issue(log.now) is None
    assert len(signed(log)) == 1


def test_whoever_was_not_the_fastest_signs_nothing(log: LogAtWork, tmp_path: Path) -> None:
    class Overtaken(Remembered):
        def move(self, note: str, *, expected: str | None) -> None:
            super().move(note, expected=expected)
            raise Moved(note)

    slow = CheckpointIssuer(log.store.log, log.store.shelf, log.signer, Overtaken(tmp_path / "slow.db"))
    slow.step(log.now)
    assert signed(log) == []


def test_a_log_that_lost_records_is_refused(log: LogAtWork) -> None:
    size = log.sign()
    tamper(log, f"DELETE FROM event WHERE position = {size}", f"UPDATE log_head SET position = {size - 1}")
    with pytest.raises(
        HistoryRefused, match=f"has {size - 1} records, but a checkpoint over {size} was signed"
    ):
        log.issuer.step(log.now + EVERY)


def test_a_log_whose_last_record_is_gone_is_refused_whatever_the_head_says(log: LogAtWork) -> None:
    size = log.sign()
    tamper(log, f"DELETE FROM event WHERE position = {size}")
    with pytest.raises(HistoryRefused, match="no longer begins with"):
        log.issuer.check()


def test_a_restored_database_is_refused_and_brought_forward_is_taken_again(
    log: LogAtWork, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    log.sign()
    with sqlite3.connect(log.path) as database, sqlite3.connect(backup) as copy:
        database.backup(copy)
    log.append(3)
    size = log.sign()
    forward = tmp_path / "forward.db"
    with sqlite3.connect(log.path) as database, sqlite3.connect(forward) as copy:
        database.backup(copy)
    log.store.close()
    log.path = backup
    log.open()
    with pytest.raises(HistoryRefused, match=f"but a checkpoint over {size} was signed"):
        log.issuer.check()
    with pytest.raises(HistoryRefused):
        log.issuer.step(log.now + EVERY)
    log.store.close()
    log.path = forward
    log.open()
    log.issuer.check()


def test_a_clone_that_went_another_way_is_refused(log: LogAtWork, tmp_path: Path) -> None:
    clone = tmp_path / "clone.db"
    log.sign()
    with sqlite3.connect(log.path) as database, sqlite3.connect(clone) as copy:
        database.backup(copy)
    versions = dict(log.versions)
    log.append(3)
    log.sign()
    log.store.close()
    log.path, log.versions = clone, versions
    log.open()
    log.append(12)
    with pytest.raises(HistoryRefused, match="no longer begins with"):
        log.issuer.step(log.now + EVERY)


def test_rewritten_records_with_new_hashes_are_refused(log: LogAtWork) -> None:
    log.sign()
    tamper(
        log,
        "UPDATE event SET record = replace(record, 'title', 'titel') WHERE position = 2",
        "DELETE FROM tile",
    )
    with pytest.raises(HistoryRefused, match="no longer begins with"):
        log.issuer.step(log.now + EVERY)


def test_a_record_missing_in_the_middle_is_refused(log: LogAtWork) -> None:
    tamper(log, "DELETE FROM event WHERE position = 3")
    with pytest.raises(HistoryRefused, match="has no record 3"):
        log.issuer.step(log.now)


def test_lost_hashes_are_said_so_and_made_anew(log: LogAtWork) -> None:
    log.append(200)
    size = log.sign()
    assert size > 256
    tamper(log, "DELETE FROM tile WHERE level = 1")
    with pytest.raises(HistoryRefused, match="have them made anew"):
        log.issuer.check()
    log.issuer.rebuild()
    log.issuer.check()
    assert signed(log)[-1].root == root_over(log, size)


def test_what_is_remembered_moves_on_from_what_was_expected_only(log: LogAtWork) -> None:
    log.sign()
    first = log.newest()
    log.append(1)
    log.sign()
    with pytest.raises(Moved):
        log.remembered.move(first, expected=None)
    with pytest.raises(Moved):
        log.remembered.move(first, expected=first)
    assert log.remembered.last(log.issuer.origin) == log.newest()
