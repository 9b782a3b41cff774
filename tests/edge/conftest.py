"""What do the tests of the edge share? One city per module, all services in this process."""

from collections.abc import Iterator

import pytest

from tests.edge.door import Door


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A city that the tests of a module share; each brings what it needs."""
    opened = Door(tmp_path_factory.mktemp("city"))
    yield opened
    opened.instance.close()
