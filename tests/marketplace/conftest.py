"""What may the tests of the marketplace ask for? The service at work on a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.marketplace.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A marketplace that knows the organisations `host`, `seeker` and `other`."""
    opened = Desk(tmp_path)
    opened.know("host", "seeker", "other")
    yield opened
    opened.close()
