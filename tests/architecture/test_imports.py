"""Can every import contract fail? A small tree with the project's own contracts, and violations planted one by one."""

import shutil
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from importlinter import configuration
from importlinter.application.use_cases import _register_contract_types, create_report, read_user_options

ROOT = Path(__file__).parent.parent.parent
PYPROJECT = ROOT / "pyproject.toml"
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
}

# What the contracts insist on; empty, so that nothing breaks one.
SOUND: Mapping[str, str] = {
    **{f"shared/{part}.py": "" for part in ("service", "eventlog", "bus", "events", "kernel", "testing")},
    "shared/edge/__init__.py": "",
    "shared/edge/green.py": "import nameko, eventlet",
    **{f"services/{name}/domain/__init__.py": "" for name in ("actors", "marketplace", "employment")},
    **{f"services/{name}/reactions.py": "" for name in ("actors", "marketplace", "employment")},
    **{f"services/{name}/app.py": "" for name in ("actors", "marketplace", "employment", "reporting")},
    **{f"services/{name}/edge.py": "" for name in ("actors", "reporting")},
    "services/reporting/facts.py": "",
    "services/reporting/indicators.py": "",
    "deploy/cli.py": "",
}

# Contract, what is wrong, and the file that makes it so.
PLANTED: list[tuple[str, str, Mapping[str, str]]] = [
    ("whole", "shared imports a service", {"shared/service.py": "import services.actors.app"}),
    ("whole", "a service imports deploy", {"services/actors/app.py": "from deploy import cli"}),
    ("whole", "shared imports deploy", {"shared/edge/__init__.py": "import deploy.cli"}),
    ("services", "one imports another", {"services/actors/app.py": "import services.marketplace.app"}),
    ("services", "files of one import another's", {
        "services/actors/importing.py": "", "services/employment/importing.py": "import services.actors.importing",
    }),
    ("services", "one imports another's domain", {"services/reporting/app.py": "from services.actors import domain"}),
    ("shared", "the kernel imports events", {"shared/kernel.py": "import shared.events"}),
    ("shared", "events import the log", {"shared/events.py": "import shared.eventlog"}),
    ("shared", "the log imports the bus", {"shared/eventlog.py": "import shared.bus"}),
    ("shared", "the framework-free part imports the edge", {"shared/service.py": "import shared.edge"}),
    ("shared", "tables of files import events", {"shared/tabular.py": "import shared.events"}),
    ("shared", "a part that no layer names", {"shared/stray.py": ""}),
    ("service", "the domain imports its app", {"services/actors/domain/__init__.py": "import services.actors.app"}),
    ("service", "reactions import the edge", {"services/actors/reactions.py": "import services.actors.edge"}),
    ("service", "the domain imports a file's columns", {
        "services/actors/importing.py": "", "services/actors/domain/__init__.py": "import services.actors.importing",
    }),
    ("service", "a reaction imports a simulated city", {
        "services/actors/simulation.py": "", "services/actors/reactions.py": "import services.actors.simulation",
    }),
    ("service", "a file that no layer names", {"services/employment/stray.py": ""}),
    ("reporting", "facts import indicators", {"services/reporting/facts.py": "import services.reporting.indicators"}),
    ("reporting", "the app imports the edge", {"services/reporting/app.py": "import services.reporting.edge"}),
    ("reporting", "a file that no layer names", {"services/reporting/stray.py": ""}),
    ("deploy", "backups import the command line", {"deploy/backup.py": "import deploy.cli"}),
    ("purity", "a domain does so by way of the kernel's neighbour", {
        "services/actors/domain/__init__.py": "import shared.events", "shared/events.py": "import marshmallow",
    }),
    ("nameko", "an app imports nameko", {"services/actors/app.py": "import nameko.rpc"}),
    ("nameko", "a service's edge imports nameko", {"services/actors/edge.py": "import nameko"}),
    ("nameko", "the rest of the edge imports eventlet", {"shared/edge/__init__.py": "import eventlet"}),
    ("nameko", "deploy imports eventlet", {"deploy/cli.py": "import eventlet"}),
    ("nameko", "the framework-free part imports eventlet", {"shared/service.py": "from eventlet import event"}),
    *(
        ("purity", f"{where} imports {module}", {f"{where}.py": f"import {module}"})
        for module in CONTRACTS["purity"]["forbidden_modules"]
        for where in ("services/actors/reactions", "shared/kernel")
    ),
    *(
        ("purity", f"a domain imports {module}", {"services/marketplace/domain/__init__.py": f"import {module}"})
        for module in ("sqlalchemy", "os", "random")
    ),
]  # fmt: skip


class Tree:
    """A package tree in a folder, with the project's own contracts."""

    def __init__(self, folder: Path) -> None:
        """The sound tree."""
        self.folder = folder
        shutil.copy(PYPROJECT, folder)
        for path, text in SOUND.items():
            self.write(path, text)

    def write(self, path: str, text: str) -> None:
        """One module, and the packages around it."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        for package in [file.parent, *file.parent.parents]:
            if package == self.folder:
                break
            (package / "__init__.py").touch()
        file.write_text(text + "\n", encoding="utf-8")

    def broken(self, files: Mapping[str, str]) -> set[str]:
        """The ids of the contracts that these files break."""
        for path, text in files.items():
            self.write(path, text)
        try:
            return broken_in(self.folder)
        finally:
            for path in files:
                if path in SOUND:
                    self.write(path, SOUND[path])
                else:
                    (self.folder / path).unlink()


def broken_in(folder: Path) -> set[str]:
    """The contracts that import-linter calls broken."""
    options = read_user_options(config_filename=str(folder / "pyproject.toml"))
    _register_contract_types(options)
    report = create_report(options, cache_dir=None)
    assert not report.could_not_run
    assert not report.invalid_contract_options
    assert len(list(report.get_contracts_and_checks())) == len(CONTRACTS)
    by_name = {contract["name"]: contract_id for contract_id, contract in CONTRACTS.items()}
    checks: Iterator[tuple[Any, Any]] = iter(report.get_contracts_and_checks())
    return {by_name[contract.name] for contract, check in checks if not check.kept}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    """The sound tree, in the place of the project's own packages."""
    configuration.configure()
    folder = tmp_path_factory.mktemp("tree")
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] in OURS}
    sys.path.insert(0, str(folder))
    yield Tree(folder)
    sys.path.remove(str(folder))
    sys.modules.update(hidden)


OURS = {"services", "shared", "deploy"}


def test_the_sound_tree_breaks_nothing(tree: Tree) -> None:
    assert tree.broken({}) == set()


@pytest.mark.parametrize(
    ("contract", "what", "files"), PLANTED, ids=[f"{planted[0]}: {planted[1]}" for planted in PLANTED]
)
def test_a_planted_violation_breaks_its_contract(
    tree: Tree, contract: str, what: str, files: Mapping[str, str]
) -> None:
    assert contract in tree.broken(files), what


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _, _ in PLANTED} == set(CONTRACTS)
