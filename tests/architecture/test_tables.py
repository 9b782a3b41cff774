"""Do the services' tables cover what exists: every event a sample, every command a route, a catalogue that is fresh?"""

from dataclasses import fields
from typing import Any

import pytest

import shared.events.all  # noqa: F401 - registers every event
from deploy.catalogue import CATALOGUE, render, rules_of
from deploy.services import SERVICE_TABLES
from shared.events.registry import all_types
from shared.service.tables import CommandRoute, ServiceTables
from tests.shared.events.golden import SAMPLES

ROUTES = [(tables, route) for tables in SERVICE_TABLES.values() for route in tables.commands]


def test_every_event_has_a_golden_sample() -> None:
    assert [name for name, _ in all_types() if name not in SAMPLES] == []


def test_the_catalogue_is_fresh() -> None:
    assert CATALOGUE.read_text(encoding="utf-8") == render(), "run `make catalogue`"


@pytest.mark.parametrize(
    ("tables", "route"), ROUTES, ids=lambda part: getattr(getattr(part, "command", part), "__name__", "")
)
def test_a_command_names_its_noun_first_and_its_time_last(
    tables: ServiceTables, route: CommandRoute[Any, Any]
) -> None:
    names = [field.name for field in fields(route.command)]
    assert names[0] == f"{route.decider.name}_id", tables.name
    assert names[-1] == "at"


@pytest.mark.parametrize("tables", SERVICE_TABLES.values(), ids=lambda tables: tables.name)
def test_reactions_listen_only_to_services_that_are_followed(tables: ServiceTables) -> None:
    owners = {
        name.split(".")[1]
        for name, registered in all_types()
        for reaction in tables.reactions
        if registered.cls in reaction.on and registered.owner != "every-service"
    }
    assert owners <= {tables.name, *tables.follows}


@pytest.mark.parametrize("tables", SERVICE_TABLES.values(), ids=lambda tables: tables.name)
def test_every_command_of_a_decider_has_a_route(tables: ServiceTables) -> None:
    routed = {route.command.__name__ for route in tables.commands}
    modules = {route.command.__module__ for route in tables.commands}
    import sys

    declared = {
        cls.__name__
        for module in modules
        for cls in vars(sys.modules[module]).values()
        if isinstance(cls, type)
        and cls.__module__ == module
        and "at" in getattr(cls, "__dataclass_fields__", {})
    }
    assert declared - routed == set()


def test_the_catalogue_finds_rules_by_their_names() -> None:
    rules = {rule.__name__ for _, route in ROUTES for rule in rules_of(route)}
    assert len(rules) > 40
