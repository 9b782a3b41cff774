"""What the tests of the wires stand on: a source, a board that listens to it, and a prepared file."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from shared.eventlog.migrations import migrate
from tests.shared.service.board import Board, Source, open_board


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables in it, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "service.db"
    migrate(f"sqlite:///{path}", "marketplace")
    return path


@pytest.fixture
def actors() -> Source:
    """A source that has said nothing yet."""
    return Source("actors")


@pytest.fixture
def employment() -> Source:
    """Another one."""
    return Source("employment")


@pytest.fixture
def board(tmp_path: Path, migrated_file: Path, actors: Source, employment: Source) -> Iterator[Board]:
    """A board that listens to both."""
    opened = open_board(tmp_path, migrated_file, [actors, employment])
    yield opened
    opened.store.close()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """No log lines: to lay out an error for a terminal takes half a second."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)
