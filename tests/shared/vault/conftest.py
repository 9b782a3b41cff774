"""The vaults that the tests are held against: on a SQLite file and on PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.vault.migrations import VAULT_TABLES
from shared.vault.vault import Vault
from tests.contracts.log.sample import SetClock


@pytest.fixture
def clock() -> SetClock:
    """The clock of the vault under test."""
    return SetClock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs_postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/vault.db"
    fresh: str = request.getfixturevalue("postgres_url")
    return fresh


@pytest.fixture
def open_vault(url: str, tmp_path: Path, clock: SetClock) -> Iterator[Callable[[], Vault]]:
    """Opens the vault, as often as wanted: each time as another process would."""
    opened: list[Vault] = []

    def open_it() -> Vault:
        VAULT_TABLES.migrate(url)
        opened.append(Vault.open(url, tmp_path / "keys", clock=clock))
        return opened[-1]

    yield open_it
    for vault in opened:
        vault.close()


@pytest.fixture
def vault(open_vault: Callable[[], Vault]) -> Vault:
    """A vault with nothing in it."""
    return open_vault()
