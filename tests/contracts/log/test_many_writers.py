"""Is anything lost, doubled or out of order when many write at once?"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from shared.eventlog.port import Conflict, EventLog
from shared.eventlog.store import SqlStore
from shared.events.codec import decode_envelope
from tests.contracts.log.writer import SHARED, contest, write

ROOT = Path(__file__).parents[3]
WRITERS = 8


def assert_nothing_lost(log: EventLog, acknowledged: dict[str, int]) -> None:
    """Every acknowledged command is where it was said to be; positions, versions and `previous` have no gap."""
    records = log.read(limit=100_000)
    envelopes = [decode_envelope(record.record) for record in records]
    assert [record.position for record in records] == list(range(1, len(acknowledged) + 1))
    assert {each.commandid: int(each.sequence) for each in envelopes} == acknowledged
    assert [int(each.previous) for each in envelopes] == list(range(len(envelopes)))
    versions: dict[str, list[int]] = {}
    for each in envelopes:
        versions.setdefault(each.subject, []).append(each.streamversion)
    assert all(of_stream == list(range(1, len(of_stream) + 1)) for of_stream in versions.values())
    times = [each.recordedtime for each in envelopes]
    assert times == sorted(times)
    assert log.head().position == len(acknowledged)


def in_threads(work: Callable[[int], None], number: int = WRITERS) -> None:
    """Do the work in as many threads, beginning together.

    Raises: the first error of a thread.
    """
    errors: list[BaseException] = []
    together = threading.Barrier(number)

    def run(each: int) -> None:
        try:
            together.wait()
            work(each)
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def start_writer(url: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start a process that writes."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.contracts.log.writer", url, *arguments]
    environment = os.environ | {"PSYCOPG_WAIT_FUNC": "wait_select"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def acknowledged_by(process: "subprocess.Popen[str]") -> dict[str, int]:
    """What the process says that it has written."""
    out, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    answered: dict[str, int] = json.loads(out)
    return answered


def test_eight_threads_lose_nothing(log: EventLog) -> None:
    acknowledged: dict[str, int] = {}

    def work(number: int) -> None:
        for n in range(25):
            acknowledged[f"own-{number}-{n}"] = write(log, f"offer-{number}", n, f"own-{number}-{n}")
            acknowledged[f"all-{number}-{n}"] = contest(log, f"all-{number}-{n}")

    in_threads(work)
    assert len(acknowledged) == 8 * 50
    assert_nothing_lost(log, acknowledged)


def test_of_eight_that_decided_on_the_same_version_one_is_written(log: EventLog) -> None:
    outcomes: list[str] = []

    def work(number: int) -> None:
        try:
            write(log, SHARED, 0, f"mine-{number}")
            outcomes.append("done")
        except Conflict:
            outcomes.append("conflict")

    in_threads(work)
    assert sorted(outcomes) == ["conflict"] * 7 + ["done"]
    assert len(log.read()) == 1


def test_the_same_command_sent_eight_times_at_once_is_written_once(log: EventLog) -> None:
    positions: list[int] = []
    in_threads(lambda _number: positions.append(write(log, "offer-1", 0, "mine")))
    assert positions == [1] * 8
    assert len(log.read()) == 1


def test_eight_processes_lose_nothing(url: str, store: SqlStore) -> None:
    processes = [start_writer(url, f"p{number}", "1", "20") for number in range(WRITERS)]
    acknowledged = {key: at for process in processes for key, at in acknowledged_by(process).items()}
    assert len(acknowledged) == 8 * 20
    assert_nothing_lost(store.log, acknowledged)


def test_processes_of_several_threads_lose_nothing(url: str, store: SqlStore) -> None:
    processes = [start_writer(url, f"p{number}", "4", "20") for number in range(2)]
    acknowledged = {key: at for process in processes for key, at in acknowledged_by(process).items()}
    assert len(acknowledged) == 2 * 4 * 20
    assert_nothing_lost(store.log, acknowledged)


@pytest.mark.skipif(find_spec("eventlet") is None, reason="the log passes its tests without eventlet")
def test_green_threads_of_two_processes_lose_nothing(url: str, store: SqlStore) -> None:
    processes = [start_writer(url, f"p{number}", "8", "10", "green") for number in range(2)]
    acknowledged = {key: at for process in processes for key, at in acknowledged_by(process).items()}
    assert len(acknowledged) == 2 * 8 * 10
    assert_nothing_lost(store.log, acknowledged)


def test_two_who_have_the_log_open_write_by_turns(open_store: Callable[[], SqlStore]) -> None:
    first, second = open_store().log, open_store().log
    acknowledged = {
        f"turn-{n}": write((first, second)[n % 2], f"offer-{n // 2 % 3}", n // 6 * 2 + n % 2, f"turn-{n}")
        for n in range(24)
    }
    assert_nothing_lost(first, acknowledged)
    assert first.read() == second.read()


def test_a_new_incarnation_goes_on_where_the_old_one_ended(open_store: Callable[[], SqlStore]) -> None:
    first, second = open_store().log, open_store().log
    write(first, "offer-1", 0, "before")
    assert second.begin_incarnation() == 2
    write(first, "offer-1", 1, "after")
    before, after = (decode_envelope(record.record) for record in second.read())
    assert (before.source, after.source) == (
        "urn:kosilab:wuppertal:marketplace:1",
        "urn:kosilab:wuppertal:marketplace:2",
    )
    assert (after.sequence, after.previous) == (f"{2:020}", f"{1:020}")
    assert first.head().incarnation == 2
