"""What do the tests of imports share? Databases that are prepared once and copied, since preparing takes a while."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.office import Office, prepare


@pytest.fixture(scope="session")
def prepared_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the empty databases of a city."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder)
    return folder


@pytest.fixture
def office(tmp_path: Path, prepared_city: Path) -> Iterator[Office]:
    """An office of a city in which nothing has happened yet."""
    opened = Office(tmp_path, prepared=prepared_city)
    yield opened
    opened.instance.close()
