"""Do appends that share a transaction leave each other in peace?"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from shared.eventlog.group import GroupAppend
from shared.eventlog.judge import Verdict
from shared.eventlog.port import Append, CommandIdReused, Conflict, Done, Outcome, RecordTooLarge
from shared.eventlog.sql.log import SqlEventLog
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import append, draft


class Told:
    """What each of several threads was told."""

    def __init__(self, write: Callable[[Append], Outcome]) -> None:
        self._write = write
        self._threads: list[threading.Thread] = []
        self.outcomes: dict[str, Outcome | BaseException] = {}

    def send(self, request: Append) -> None:
        """Append in a thread of its own."""
        thread = threading.Thread(target=self._run, args=(request,))
        self._threads.append(thread)
        thread.start()

    def _run(self, request: Append) -> None:
        try:
            self.outcomes[request.command_id] = self._write(request)
        except BaseException as error:  # noqa: BLE001 - compared by the test
            self.outcomes[request.command_id] = error

    def all(self) -> dict[str, Outcome | BaseException]:
        """What they were told, once all have been."""
        for thread in self._threads:
            thread.join()
        return self.outcomes


def gathered(group: GroupAppend, number: int) -> None:
    """Wait until one append is being written and as many wait for it."""
    tick = threading.Event()
    while not group._writing or len(group._waiting) != number:
        tick.wait(0.001)


@contextmanager
def head_held(store: SqlStore) -> Iterator[None]:
    """Nobody can append meanwhile."""
    with store.transaction() as tx:
        if store.database.is_postgres:
            tx.execute(text("SELECT position FROM log_head FOR UPDATE"))
        yield


@pytest.fixture
def group(store: SqlStore, open_store: Callable[[], SqlStore]) -> Callable[[Sequence[Append]], Told]:
    """Sends one append and, while it waits for the head, these; they are written as a group."""

    def send(requests: Sequence[Append]) -> Told:
        log: SqlEventLog = store.log
        appends = Told(log.append)
        with head_held(open_store()):
            for number, request in enumerate([append("offer-0", command_id="first"), *requests]):
                appends.send(request)
                gathered(log._group, number)
        return appends

    return send


def test_each_of_a_group_is_told_its_own_outcome(
    store: SqlStore, group: Callable[[Sequence[Append]], Told]
) -> None:
    outcomes = group([append(f"offer-{n}", command_id=f"c{n}") for n in range(1, 8)]).all()
    assert len(outcomes) == 8
    positions = {key: outcome.position for key, outcome in outcomes.items() if isinstance(outcome, Done)}
    assert sorted(positions.values()) == list(range(1, 9))
    assert {record.stream: record.position for record in store.log.read()} == {
        f"offer-{key.removeprefix('c')}" if key != "first" else "offer-0": at for key, at in positions.items()
    }


def test_one_conflict_in_a_group_does_not_harm_the_others(
    store: SqlStore, group: Callable[[Sequence[Append]], Told]
) -> None:
    store.log.append(append("offer-9", command_id="before"))
    requests = [
        append("offer-1", command_id="good-1"),
        append("offer-9", 0, command_id="stale"),
        append("offer-2", command_id="large", events=[draft(data=b'"' + b"x" * 60_000 + b'"')]),
        append("offer-3", command_id="before", request_digest="another"),
        append("offer-1", 1, command_id="good-2"),
        append("offer-1", 1, command_id="late"),
        append("offer-1", 0, command_id="good-1"),
    ]
    outcomes = group(requests).all()
    kinds = {key: type(outcome) for key, outcome in outcomes.items()}
    assert kinds == {
        "first": Done,
        "good-1": Done,
        "stale": Conflict,
        "large": RecordTooLarge,
        "before": CommandIdReused,
        "good-2": Done,
        "late": Conflict,
    }
    assert [record.position for record in store.log.read()] == [1, 2, 3, 4]
    assert [record.position for record in store.log.read_stream("offer-1")] == [3, 4]
    assert store.log.outcome("stale", "digest") is None


def test_one_that_the_database_does_not_take_does_not_harm_the_others(
    store: SqlStore, group: Callable[[Sequence[Append]], Told]
) -> None:
    store.log.append(append("offer-9", events=[draft("taken")]))
    requests = [
        append("offer-1", command_id="good-1"),
        append("offer-2", command_id="doubled", events=[draft("taken")]),
        append("offer-3", command_id="good-2"),
    ]
    outcomes = group(requests).all()
    assert isinstance(outcomes["doubled"], Exception)
    assert {type(outcomes[key]) for key in ("first", "good-1", "good-2")} == {Done}
    assert store.log.head().position == 4


def test_one_write_serves_all_who_came_while_another_was_written() -> None:
    sizes: list[int] = []
    go_on = threading.Event()

    def write(requests: Sequence[Append]) -> list[Verdict]:
        if not sizes:
            go_on.wait()
        sizes.append(len(requests))
        return [Done(stream=request.stream, position=len(sizes), version=1) for request in requests]

    group = GroupAppend(write)
    appends = Told(group.append)
    for n in range(8):
        appends.send(append(f"offer-{n}"))
    gathered(group, 7)
    go_on.set()
    assert len(appends.all()) == 8
    assert sizes == [1, 7]
    assert not group._writing


def test_a_thread_that_is_stopped_while_it_writes_wakes_the_others() -> None:
    go_on = threading.Event()

    def write(requests: Sequence[Append]) -> list[Verdict]:
        go_on.wait()
        if len(requests) == 1:
            raise SystemExit
        return [Done(stream=request.stream, position=1, version=1) for request in requests]

    group = GroupAppend(write)
    appends = Told(group.append)
    for n in range(3):
        appends.send(append(f"offer-{n}", command_id=f"c{n}"))
        gathered(group, n)
    go_on.set()
    kinds = {key: type(outcome) for key, outcome in appends.all().items()}
    assert kinds == {"c0": SystemExit, "c1": Done, "c2": Done}
    assert not group._writing
