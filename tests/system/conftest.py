"""The city that the system tests share: its parts are theirs to break, and each test leaves it whole."""

from collections.abc import Iterator

import pytest

from shared.events.registry import SERVICES
from tests.servers import Unavailable, running_postgres, running_rabbit
from tests.system.cluster import Cluster


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Every service in a process of its own, on RabbitMQ and PostgreSQL."""
    fsync = not request.config.getoption("no_fsync")
    try:
        with running_rabbit(own=True) as rabbit, running_postgres(fsync=fsync, own=True) as postgres:
            city = Cluster(rabbit, postgres, tmp_path_factory.mktemp("city"))
            try:
                city.start(*SERVICES)
                yield city
            finally:
                city.close()
            return
    except Unavailable as why:
        sentence = str(why)
    pytest.fail(sentence, pytrace=False)
