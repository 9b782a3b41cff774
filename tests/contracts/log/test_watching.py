"""Is a reader woken by what another process appends, without looking, and what if the notification is lost?"""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from shared.eventlog import waiting
from shared.eventlog.sql import watching
from shared.eventlog.store import SqlStore
from shared.eventlog.waiting import Growth, turn
from tests.contracts.log.sample import CITY, SERVICE, SetClock, append
from tests.servers import until

LONG = 60.0
LISTENERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'"


@pytest.fixture(autouse=True)
def nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits is woken or waits in vain."""
    monkeypatch.setattr(waiting, "POLL_S", LONG)
    monkeypatch.setattr(waiting, "LOOK_S", LONG)
    monkeypatch.setattr(watching, "AGAIN_S", 0.01)


@contextmanager
def watched(*stores: SqlStore) -> Iterator[None]:
    """The stores' watches at work."""
    stopping = threading.Event()
    threads = [threading.Thread(target=store.log.watch.run, args=(stopping,)) for store in stores]
    for thread in threads:
        thread.start()
    try:
        for store in stores:
            until(lambda watch=store.log.watch: watch.is_at_work, "the watch is at work")  # type: ignore[misc]
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    assert not any(store.log.watch.is_at_work for store in stores)


def test_a_reader_is_woken_by_each_append_of_another_process(open_store: Callable[[], SqlStore]) -> None:
    mine, other = open_store(), open_store()
    with watched(mine, other):
        for position in range(3):
            other.log.append(append(f"offer-{position}"))
            assert mine.log.wait(position, LONG)


def test_what_was_appended_before_the_watch_began_is_seen(open_store: Callable[[], SqlStore]) -> None:
    mine, other = open_store(), open_store()
    assert not mine.log.wait(0, 0.0)
    other.log.append(append())
    assert not mine.log.wait(0, 0.0)
    with watched(mine):
        assert mine.log.wait(0, LONG)


def test_a_notification_that_is_lost_costs_a_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    positions = iter([0, 7])
    growth = Growth(lambda: next(positions), lambda: True)
    assert not growth.wait(0, 0.0)
    monkeypatch.setattr(waiting, "LOOK_S", 0.01)
    assert growth.wait(0, LONG)


@pytest.mark.needs_postgres
def test_a_watch_whose_connection_is_cut_listens_again(migrated_postgres_url: str) -> None:
    mine, other = (
        SqlStore.open(migrated_postgres_url, service=SERVICE, city_key=CITY, clock=SetClock())
        for _ in range(2)
    )
    with closing(mine), closing(other), watched(mine, other):
        for pid in listeners(migrated_postgres_url):
            cut(migrated_postgres_url, pid)
        until(lambda: len(listeners(migrated_postgres_url)) == 2, "both listen again")
        other.log.append(append())
        assert mine.log.wait(0, LONG)


@pytest.mark.needs_postgres
def test_of_many_appends_in_a_moment_the_others_are_notified_once_or_twice(
    migrated_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "GAP_S", LONG)
    store = SqlStore.open(migrated_postgres_url, service=SERVICE, city_key=CITY, clock=SetClock())
    with closing(store), watched(store), psycopg.connect(migrated_postgres_url, autocommit=True) as listener:
        listener.execute(f"LISTEN kosilab_{SERVICE}")
        for number in range(20):
            store.log.append(append(f"offer-{number}"))
        (notify,) = listener.notifies(timeout=LONG, stop_after=1)
        assert 1 <= int(notify.payload) <= 20
        assert list(listener.notifies(timeout=0)) == []


def test_all_loops_of_a_process_take_their_turns_at_the_same_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    for now in (100.0, 100.1, 100.499):
        monkeypatch.setattr(waiting, "monotonic", lambda now=now: now)
        assert now + turn(0.5) == pytest.approx(100.5)


def listeners(url: str) -> list[int]:
    """The server processes that somebody listens through."""
    with psycopg.connect(url) as connection:
        return [pid for (pid,) in connection.execute(LISTENERS)]


def cut(url: str, pid: int) -> None:
    """Cut a connection, as a server that restarts does."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))
