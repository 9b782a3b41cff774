"""Do the documents describe what is there: OpenAPI, AsyncAPI, the schemas of the events, the page of them?"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deploy.services import SERVICE_TABLES
from shared.bus.topology import EXCHANGE, routing_key
from shared.edge.commands import path_of
from shared.events.registry import all_types
from shared.service.tables import Role
from tests.edge.door import Door
from tests.shared.events.golden import SAMPLES

TYPES = dict(all_types())
SERVICES = list(SERVICE_TABLES)
MUST_BE_SAID = {"401", "403", "429"}


def references(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for name, inner in document.items():
            if name == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from references(inner)


def resolved(document: dict[str, Any], reference: str) -> Any:
    assert reference.startswith("#/"), "nothing is loaded from elsewhere"
    part: Any = document
    for step in reference.removeprefix("#/").split("/"):
        part = part[step.replace("~1", "/").replace("~0", "~")]
    return part


def schemas_in(document: Any) -> Iterator[Any]:
    if isinstance(document, dict):
        for name, inner in document.items():
            if name in {"schema", "payload"}:
                yield inner
            else:
                yield from schemas_in(inner)
    elif isinstance(document, list):
        for inner in document:
            yield from schemas_in(inner)


@pytest.fixture(params=SERVICES)
def openapi(door: Door, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The document of each service in turn."""
    answer = door.get(f"/{request.param}/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    document: dict[str, Any] = answer.get_json()
    return document


def operations(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_an_openapi_document_is_whole(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"] == "3.1.0"
    assert openapi["info"]["title"]
    assert openapi["info"]["version"]
    for reference in references(openapi):
        assert resolved(openapi, reference)
    for schema in schemas_in(openapi):
        Draft202012Validator.check_schema(schema)


def test_every_operation_says_what_it_is_what_it_takes_and_what_it_answers(openapi: dict[str, Any]) -> None:
    ids = []
    for path, method, operation in operations(openapi):
        assert method in {"get", "post"}
        assert operation["summary"], path
        ids += [operation["operationId"]] if "operationId" in operation else []
        placeholders = set(re.findall(r"{(\w+)}", path))
        declared = {
            parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"
        }
        assert declared == placeholders, path
        assert ("requestBody" in operation) == (method == "post")
        successes = [status for status in operation["responses"] if status.startswith("2")]
        assert len(successes) == 1, path
        for response in operation["responses"].values():
            assert "$ref" in response or response["description"]
    assert len(ids) == len(set(ids))


def test_what_needs_a_sign_in_says_so_and_names_its_refusals(openapi: dict[str, Any]) -> None:
    for path, _, operation in operations(openapi):
        if {} not in operation.get("security", [{}]):
            assert set(operation["responses"]) >= MUST_BE_SAID, path


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_that_somebody_may_send_and_every_query_is_described(door: Door, service: str) -> None:
    tables = SERVICE_TABLES[service]
    described = {
        (method, path) for path, method, _ in operations(door.get(f"/{service}/openapi.json").get_json())
    }
    commands = {
        ("post", path_of(service, route).replace("<id>", "{id}")) for route in tables.commands if route.roles
    }
    queries = {
        ("get", f"/{service}/{query.nouns}{ending}") for query in tables.queries for ending in ("", "/{id}")
    }
    assert {operation for operation in described if operation[0] == "post"} == commands
    assert queries | {("get", f"/{service}/log")} <= described


def test_what_is_described_is_answered(door: Door, openapi: dict[str, Any]) -> None:
    for path, method, operation in operations(openapi):
        if method == "get" and {} in operation.get("security", [{}]) and "{" not in path:
            # only a checkpoint may be missing: nothing of that log was signed yet
            may_be = {200, 404} if path.endswith("/log/checkpoint") else {200}
            assert door.get(path).status_code in may_be, path
        else:
            answer = door.ask(
                method.upper(), path.replace("{id}", "x"), json={} if method == "post" else None
            )
            assert answer.status_code in {401, 404}, path


# --- events -----------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def asyncapi(door: Door) -> dict[str, Any]:
    """The document for those who subscribe."""
    answer = door.get("/asyncapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    document: dict[str, Any] = answer.get_json()
    return document


def test_the_asyncapi_document_is_whole(asyncapi: dict[str, Any]) -> None:
    assert asyncapi["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(asyncapi["info"])
    for reference in references(asyncapi):
        assert resolved(asyncapi, reference)
    for channel in asyncapi["channels"].values():
        assert channel["address"]
        assert channel["messages"]
        assert channel["bindings"]["amqp"]["exchange"]["name"] == EXCHANGE
    for operation in asyncapi["operations"].values():
        assert operation["action"] == "receive"
        assert set(operation["channel"]) == {"$ref"}
    for message in asyncapi["components"]["messages"].values():
        assert message["contentType"] == "application/cloudevents+json"
        Draft202012Validator.check_schema(message["payload"])


def test_every_event_type_has_its_channel_by_its_routing_key(asyncapi: dict[str, Any]) -> None:
    keys = {channel["address"] for channel in asyncapi["channels"].values()}
    assert keys == {routing_key(name, registered.audience) for name, registered in TYPES.items()}
    assert set(asyncapi["components"]["messages"]) == set(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_every_golden_sample_is_a_message_as_described(asyncapi: dict[str, Any], name: str) -> None:
    payload = asyncapi["components"]["messages"][name]["payload"]
    record = json.loads(SAMPLES[name])
    Draft202012Validator(payload).validate(record)
    for attribute in payload["required"]:
        broken = {key: value for key, value in record.items() if key != attribute}
        assert not Draft202012Validator(payload).is_valid(broken)


@pytest.mark.parametrize("name", TYPES)
def test_every_event_type_has_a_schema_of_its_data(door: Door, name: str) -> None:
    type_name, _, version = name.rpartition(".")
    answer = door.get(f"/schemas/{type_name}/{version}.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/schema+json")
    data = json.loads(SAMPLES[name])["data"]
    validator = Draft202012Validator(answer.get_json(force=True))
    validator.validate(data)
    assert not validator.is_valid({**data, "something_else": 1})


@pytest.mark.parametrize(
    "path", ["kosilab.marketplace.OfferPosted/v99", "kosilab.marketplace.Nothing/v1", "x/y", "../x", "%00/v1"]
)
def test_a_schema_of_no_event_type_is_not_found(door: Door, path: str) -> None:
    assert door.get(f"/schemas/{path}.json").status_code == 404


def test_a_real_record_is_as_described(door: Door, asyncapi: dict[str, Any]) -> None:
    door.posted_offer(door.verified_organisation("described"))
    records = [json.loads(record) for service in SERVICES for record in door.records(service)]
    for record in records:
        payload = asyncapi["components"]["messages"][record["type"]]["payload"]
        Draft202012Validator(payload).validate(record)
    assert len(records) >= 3


def test_people_read_of_every_event_type_on_one_page(door: Door) -> None:
    answer = door.get("/docs/events", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    for registered in TYPES.values():
        assert registered.cls.__name__ in answer.text


def test_the_documents_are_the_same_for_everybody(door: Door) -> None:
    for path in ("/asyncapi.json", "/marketplace/openapi.json"):
        assert door.get(path).data == door.get(path, Role.OPERATOR).data
