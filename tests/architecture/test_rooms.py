"""Is every list that a service can import, and every story that it tells, among those that its app declares?"""

from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from shared.importing.kinds import Import
from shared.simulation.stories import Stories

ROOT = Path(__file__).parent.parent.parent
SERVICES = ("actors", "marketplace", "employment")


def modules_of(service: str, room: str) -> Iterable[ModuleType]:
    """The modules in a room of a service."""
    for path in sorted((ROOT / "services" / service / room).glob("*.py")):
        yield import_module(f"services.{service}.{room}.{path.stem}")


def forgotten(modules: Iterable[ModuleType], declared: Iterable[object], kind: type) -> Mapping[str, str]:
    """What modules define of a kind, and their service's app does not declare, by name."""
    listed = [id(value) for value in declared]
    return {
        f"{module.__name__}.{name}": kind.__name__
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, kind) and id(value) not in listed
    }


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("room", "table", "kind"), [("importing", "FILES", Import), ("simulation", "STORIES", Stories)]
)
def test_whatever_a_room_defines_is_declared_by_the_app(
    service: str, room: str, table: str, kind: type
) -> None:
    declared = getattr(import_module(f"services.{service}.app"), table, ())
    assert forgotten(modules_of(service, room), declared, kind) == {}


def test_a_kind_of_file_that_an_app_forgets_is_named() -> None:
    offers = import_module("services.marketplace.importing.offer")
    assert forgotten([offers], [], Import) == {"services.marketplace.importing.offer.OFFER_FILES": "Import"}
