"""What do the tests of reporting share? Its database, empty: a SQLite file, or PostgreSQL."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.eventlog.migrations import migrate
from shared.eventlog.store import SqlStore
from tests.servers import PostgresServer

SQL = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.needs_postgres)]


@pytest.fixture(scope="session")
def reporting_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with reporting's tables in it, to be copied."""
    path = tmp_path_factory.mktemp("reporting") / "reporting.db"
    migrate(f"sqlite:///{path}", "reporting")
    return path


@pytest.fixture(scope="session")
def reporting_database(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database with reporting's tables in it, to be copied; its name."""
    url = postgres_server.create_database()
    migrate(url, "reporting")
    yield urlsplit(url).path.lstrip("/")
    postgres_server.drop_database(url)


@pytest.fixture
def fresh_postgres_url(postgres_server: PostgresServer, reporting_database: str) -> Iterator[str]:
    """A fresh PostgreSQL database with reporting's tables in it."""
    url = postgres_server.create_database(reporting_database)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(params=SQL)
def store(request: pytest.FixtureRequest, reporting_file: Path, tmp_path: Path) -> Iterator[SqlStore]:
    """Reporting's store with nothing in it."""
    if request.param == "sqlite":
        shutil.copy(reporting_file, tmp_path / "reporting.db")
        url = f"sqlite:///{tmp_path}/reporting.db"
    else:
        url = request.getfixturevalue("fresh_postgres_url")
    opened = SqlStore.open(
        url, service="reporting", city_key="05124000", clock=lambda: datetime(2026, 1, 5, tzinfo=UTC)
    )
    yield opened
    opened.close()
