"""What may every test ask for? Servers, fresh databases and virtual hosts, a browser; started only when asked."""

import gc
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from shared.kernel.city_day import serve_city_in
from tests.apart import APART, GUARD, is_apart
from tests.few import FEW, FEW_EXAMPLES, left_out, try_few_examples
from tests.scratch import take_memory
from tests.servers import (
    PostgresServer,
    RabbitServer,
    Unavailable,
    programs,
    running_postgres,
    running_rabbit,
)
from tests.servers.choice import described, postgres_providers, rabbit_providers

SYSTEM = Path(__file__).parent / "system"

SELDOM = 20_000, 20, 50
"""After how many new objects Python looks for garbage, and how often it looks through the older ones."""

take_memory()  # before anybody asks for a temporary file
gc.disable()  # until all tests are collected: nearly all that is made meanwhile stays

# What the instance says for every process of a city; rules and facts are tested without one.
serve_city_in(ZoneInfo("Europe/Berlin"))

# No test asserts a wall-clock time; what fails in CI fails again on the next run.
settings.register_profile("kosilab", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
settings.load_profile("kosilab")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--few-examples`: a first look. `--no-fsync`: databases that don't survive a crash of the machine, for speed."""
    parser.addoption(
        "--few-examples",
        action="store_true",
        help=f"have Hypothesis try {FEW} examples at most, and take fewer seeds and operations: a first look",
    )
    parser.addoption(
        "--no-fsync", action="store_true", help="start PostgreSQL with fsync=off: faster, less honest"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what starts something, and let what takes long come first, so that all workers are busy to the end.

    The system tests first, then files with many tests that start something; the small files are left for the end.
    """
    if config.getoption(FEW_EXAMPLES):
        left = left_out(items)
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]
    n_apart: Counter[Path] = Counter()
    for item in items:
        if is_apart(item):
            item.add_marker(APART)
            n_apart[item.path] += 1
        if config.getoption(FEW_EXAMPLES):
            try_few_examples(getattr(item, "obj", None))
    items.sort(key=lambda item: (not item.path.is_relative_to(SYSTEM), -n_apart[item.path]))


def pytest_collection_finish() -> None:
    """What is imported by now stays: it is not looked through for garbage again and again, which took a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Before a test nothing is started either, unless it is apart."""
    with GUARD.watching(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test starts nothing, unless it is apart."""
    with GUARD.watching(item):
        return (yield)


class FilesStayWhole(LoadFileScheduling):  # type: ignore[misc]  # untyped
    """Two workers share the files, each file whole; the system tests, which keep both cores busy, are one worker's."""

    def _split_scope(self, nodeid: str) -> str:
        return SYSTEM.name if SYSTEM.name in nodeid.split("/") else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesStayWhole:
    """How the tests are shared between workers."""
    return FilesStayWhole(config, log)


def pytest_report_header() -> list[str]:
    """Which provider the servers come from, which start when a test asks, and where files are."""
    return [
        described("PostgreSQL", postgres_providers()),
        described("RabbitMQ", rabbit_providers()),
        f"files: in {gettempdir()}",
    ]


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """The session's PostgreSQL server; not to be killed (`own_postgres` is)."""
    yield from _postgres(request, own=False)


@pytest.fixture
def own_postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """A PostgreSQL server of the test's own, to be killed and restarted; never a given one."""
    yield from _postgres(request, own=True)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh, empty database: `postgresql://…`."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def rabbit_server() -> Iterator[RabbitServer]:
    """The session's RabbitMQ broker; not to be killed (`own_rabbit` is)."""
    yield from _rabbit(own=False)


@pytest.fixture
def own_rabbit() -> Iterator[RabbitServer]:
    """A RabbitMQ broker of the test's own, to be killed, wiped and started again; never a given one."""
    yield from _rabbit(own=True)


@pytest.fixture
def amqp_url(rabbit_server: RabbitServer) -> Iterator[str]:
    """A fresh virtual host: `amqp://…`."""
    url = rabbit_server.new_vhost()
    yield url
    rabbit_server.drop_vhost(url)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's program, for Playwright's `executable_path`."""
    if programs.chromium() is None and programs.may_install():
        programs.install("chromium")
    path = programs.chromium()
    if path is None:
        pytest.fail("the tests need Chromium: install it (Debian: apt-get install chromium)", pytrace=False)
    return path


def _postgres(request: pytest.FixtureRequest, *, own: bool) -> Iterator[PostgresServer]:
    try:
        with running_postgres(fsync=not request.config.getoption("no_fsync"), own=own) as server:
            yield server
            return
    except Unavailable as why:
        sentence = str(why)
    pytest.fail(sentence, pytrace=False)


def _rabbit(*, own: bool) -> Iterator[RabbitServer]:
    try:
        with running_rabbit(own=own) as server:
            yield server
            return
    except Unavailable as why:
        sentence = str(why)
    pytest.fail(sentence, pytrace=False)
