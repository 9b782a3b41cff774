"""The logs and stores that the contract is held against."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.eventlog.memory import MemoryEventLog
from shared.eventlog.migrations import migrate
from shared.eventlog.port import EventLog
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import CITY, SERVICE, SetClock
from tests.servers import PostgresServer

SQL = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.needs_postgres)]


@pytest.fixture
def clock() -> SetClock:
    """The clock of the log under test."""
    return SetClock()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables in it, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "log.db"
    migrate(f"sqlite:///{path}", SERVICE)
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database with the tables in it, to be copied; its name."""
    url = postgres_server.create_database()
    migrate(url, SERVICE)
    yield urlsplit(url).path.lstrip("/")
    postgres_server.drop_database(url)


@pytest.fixture
def migrated_postgres_url(postgres_server: PostgresServer, migrated_database: str) -> Iterator[str]:
    """A fresh PostgreSQL database with the tables in it."""
    url = postgres_server.create_database(migrated_database)
    yield url
    postgres_server.drop_database(url)


def fresh_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database of this kind with the tables in it."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "log.db")
        return f"sqlite:///{tmp_path}/log.db"
    fresh: str = request.getfixturevalue("migrated_postgres_url")
    return fresh


@pytest.fixture(params=SQL)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database with the tables in it."""
    return fresh_url(request.param, request, tmp_path)


@pytest.fixture
def open_store(url: str, clock: SetClock) -> Iterator[Callable[[], SqlStore]]:
    """Opens the database, as often as wanted: each time as another process would."""
    opened: list[SqlStore] = []

    def open_it() -> SqlStore:
        opened.append(SqlStore.open(url, service=SERVICE, city_key=CITY, clock=clock))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], SqlStore]) -> SqlStore:
    """A store with nothing in it."""
    return open_store()


@pytest.fixture(params=[pytest.param("memory"), *SQL])
def log(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Iterator[EventLog]:
    """An empty log: in memory, in a SQLite file, in PostgreSQL."""
    if request.param == "memory":
        yield MemoryEventLog(service=SERVICE, city_key=CITY, clock=clock)
        return
    url = fresh_url(request.param, request, tmp_path)
    store = SqlStore.open(url, service=SERVICE, city_key=CITY, clock=clock)
    yield store.log
    store.close()
