"""Does any file of the project name a place that only one machine has, or a registry to fetch from?"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NOT_OURS = {".git", ".venv", "var", "node_modules", "__pycache__", ".hypothesis"}

# Put together here, so that this file holds none of them itself.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("golang", "org"),
        ("anaconda", "org"),
        ("registry-1", "docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
    )
]
PLACES = [f"/{top}/" for top in ("work", "root", "home", "Users", "mnt", "workspace", "builds")]
MACHINE_PATH = re.compile("|".join(rf"(?<![\w./:>-]){re.escape(place)}\w" for place in PLACES))
ADDRESS = re.compile(r"https?://|git\+|--(extra-)?index-url|--find-links|@ file:", re.ASCII)
LOCKS = ("requirements.lock", "requirements-dev.lock", "bench/requirements.txt")


def tracked() -> list[Path]:
    """What is committed; without git, what lies there."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not NOT_OURS & set(path.relative_to(ROOT).parts)
    ]


def named_in(text: str) -> Iterator[str]:
    """Registries and places of a machine that a text names."""
    lower = text.lower()
    yield from (host for host in REGISTRIES if host in lower)
    yield from MACHINE_PATH.findall(text)


def test_no_file_names_a_registry_or_a_place_of_one_machine() -> None:
    names_by_file = {}
    for path in tracked():
        if names := sorted(set(named_in(path.read_bytes().decode("utf-8", "replace")))):
            names_by_file[path.relative_to(ROOT).as_posix()] = names
    assert names_by_file == {}


@pytest.mark.parametrize(
    ("planted", "name"),
    [
        *((f"fetch https://files.{host}/x", host) for host in REGISTRIES),
        *((f"see {place}somebody/x", f"{place}s") for place in PLACES),
        *((f'"{place}x"', f"{place}x") for place in PLACES),
    ],
)
def test_a_planted_name_is_found(planted: str, name: str) -> None:
    assert name in list(named_in(planted))


@pytest.mark.parametrize(
    "harmless", ["services/work/x", "href='/homepage'", "deploy/home/x", "/reporting/work/x"]
)
def test_an_address_of_ours_is_no_place_of_a_machine(harmless: str) -> None:
    assert list(named_in(harmless)) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert [line for line in lines if ADDRESS.search(line)] == []
    assert [line for line in lines if not line.startswith((" ", "\t")) and "==" not in line] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_of_the_product_holds_a_hash_for_every_package(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[A-Za-z0-9])", text)
    assert len(packages) > 20
    assert [package.split("==")[0] for package in packages if "--hash=sha256:" not in package] == []


@pytest.mark.parametrize(
    "planted", ["x @ https://h/x.whl", "--index-url https://h", "x @ git+ssh://h", "--find-links d"]
)
def test_a_planted_address_in_a_lock_is_found(planted: str) -> None:
    assert ADDRESS.search(planted)
