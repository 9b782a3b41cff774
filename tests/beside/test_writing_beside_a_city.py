"""Does every command that writes run beside a city under load, on files and on a server?"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.beside.city import BusyCity, busy, databases_on, organisations_file
from tests.beside.commands import IMPORT, OTHERS
from tests.beside.conftest import STORES
from tests.servers import PostgresServer

pytestmark = pytest.mark.system

N_IMPORTS = 2
"""`make soak` takes 200."""

N_OFFERS = 20


@pytest.fixture(params=STORES)
def city(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BusyCity]:
    """A city with clients that post all the time."""
    if request.param == "sqlite":
        with busy(tmp_path, {}) as started:
            yield started
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with databases_on(server) as urls, busy(tmp_path, urls) as started:
        yield started


def test_every_command_that_writes_runs_beside_a_busy_city(city: BusyCity, tmp_path: Path) -> None:
    with city.neighbour() as neighbour:
        assert neighbour.call("import", str(organisations_file(tmp_path))).code == 0
        for number in range(N_IMPORTS):
            report = IMPORT.call(city, neighbour, tmp_path, number).data
            assert report["n_new"] == N_OFFERS
        for command in OTHERS:
            command.call(city, neighbour, tmp_path, 1)
        assert IMPORT.call(city, neighbour, tmp_path, 0).data["n_unchanged"] == N_OFFERS
        city.rest()
        assert city.trouble == []
        assert set(city.answers) == {201}
        verified = neighbour.call("views", "verify")
        assert verified.code == 0, verified
