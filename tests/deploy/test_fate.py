"""Is anybody who was erased ever readable again, whatever befalls the city?"""

from pathlib import Path

import pytest

from tests.deploy.desk import Desk
from tests.deploy.fate import Fate


@pytest.mark.parametrize("seed", range(4))
def test_who_was_erased_is_never_readable_again(desk: Desk, tmp_path: Path, seed: int) -> None:
    fate = Fate(desk, tmp_path, seed)
    assert fate.befalls(4) == []


def test_neither_when_processes_are_killed(desk: Desk, tmp_path: Path) -> None:
    fate = Fate(desk, tmp_path, 104, kills=True)
    assert fate.befalls(2) == []
    assert fate.n_died


@pytest.mark.needs_postgres
def test_nor_on_a_server(desk_on_server: Desk, tmp_path: Path) -> None:
    fate = Fate(desk_on_server, tmp_path, 201)
    assert fate.befalls(1) == []
