"""What if the connection is cut, or the head is held, on PostgreSQL?"""

import threading
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import text

from shared.eventlog.migrations import migrate
from shared.eventlog.port import Done, LogUnavailable, Outcome
from shared.eventlog.sql import engines
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import CITY, SERVICE, SetClock, append
from tests.contracts.log.test_groups import gathered
from tests.contracts.log.test_views import OFFERS
from tests.servers import PostgresServer, until

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
def store(migrated_postgres_url: str, clock: SetClock) -> Iterator[SqlStore]:
    """A store on PostgreSQL with connections in its pools."""
    store = SqlStore.open(migrated_postgres_url, service=SERVICE, city_key=CITY, clock=clock)
    store.views.ensure(OFFERS)
    store.log.append(append("offer-1"))
    store.log.read()
    yield store
    store.close()


def cut(url: str) -> None:
    """End every connection to the database but this one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_connections_that_were_cut_are_replaced(store: SqlStore, migrated_postgres_url: str) -> None:
    cut(migrated_postgres_url)
    assert [record.position for record in store.log.read()] == [1]
    assert isinstance(store.log.append(append("offer-2")), Done)
    cut(migrated_postgres_url)
    assert isinstance(store.log.append(append("offer-3")), Done)
    cut(migrated_postgres_url)
    with store.transaction() as tx:
        store.views.write_many(tx, OFFERS, {"1": {}}, {})
    cut(migrated_postgres_url)
    assert store.ask.get(OFFERS, "1") == {"id": "1"}
    assert store.log.head().position == 3


def test_an_append_that_is_cut_off_while_it_waits_is_written_once(
    store: SqlStore, migrated_postgres_url: str
) -> None:
    outcomes: list[Outcome] = []
    request = append("offer-2")
    thread = threading.Thread(target=lambda: outcomes.append(store.log.append(request)))
    with psycopg.connect(migrated_postgres_url) as holder:
        holder.execute("SELECT position FROM log_head FOR UPDATE")
        thread.start()
        writer = waiting_backend(migrated_postgres_url)
        holder.execute("SELECT pg_terminate_backend(%s, 10000)", (writer,))
    thread.join()
    assert outcomes == [Done(stream="offer-2", position=2, version=1, types=(request.events[0].type,))]
    assert [record.position for record in store.log.read()] == [1, 2]


def waiting_backend(url: str) -> int:
    """The one that waits for the head, once it does."""
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            backend = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).fetchone()
            if backend is not None:
                return int(backend[0])


def test_a_head_that_is_held_too_long_makes_the_log_unavailable_to_all_who_wait(
    migrated_postgres_url: str, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = engines.POSTGRES_SETTINGS.replace(f"lock_timeout={engines.WAIT_S}s", "lock_timeout=200ms")
    monkeypatch.setattr(engines, "POSTGRES_SETTINGS", quick)
    store = SqlStore.open(migrated_postgres_url, service=SERVICE, city_key=CITY, clock=clock)
    errors: list[Exception] = []

    def work(number: int) -> None:
        try:
            store.log.append(append(f"offer-{number}"))
        except Exception as error:  # noqa: BLE001 - compared below
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    with store.transaction() as tx:
        tx.execute(text("SELECT position FROM log_head FOR UPDATE"))
        threads[0].start()
        gathered(store.log._group, 0)
        for thread in threads[1:]:
            thread.start()
        for thread in threads:
            thread.join()
    assert [type(error) for error in errors] == [LogUnavailable] * 5
    assert isinstance(store.log.append(append("offer-9")), Done)
    store.close()


def test_no_append_reads_a_whole_table_however_small_it_was_at_first(
    migrated_postgres_url: str, clock: SetClock
) -> None:
    store = SqlStore.open(migrated_postgres_url, service=SERVICE, city_key=CITY, clock=clock)
    for number in range(10):
        store.log.append(append(f"offer-{number}"))
        store.log.read_stream(f"offer-{number}")
    with store.bulk():
        for number in range(10, 20):
            store.log.append(append(f"offer-{number}"))
        read_whole = store.database.rows(
            "SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname IN ('event', 'command') ORDER BY 1"
        )
    assert read_whole == [("command", 0), ("event", 0)]
    driver = store.log._writer._driver()  # type: ignore[union-attr]
    driver.execute("SELECT pg_stat_force_next_flush()")
    scans = (
        "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname IN ('event', 'command') ORDER BY 1"
    )
    assert driver.execute(scans).fetchall() == [("command", 0), ("event", 0)]
    store.close()


def test_text_with_a_nul_is_refused_and_harms_nobody(store: SqlStore) -> None:
    with pytest.raises(psycopg.DataError, match="NUL"):
        store.log.append(append("offer-\0"))
    assert isinstance(store.log.append(append("offer-2")), Done)


def test_whoever_waits_for_a_connection_when_the_database_goes_is_not_left_waiting(
    own_postgres: PostgresServer, clock: SetClock
) -> None:
    url = own_postgres.create_database()
    migrate(url, SERVICE)
    store = SqlStore.open(url, service=SERVICE, city_key=CITY, clock=clock)
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            with suppress(LogUnavailable):
                store.log.head()

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(48)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        own_postgres.restart()
    ended.set()
    until(
        lambda: not any(thread.is_alive() for thread in threads),
        "nobody waits",
        within=engines.WAIT_S * 2 / 3,
    )
    assert store.log.head().position == 0
    store.close()
