"""Do domain, log, bus and service code import, and pass their tests, where nameko and eventlet are not installed?"""

import pkgutil
import re
import subprocess
import sys

import pytest

from tests.runtime.green import ROOT, command_for, environment

PACKAGES = (
    "shared.kernel",
    "shared.events",
    "shared.eventlog",
    "shared.bus",
    "shared.service",
    "shared.ledger",
    "shared.vault",
)
SERVICES = ("actors", "marketplace", "employment", "reporting")
TESTS = (
    "tests/shared/kernel",
    "tests/shared/service/test_app.py",
    "tests/shared/service/test_relay.py",
    "tests/employment",
    "--ignore=tests/employment/test_placement_laws.py",  # random, and as slow as all the others
)

IMPORTED = """
import importlib, sys
sys.modules["nameko"] = sys.modules["eventlet"] = None
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def modules_of(package: str) -> list[str]:
    """Every module in a package."""
    folder = ROOT / package.replace(".", "/")
    if not (folder / "__init__.py").is_file():
        return [package]
    return [package, *(module.name for module in pkgutil.walk_packages([str(folder)], f"{package}."))]


def test_every_module_imports() -> None:
    names = [name for package in PACKAGES for name in modules_of(package)]
    names += [
        name
        for service in SERVICES
        for name in modules_of(f"services.{service}")
        if name.split(".")[2:3] not in (["edge"], ["pages"])
    ]
    assert len(names) > 100
    command = [sys.executable, "-c", IMPORTED, *names]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_their_tests_pass() -> None:
    done = subprocess.run(
        command_for("without_nameko", *TESTS),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed.group(1)) > 100
    assert "skipped" not in done.stdout


def test_the_edge_does_need_it_so_the_absence_is_real() -> None:
    command = [sys.executable, "-c", IMPORTED, "shared.edge.green.container"]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError" in done.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_the_packages_are_there(package: str) -> None:
    assert (ROOT / package.replace(".", "/")).is_dir()
