"""What do the tests of the edge share? One city per module, all services in this process, or a real server of it."""

from collections.abc import Iterator

import pytest

from tests.edge.door import Door
from tests.edge.process import HOSTS, Served


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A city that the tests of a module share; each brings what it needs."""
    opened = Door(tmp_path_factory.mktemp("city"))
    yield opened
    opened.instance.close()


@pytest.fixture(scope="module", params=HOSTS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server of each host for the module."""
    process = Served(tmp_path_factory.mktemp("served"), HOSTS[request.param])
    process.start()
    yield process
    process.kill()
    assert "Traceback" not in process.log
