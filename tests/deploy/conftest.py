"""What do the tests of imports share? Databases that are prepared once and copied, since preparing takes a while."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.deploy.desk import Desk
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


@pytest.fixture
def bare_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk at which nothing has been started yet; what a command says about logging ends with the test."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    yield Desk(tmp_path / "city", {})
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.fixture
def desk(bare_desk: Desk, prepared_city: Path) -> Desk:
    """A desk of a city in which nothing has happened yet."""
    shutil.copytree(prepared_city, bare_desk.folder)
    return bare_desk
