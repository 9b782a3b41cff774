"""What may a journey ask for? A city of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.city import City


@pytest.fixture
def city_of(tmp_path: Path) -> Iterator[Callable[[int], City]]:
    """Makes a city whose chance begins at a seed."""
    opened: list[City] = []

    def make(seed: int) -> City:
        opened.append(City(tmp_path / f"city-{seed}", seed))
        return opened[-1]

    yield make
    for city in opened:
        city.close()
