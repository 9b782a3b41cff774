"""What do the tests of imports share? Databases that are prepared once and copied, since preparing takes a while."""

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import structlog

from deploy.cli.migrate import CITY_WIDE
from shared.eventlog.migrations import migrate
from shared.events.registry import SERVICES
from tests.city import prepare
from tests.deploy.desk import Desk
from tests.deploy.office import Office
from tests.servers import PostgresServer


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office of a city in which nothing has happened yet."""
    with Office(tmp_path) as opened:
        yield opened


@pytest.fixture
def bare_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk at which nothing has been started yet; what a command says about logging ends with the test."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    yield Desk(tmp_path / "city", {})
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def database_owner(postgres_server: PostgresServer) -> Iterator[str]:
    """A role that owns the databases of these tests, and is no superuser, as with an operator."""
    name = postgres_server.create_role()
    yield name
    postgres_server.drop_role(name)


@pytest.fixture(scope="session")
def prepared_databases(postgres_server: PostgresServer, database_owner: str) -> Iterator[dict[str, str]]:
    """The empty databases of a city on a server, to be copied; their names."""
    urls = {name: postgres_server.create_database(owner=database_owner) for name in (*SERVICES, *CITY_WIDE)}
    for name, url in urls.items():
        CITY_WIDE[name].migrate(url) if name in CITY_WIDE else migrate(url, name)
    yield {name: urlsplit(url).path.lstrip("/") for name, url in urls.items()}
    for url in urls.values():
        postgres_server.drop_database(url)


@pytest.fixture
def desk_on_server(bare_desk: Desk, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """The same desk, its databases on a server."""
    server: PostgresServer = request.getfixturevalue("postgres_server")
    prepared: dict[str, str] = request.getfixturevalue("prepared_databases")
    owner: str = request.getfixturevalue("database_owner")
    urls = {name: server.create_database(template, owner=owner) for name, template in prepared.items()}
    bare_desk.env.update({f"KOSILAB_{name.upper()}_DATABASE_URL": url for name, url in urls.items()})
    yield bare_desk
    for url in urls.values():
        server.drop_database(url)


@pytest.fixture
def desk(bare_desk: Desk) -> Desk:
    """A desk of a city in which nothing has happened yet."""
    prepare(bare_desk.folder)
    return bare_desk
