"""Is all that a command writes its owner's alone, whatever the shell's umask: databases, backups, exports, ledger?"""

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.cli import OWNER_ALONE
from shared.service.settings import environment_without_settings

OF_EVERYBODY = 0o022
ORGANISATIONS = "Nr.;Name;Sektor;Stadtteil;aufgenommen am\nO-1;Bäckerei Blau;Unternehmen;Barmen;01.07.2016\n"
UNITS = Path(__file__).parents[2] / "deploy" / "systemd"


def kosilab(data: Path, *arguments: str) -> None:
    """Call the command as a shell does whose files everybody may read."""
    around = {**environment_without_settings(), "KOSILAB_DATA_DIR": str(data)}
    command = [sys.executable, "-m", "deploy.cli", *arguments]
    done = subprocess.run(
        command, env=around, umask=OF_EVERYBODY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What commands wrote: a city of one organisation, its backup and its export."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "organisationen.csv").write_text(ORGANISATIONS, encoding="utf-8")
    kosilab(folder / "city", "import", "--kind", "organisations", str(folder / "organisationen.csv"))
    kosilab(folder / "city", "backup", "create", str(folder / "backup"))
    kosilab(folder / "city", "history", "export", str(folder / "export"))
    return folder


@pytest.mark.parametrize("part", ["city", "backup", "export"])
def test_nobody_else_may_read_what_a_command_wrote(written: Path, part: str) -> None:
    paths = [written / part, *(written / part).rglob("*")]
    assert len(paths) > 5
    assert [path for path in paths if stat.S_IMODE(path.stat().st_mode) & OWNER_ALONE] == []


@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.service")), ids=lambda path: path.name)
def test_a_unit_writes_for_its_user_alone(unit: Path) -> None:
    assert re.search(r"^UMask=0077$", unit.read_text(encoding="utf-8"), re.MULTILINE)
