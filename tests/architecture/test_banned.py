"""Can every ban on clock, identity, chance and environment fail? Each is planted, and ruff finds it with its reason."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PYPROJECT = ROOT / "pyproject.toml"
LINT = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
BANNED: Mapping[str, str] = {
    name: rule["msg"] for name, rule in LINT["flake8-tidy-imports"]["banned-api"].items()
}
ALLOWED = [path for path, rules in LINT["per-file-ignores"].items() if "TID251" in rules]
PLACES = (
    "services/actors/domain/planted.py",
    "shared/edge/planted.py",
    "shared/service/planted.py",
    "deploy/planted.py",
)

Finding = tuple[str, str, str]


def ways(name: str) -> list[str]:
    """The ways in which code gets at a name."""
    module, _, last = name.rpartition(".")
    top, _, inner = module.partition(".")
    imported = (
        f"from {module} import {last}\nprint({last})"
        if not inner
        else f"from {top} import {inner}\nprint({inner}.{last})"
    )
    return [
        f"import {top}\nprint({name})",
        imported,
        f"import {top} as hidden\nprint(hidden{name.removeprefix(top)})",
    ]


def named(place: str, name: str, number: int) -> str:
    """The file in which one way to one name is planted."""
    return place.replace("planted", f"{name.replace('.', '_')}_{number}")


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> set[Finding]:
    """What ruff finds, with the project's own rules: path, code and message, all in one run."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "pyproject.toml").write_bytes(PYPROJECT.read_bytes())
    for name in BANNED:
        for number, way in enumerate(ways(name)):
            for place in PLACES:
                write(folder / named(place, name, number), way)
    for place in ALLOWED:
        write(folder / place.replace("**", "planted.py"), "\n".join(ways(name)[0] for name in BANNED))
    write(folder / "shared/edge/relative.py", "from . import planted\n")
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--select",
        "TID",
        "--output-format",
        "json",
        ".",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    return {
        (Path(finding["filename"]).relative_to(folder).as_posix(), finding["code"], finding["message"])
        for finding in json.loads(done.stdout)
    }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n", encoding="utf-8")


@pytest.mark.parametrize("name", BANNED)
def test_a_planted_use_is_found_with_its_reason_however_it_is_imported(
    findings: set[Finding], name: str
) -> None:
    for number, _ in enumerate(ways(name)):
        for place in PLACES:
            assert (named(place, name, number), "TID251", f"`{name}` is banned: {BANNED[name]}") in findings


def test_relative_imports_are_found(findings: set[Finding]) -> None:
    assert ("shared/edge/relative.py", "TID252") in {finding[:2] for finding in findings}


@pytest.mark.parametrize("path", ALLOWED)
def test_the_one_file_that_may_is_left_alone(findings: set[Finding], path: str) -> None:
    assert [finding for finding in findings if finding[0] == path.replace("**", "planted.py")] == []


# --- no day of UTC ------------------------------------------------------------------------------
TURNS_MOMENTS_INTO_DAYS = "shared/kernel/city_day.py"
DAY_OF_A_MOMENT = re.compile(r"\.date\(\)")


def days_of_utc(text: str) -> list[str]:
    """The lines that take the day of a moment as it stands, in UTC."""
    return [line.strip() for line in text.splitlines() if DAY_OF_A_MOMENT.search(line)]


def test_every_day_of_a_moment_is_the_citys() -> None:
    days_by_file = {
        str(path.relative_to(ROOT)): lines
        for top in ("services", "shared")
        for path in (ROOT / top).rglob("*.py")
        if (lines := days_of_utc(path.read_text(encoding="utf-8")))
    }
    assert set(days_by_file) == {TURNS_MOMENTS_INTO_DAYS}


def test_a_planted_day_of_utc_is_found() -> None:
    assert days_of_utc("held_on = command.at.date()\nday = today_in_the_city(at)") == [
        "held_on = command.at.date()"
    ]
