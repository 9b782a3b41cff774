"""Who may do what? Deny by default: every command and every query, asked by every role that the tables don't name."""

from typing import Any

import pytest

from deploy.services import SERVICE_TABLES
from shared.edge.commands import kebab, path_of
from shared.service.tables import CommandRoute, Query, Role
from tests.edge.door import Door

COMMANDS = [
    (tables.name, route) for tables in SERVICE_TABLES.values() for route in tables.commands if route.roles
]
FOR_NOBODY = [
    (tables.name, route) for tables in SERVICE_TABLES.values() for route in tables.commands if not route.roles
]
QUERIES = [(tables.name, query) for tables in SERVICE_TABLES.values() for query in tables.queries]


def named(part: object) -> str:
    if isinstance(part, CommandRoute):
        return part.command.__name__
    return part.nouns if isinstance(part, Query) else str(part)


def path(service: str, route: CommandRoute[Any, Any]) -> str:
    return path_of(service, route).replace("<id>", "some-id")


@pytest.mark.parametrize(("service", "route"), COMMANDS, ids=named)
def test_a_command_is_forbidden_to_every_other_role(
    door: Door, service: str, route: CommandRoute[Any, Any]
) -> None:
    refused = {
        role: door.send(path(service, route), {}, role).status_code for role in set(Role) - route.roles
    }
    assert set(refused.values()) == {403}
    allowed = {door.send(path(service, route), {}, role).status_code for role in route.roles}
    assert allowed <= {200, 201, 400, 404, 409}


@pytest.mark.parametrize(("service", "route"), COMMANDS, ids=named)
def test_a_command_needs_a_sign_in(door: Door, service: str, route: CommandRoute[Any, Any]) -> None:
    answer = door.ask("POST", path(service, route), json={})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("service", "route"), FOR_NOBODY, ids=named)
def test_what_only_reactions_and_the_ticker_may_send_has_no_address(
    door: Door, service: str, route: CommandRoute[Any, Any]
) -> None:
    path = f"/{service}/{route.nouns}/some-id/{kebab(route.command.__name__)}"
    assert {door.send(path, {}, role).status_code for role in Role} == {404}


@pytest.mark.parametrize(("service", "query"), QUERIES, ids=named)
def test_a_query_is_answered_to_the_roles_it_names_or_to_everybody(
    door: Door, service: str, query: Query[Any]
) -> None:
    for path in (f"/{service}/{query.nouns}", f"/{service}/{query.nouns}/some-id"):
        asked = {role: door.get(path, role).status_code for role in Role}
        forbidden = {role for role, status in asked.items() if status == 403}
        assert forbidden == (set(Role) - query.roles if query.roles else set())
        assert set(asked.values()) <= {200, 403, 404}
        assert door.get(path).status_code in ({401} if query.roles else {200, 404})


def test_no_role_reads_both_volunteering_and_employment_cases() -> None:
    cases = {"engagements", "counsellings"}, {"placements", "retention-checks"}
    readers = [
        frozenset(role for _, query in QUERIES if query.nouns in nouns for role in query.roles)
        for nouns in cases
    ]
    assert readers[0] & readers[1] <= {Role.ORGANISATION}, "an organisation sees its own of both"


@pytest.mark.parametrize("service", SERVICE_TABLES)
def test_a_log_is_read_by_services_auditors_and_downstream_systems_only(door: Door, service: str) -> None:
    answered = {role for role in Role if door.get(f"/{service}/log", role).status_code == 200}
    assert answered == {Role.SERVICE, Role.AUDITOR, Role.DOWNSTREAM}
    assert door.get(f"/{service}/log").status_code == 401


def test_the_services_token_reads_logs_and_nothing_else(door: Door) -> None:
    for _, route in COMMANDS:
        assert Role.SERVICE not in route.roles
    for _, query in QUERIES:
        assert Role.SERVICE not in query.roles
