"""How is a service's whole interface tried out? By Schemathesis, from its own OpenAPI, signed in as whoever may ask."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.schemas import BaseSchema
from schemathesis.transport.wsgi import WSGITransport

from deploy.services import SERVICE_TABLES
from shared.edge.commands import path_of
from shared.service.tables import OWN_ROLES, Caller, CommandRoute, Role
from tests.edge.door import Door

MADE_FOR_SOCKETS = ("max_redirects", "verify", "cert", "proxies")
POSSIBLE = ["2xx", "401", "403", "404", "409", "422", "429", "503"]
"""What may become of a request of the right form: 422 where a value isn't possible, 503 where a view is behind."""

PAGES_OWN_FORM = {
    "include-path": "/actors/own-data",
    "checks": {"unsupported_method": {"enabled": False}, "allow_header_conformance": {"enabled": False}},
}
"""The person's page is at the address of the data, and its form comes back to it by POST: no matter for machines."""

REFUSED = ["400", "401", "403", "404", "405", "406", "409", "413", "414", "415", "422", "429"]


FOR_STAFF = {"money"}
"""Filters of open lists that are refused to whoever has not signed in."""


@dataclass
class Tried:
    """What came of it: each failure in words, what could not be tried, and how often each status was answered."""

    failures: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    checks: Counter[str] = field(default_factory=Counter)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)


def tried(
    door: Door, service: str, patch: pytest.MonkeyPatch, *, n_examples: int, seed: int, one_in: int = 1
) -> Tried:
    """Every operation of the service: each value at the edge of its schema, then random ones, then chains of them.

    With `one_in`, the operations of one address in so many.
    """
    leave_out_what_is_made_for_sockets(patch)
    document = narrowed(door.get(f"/{service}/openapi.json").get_json(), service)
    document["paths"] = dict(list(document["paths"].items())[::one_in])
    schema = schemathesis.openapi.from_dict(document, config=settings(n_examples, seed))
    schema.app, schema.location = door.application, f"/{service}/openapi.json"
    sign_in(door, schema, service)
    result = Tried()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError):
            result.errors.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            result.errors.append(repr(event.exception))
        elif isinstance(event, events.ScenarioFinished):
            note(event, result)
    return result


def note(event: events.ScenarioFinished, result: Tried) -> None:
    """Take over what a scenario found."""
    recorder = event.recorder
    for case_id, checks in recorder.checks.items():
        operation = recorder.cases[case_id].value.operation.label
        interaction = recorder.interactions.get(case_id)
        answered = ""
        if interaction is not None and interaction.response is not None:
            result.statuses[operation, interaction.response.status_code] += 1
            answered = f"{interaction.response.status_code} {interaction.response.content!r}"
        for check in checks:
            result.checks[check.name] += 1
            if check.failure_info is not None:
                failure = check.failure_info.failure
                result.failures.append(
                    f"{operation}: {check.name}: {failure.title}: {failure.message}\n"
                    f"{check.failure_info.code_sample}\n{answered}"
                )


def settings(n_examples: int, seed: int) -> SchemathesisConfig:
    """All checks on, the same requests for the same seed."""
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "continue-on-failure": True,
            "cache": {"enabled": False},
            "operations": [PAGES_OWN_FORM],
            "generation": {"max-examples": n_examples, "deterministic": True},
            "phases": {"stateful": {"generation": {"max-examples": n_examples}, "max-steps": 6}},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": POSSIBLE},
                "negative_data_rejection": {"expected-statuses": [*REFUSED, "503"]},
                "not_a_server_error": {"expected-statuses": ["2xx", "4xx", "503"]},
            },
        }
    )


def sign_in(door: Door, schema: BaseSchema, service: str) -> None:
    """Let every request be sent by a role that may."""
    roles = dict(roles_of(service))

    @schema.auth(refresh_interval=None)  # each request its own
    class _Auth:
        def get(self, _case: Any, context: Any) -> str | None:
            role = roles.get((context.operation.method, context.operation.path))
            return door.token(role) if role else None

        def set(self, case: Any, token: str | None, _context: Any) -> None:
            if token:
                case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}


def roles_of(service: str) -> Iterator[tuple[tuple[str, str], Role]]:
    """A role for each operation that needs one."""
    tables = SERVICE_TABLES[service]
    for route in tables.commands:
        if route.roles:
            yield ("post", path_of(service, route).replace("<id>", "{id}")), role_of(route)
    for query in tables.queries:
        if query.roles:
            for ending in ("", "/{id}"):
                yield ("get", f"/{service}/{query.nouns}{ending}"), min(query.roles)
    yield ("get", f"/{service}/log"), Role.SERVICE


def role_of(route: CommandRoute[Any, Any]) -> Role:
    """Staff, but whoever acts for themself where the command follows from who that is."""
    own, staff = route.roles & OWN_ROLES, route.roles - OWN_ROLES
    return min(own or staff) if route.derived else min(staff or own)


def narrowed(document: dict[str, Any], service: str) -> dict[str, Any]:
    """The document as the callers see it: who sends in their own name names no other; nobody makes up a cursor."""
    for route in SERVICE_TABLES[service].commands:
        if not route.roles:
            continue
        caller = Caller(role=role_of(route), actor=f"{role_of(route)}-1")
        operation = document["paths"][path_of(service, route).replace("<id>", "{id}")]["post"]
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        for name, derive in route.derived.items():
            if name in body["properties"] and re.search(r"_id$", name):
                own = derive(caller, None)
                if own is not None:
                    body["properties"][name] = {"type": "string", "enum": [own]}
    for query in SERVICE_TABLES[service].queries:
        listing = document["paths"][f"/{service}/{query.nouns}"]["get"]
        if not query.roles:
            listing["parameters"] = [part for part in listing["parameters"] if part["name"] not in FOR_STAFF]
        for parameter in listing["parameters"]:
            if parameter["name"] == "after":
                parameter["schema"] = {"type": "string", "maxLength": 0}
    return document


def leave_out_what_is_made_for_sockets(patch: pytest.MonkeyPatch) -> None:
    """Schemathesis 4.32 hands a probe's socket settings on to werkzeug's client, which knows none of them."""
    send = WSGITransport.send

    def without(self: WSGITransport, case: Any, **options: Any) -> Any:
        return send(
            self, case, **{name: value for name, value in options.items() if name not in MADE_FOR_SOCKETS}
        )

    patch.setattr(WSGITransport, "send", without)
