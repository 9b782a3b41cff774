"""Does a process that starts find its place, also when others start at the same moment?"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.stores import make_folder
from shared.service.settings import BadSetting


def test_services_that_start_at_the_same_moment_do_not_take_each_others_folder_away(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "vault"
    with ThreadPoolExecutor(16) as services:
        list(services.map(make_folder, [folder] * 2_000))
    assert list(folder.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(BadSetting, match="is not writable"):
        make_folder(tmp_path / "data" / "vault")
