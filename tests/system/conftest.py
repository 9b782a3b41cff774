"""The city that the system tests share: its parts are theirs to break, and each test leaves it whole."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.events.registry import SERVICES
from tests.servers import Unavailable, programs, running_postgres, running_rabbit
from tests.system.cluster import Cluster


@contextmanager
def within_reach() -> Iterator[None]:
    """Servers of installed programs, or of packages that may be installed, rather than in containers."""
    with pytest.MonkeyPatch.context() as patched:
        if programs.postgres_folder() and programs.rabbit_folder():
            patched.setenv("KOSILAB_TEST_PROVIDER", "installed")
        elif programs.may_install():
            patched.setenv("KOSILAB_TEST_PROVIDER", "packages")
        yield


@pytest.fixture(scope="package")
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Every service in a process of its own that says all it has to say, on RabbitMQ and PostgreSQL.

    Where it can be had, on servers whose files are within reach: the canary is looked for in them.
    """
    fsync = not request.config.getoption("no_fsync")
    try:
        with (
            within_reach(),
            running_rabbit(own=True) as rabbit,
            running_postgres(fsync=fsync, own=True) as postgres,
        ):
            city = Cluster(rabbit, postgres, tmp_path_factory.mktemp("city"), KOSILAB_LOG_LEVEL="DEBUG")
            try:
                city.start(*SERVICES)
                yield city
            finally:
                city.close()
            return
    except Unavailable as why:
        sentence = str(why)
    pytest.fail(sentence, pytrace=False)
