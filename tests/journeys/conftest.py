"""What may a journey ask for? A city of its own, made from one that was prepared once."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.city import City


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The databases of a city in which nothing has happened."""
    folder = tmp_path_factory.mktemp("prepared") / "city"
    City(folder, seed=0).close()
    return folder


@pytest.fixture
def city_of(prepared: Path, tmp_path: Path) -> Iterator[Callable[[int], City]]:
    """Makes a city whose chance begins at a seed."""
    opened: list[City] = []

    def make(seed: int) -> City:
        folder = tmp_path / f"city-{seed}"
        shutil.copytree(prepared, folder)
        opened.append(City(folder, seed))
        return opened[-1]

    yield make
    for city in opened:
        city.close()
