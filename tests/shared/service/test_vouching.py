"""Does a log that is not the one that was signed take nothing more, until it is again?"""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.eventlog.port import AppendsStopped
from shared.eventlog.store import SqlStore
from shared.events.codec import decode
from shared.events.process import CheckpointIssued
from shared.ledger.asking import Ask
from shared.ledger.checkpoint import read_checkpoint
from shared.ledger.cosigning import Cosigning
from shared.ledger.issuer import CheckpointIssuer
from shared.ledger.policy import Witness, parse_policy
from shared.ledger.remembered import Remembered
from shared.ledger.witness import SIZE_TYPE, Reply
from shared.service.app import App
from shared.service.tables import ServiceTables
from shared.service.vouching import Vouching, announcing
from tests.contracts.log.sample import append
from tests.servers import until
from tests.shared.ledger.small_city import CITY_KEY, WITNESSES, LogAtWork, policy_of


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogAtWork]:
    """A log with a few records."""
    at_work = LogAtWork("marketplace", tmp_path)
    at_work.append(5)
    yield at_work
    at_work.store.close()


def vouching(log: LogAtWork, remembered: Remembered | None = None) -> Vouching:
    """The loop for this log, which announces what it signs."""
    app = App(ServiceTables(name="marketplace"), log.store)
    issuer = CheckpointIssuer(
        log.store.log, log.store.shelf, log.signer, remembered or log.remembered, announcing(app)
    )
    return Vouching(log.store.log, issuer, now=lambda: log.now)


def test_a_checkpoint_is_an_event_in_its_own_log_and_leads_to_no_other(log: LogAtWork) -> None:
    loop = vouching(log)
    loop.step()
    (last,) = log.store.log.read(after=log.store.log.head().position - 1)
    event = decode(last.record).data
    assert isinstance(event, CheckpointIssued)
    assert event.note == log.newest()
    assert event.size == last.position - 1
    log.now += timedelta(hours=1)
    loop.step()
    loop.step()
    assert log.store.log.head().position == last.position
    assert read_checkpoint(log.newest())[0].size == event.size


def test_a_log_that_is_behind_what_was_signed_takes_nothing_more(log: LogAtWork, tmp_path: Path) -> None:
    ahead = LogAtWork("marketplace", tmp_path / "ahead")
    ahead.append(50)
    ahead.sign()
    ahead.store.close()
    loop = vouching(log, ahead.remembered)
    loop.begin()
    assert loop.refused is not None
    assert "was signed" in loop.refused
    with pytest.raises(AppendsStopped, match="was signed"):
        log.append(1)
    assert loop.step() == 0
    assert loop.cosign() == 0


def test_the_stop_holds_for_every_process_and_is_set_again_when_somebody_lifts_it(
    log: LogAtWork, tmp_path: Path
) -> None:
    ahead = LogAtWork("marketplace", tmp_path / "ahead")
    ahead.append(50)
    ahead.sign()
    ahead.store.close()
    edge = SqlStore.open(
        f"sqlite:///{log.path}", service="marketplace", city_key=CITY_KEY, clock=lambda: log.now
    )
    loop = vouching(log, ahead.remembered)
    loop.begin()
    with pytest.raises(AppendsStopped, match="was signed"):
        edge.log.append(append("offer-late"))
    edge.log.stop_appends(None)
    loop.step()
    with pytest.raises(AppendsStopped, match="was signed"):
        edge.log.append(append("offer-late"))
    edge.close()


def test_a_stop_that_outlived_its_cause_is_lifted_at_the_next_start(log: LogAtWork) -> None:
    log.store.log.stop_appends("said by a process that is gone")
    vouching(log).begin()
    log.append(1)


def test_appends_are_taken_again_once_the_log_is_the_one_that_was_signed(log: LogAtWork) -> None:
    loop = vouching(log)
    loop.step()
    log.store.log.stop_appends("for a while")
    loop.refused = "for a while"
    loop.begin()
    log.append(1)
    assert loop.refused is None


def with_witnesses(log: LogAtWork, ask: Ask) -> Vouching:
    """The loop for this log, whose witnesses are asked like this."""
    loop = vouching(log)
    policy = parse_policy(policy_of(["marketplace"]))
    loop._cosigning = Cosigning(log.issuer.origin, log.store.shelf, policy, ask)
    return loop


def test_the_loop_signs_until_told_to_stop_and_waits_for_no_witness(log: LogAtWork) -> None:
    stopping = threading.Event()

    def never(_: Witness, __: bytes) -> Reply:
        raise AssertionError("who signs does not ask")

    signed = log.sign()
    log.append(1)
    log.now += timedelta(hours=1)
    thread = threading.Thread(target=with_witnesses(log, never).run, args=(stopping,))
    thread.start()
    until(lambda: read_checkpoint(log.newest())[0].size > signed, "the log is signed for again")
    stopping.set()
    thread.join()


def test_another_loop_asks_the_witnesses_where_there_are_any(log: LogAtWork) -> None:
    stopping, asked = threading.Event(), list[str]()

    def away(_: Witness, body: bytes) -> Reply:
        asked.append(body.decode().partition("\n")[0])
        stopping.set()
        raise OSError

    loop = with_witnesses(log, away)
    loop.step()
    assert loop.asking is not None
    loop.asking.run(stopping)
    assert asked == ["old 0"] * len(WITNESSES)
    assert vouching(log).asking is None


def test_a_witness_that_contradicts_is_told_apart(log: LogAtWork) -> None:
    loop = with_witnesses(log, lambda _, __: Reply(409, "999\n", SIZE_TYPE))
    assert loop.contradicted == set()
    loop.step()
    loop.cosign()
    assert loop.contradicted == set(WITNESSES)
    assert not vouching(log).contradicted
