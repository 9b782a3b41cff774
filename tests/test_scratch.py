"""Do tests keep their files in memory only where there is room, and nobody wants them elsewhere?"""

from pathlib import Path

import pytest

from tests import scratch
from tests.scratch import in_memory


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for memory, with all the room there is."""
    monkeypatch.setattr(scratch, "MEMORY", tmp_path)
    monkeypatch.setattr(scratch, "ROOM", 1)
    return tmp_path


def test_where_there_is_room_files_are_in_memory(memory: Path) -> None:
    assert in_memory({}) == memory


def test_whoever_names_a_folder_gets_it(memory: Path) -> None:
    assert in_memory({"TMPDIR": "elsewhere"}) is None


def test_where_there_is_no_room_files_are_on_the_disk(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "ROOM", 1 << 60)
    assert in_memory({}) is None


def test_where_there_is_no_such_folder_files_are_on_the_disk(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "MEMORY", memory / "missing")
    assert in_memory({}) is None
