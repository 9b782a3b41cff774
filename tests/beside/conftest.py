"""The databases in which two processes of one city meet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.eventlog.migrations import migrate
from shared.eventlog.store import SqlStore
from tests.beside.stores import OpenStore
from tests.shared.service.board import CITY, NOON

STORES = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.needs_postgres)]


@pytest.fixture(params=STORES)
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    """Opens the same database again and again, each time as another process would."""
    is_file = request.param == "sqlite"
    url: str = f"sqlite:///{tmp_path}/service.db" if is_file else request.getfixturevalue("postgres_url")
    migrate(url, "marketplace")
    opened: list[SqlStore] = []

    def open_it(service: str = "marketplace") -> SqlStore:
        opened.append(SqlStore.open(url, service=service, city_key=CITY, clock=lambda: NOON))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()
