"""Does what the operators' handbook says of backups work as it stands there?"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.desk import Desk
from tests.deploy.restored import read, records, registered

HANDBOOK = Path(__file__).parents[2] / "docs" / "operations.md"
PROGRAMS = Path(sys.executable).parent


def commands(heading: str) -> list[str]:
    """The commands of a section, as they stand there."""
    text = HANDBOOK.read_text(encoding="utf-8")
    section = re.split(r"^## ", text.partition(f"\n## {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^    (\S.*)$", section, re.MULTILINE)


def run(command: str, city: Desk, place: Path) -> None:
    """Run a command of the handbook, its places being the test's."""
    for named, here in (
        ("var/wuppertal", city.folder),
        ("/backups", place / "backups"),
        ("/elsewhere", place / "elsewhere"),
        ("/audits", place / "audits"),
    ):
        command = command.replace(named, str(here))
    around = {"PATH": f"{PROGRAMS}:/usr/bin:/bin", "KOSILAB_DATA_DIR": str(city.folder), **city.env}
    done = subprocess.run(command, shell=True, env=around, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where backups and copies go."""
    for name in ("backups", "elsewhere", "audits"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_the_drill_of_the_handbook_brings_the_city_back(desk: Desk, place: Path) -> None:
    registered(desk, "p1")
    before = records(desk)
    written = commands("Backup and restore")
    assert [command.split()[0] for command in written] == [
        "kosilab",
        "rm",
        "cp",
        "rm",
        "kosilab",
        "kosilab",
        "kosilab",
    ]
    for command in written[:4]:
        run(command, desk, place)
    assert not (desk.folder / "databases").exists()
    for command in written[4:]:
        run(command, desk, place)
    assert records(desk)["actors"][: len(before["actors"])] == before["actors"]
    assert read(desk, "p1") == {"Erika p1"}
    assert {path.name for path in (place / "elsewhere").iterdir()} == {"keys", "ledger"}
