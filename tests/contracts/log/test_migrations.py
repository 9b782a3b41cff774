"""Do the tables come about once, together, and each service's apart?"""

import sqlite3
import threading
from pathlib import Path

import psycopg
import pytest

from shared.eventlog.migrations import Migrations, migrate
from shared.eventlog.migrations.running import version_table
from shared.eventlog.port import LogUnavailable
from shared.eventlog.store import SqlStore
from tests.contracts.log.conftest import SQL
from tests.contracts.log.sample import CITY, SERVICE, SetClock, append

ALL = ["0001_log", "0002_readers", "0003_history", "0004_slot", "0005_ledger", "0006_stopped", "0007_release"]


@pytest.fixture(params=SQL)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    fresh: str = request.getfixturevalue("postgres_url")
    return fresh


def test_migrations_are_applied_once(empty_url: str) -> None:
    assert Migrations(SERVICE).pending(empty_url) == ALL
    assert migrate(empty_url, SERVICE) == ALL
    assert Migrations(SERVICE).pending(empty_url) == []
    assert migrate(empty_url, SERVICE) == []


def test_a_migrated_log_keeps_its_records(empty_url: str, clock: SetClock) -> None:
    migrate(empty_url, SERVICE)
    store = SqlStore.open(empty_url, service=SERVICE, city_key=CITY, clock=clock)
    store.log.append(append())
    migrate(empty_url, SERVICE)
    assert store.log.head().position == 1
    store.close()


def test_of_several_that_migrate_at_once_one_does_it(empty_url: str) -> None:
    applied: list[list[str]] = []
    threads = [threading.Thread(target=lambda: applied.append(migrate(empty_url, SERVICE))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(applied) == [[], [], ALL]


def test_each_service_has_a_version_table_of_its_own() -> None:
    assert version_table("actors") == "kosilab_version_actors"
    assert "CREATE TABLE kosilab_version_actors" in Migrations("actors").sql("postgresql")


def test_the_script_for_sqlite_makes_the_same_tables(tmp_path: Path, clock: SetClock) -> None:
    path = tmp_path / "by-hand.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(Migrations(SERVICE).sql("sqlite"))
    connection.close()
    url = f"sqlite:///{path}"
    assert migrate(url, SERVICE) == []
    store = SqlStore.open(url, service=SERVICE, city_key=CITY, clock=clock)
    store.log.append(append())
    store.close()


@pytest.mark.needs_postgres
def test_the_script_for_postgres_makes_the_same_tables(postgres_url: str, clock: SetClock) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(Migrations(SERVICE).sql("postgresql"))
    assert migrate(postgres_url, SERVICE) == []
    store = SqlStore.open(postgres_url, service=SERVICE, city_key=CITY, clock=clock)
    store.log.append(append())
    store.close()


def test_a_log_without_tables_says_so(empty_url: str, clock: SetClock) -> None:
    store = SqlStore.open(empty_url, service=SERVICE, city_key=CITY, clock=clock)
    with pytest.raises(Exception, match="log_head"):
        store.log.append(append())
    store.close()


def test_a_url_that_is_no_database_of_ours_is_refused(clock: SetClock) -> None:
    for url in ("sqlite://", "sqlite:///:memory:", "mysql://localhost/log"):
        with pytest.raises(ValueError, match="neither postgresql"):
            SqlStore.open(url, service=SERVICE, city_key=CITY, clock=clock)


def test_a_database_that_does_not_answer_is_said_to_be_unavailable(clock: SetClock) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    store = SqlStore.open(url, service=SERVICE, city_key=CITY, clock=clock)
    for use in (lambda: store.log.append(append()), store.log.read, store.cursors.all):
        with pytest.raises(LogUnavailable):
            use()
    store.close()
