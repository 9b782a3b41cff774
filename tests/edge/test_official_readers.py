"""Do official tools of others read what we send: the CloudEvents SDK the messages, validators the documents?"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event
from jsonschema import Draft7Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from deploy.services import SERVICE_TABLES
from shared.bus.frames import CONTENT_TYPE
from shared.eventlog.record import schema_path_of
from shared.service.tables import Role
from tests.edge.door import Door
from tests.servers.npm import file_of
from tests.shared.events.golden import SAMPLES

ASYNCAPI = (
    "@asyncapi/specs",
    "6.11.1",
    "01af8744dc33c0c7eb2e908f6a955319ee58b70ecadc9387d1aeb16c0cd28928",
    "schemas/3.0.0.json",
)
"""The schema that the AsyncAPI Initiative publishes: package, version, digest of its archive, file."""

SERVICES = list(SERVICE_TABLES)
A_LOG = ("actors", "marketplace", "employment")


@pytest.fixture(scope="module")
def asyncapi_validator() -> Draft7Validator:
    return Draft7Validator(json.loads(file_of(*ASYNCAPI)))


@pytest.fixture(scope="module")
def city(door: Door) -> Door:
    """A city in which things happened, with sealed slots among them."""
    door.verified_organisation("known-to-others")
    door.posted_offer("known-to-others")
    door.registered_person("volunteer-of-others")
    return door


def lines_of(city: Door, service: str) -> Iterator[bytes]:
    answer = city.get(f"/{service}/log", Role.AUDITOR, headers={"Accept": "application/x-ndjson"})
    yield from answer.data.splitlines()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sdk_reads_every_type_as_a_message(name: str) -> None:
    body = SAMPLES[name]
    read = from_rabbitmq_event(RabbitMQMessage(headers={}, content_type=CONTENT_TYPE, body=body))
    assert (read.get_type(), read.get_data()) == (name, json.loads(body)["data"])


@pytest.mark.parametrize("service", A_LOG)
def test_the_sdk_reads_every_line_of_a_feed(city: Door, service: str) -> None:
    lines = list(lines_of(city, service))
    assert lines
    for line in lines:
        message = HTTPMessage(headers={"content-type": CONTENT_TYPE}, body=line)
        read, sent = from_http_event(message), json.loads(line)
        assert (read.get_id(), read.get_source(), read.get_type()) == (
            sent["id"],
            sent["source"],
            sent["type"],
        )
        assert read.get_dataschema() == sent["dataschema"]
        assert read.get_data() == sent["data"]


@pytest.mark.parametrize("service", A_LOG)
def test_a_batch_is_a_list_of_what_the_sdk_reads(city: Door, service: str) -> None:
    answer = city.get(f"/{service}/log", Role.AUDITOR)
    assert answer.mimetype == "application/cloudevents-batch+json"
    records = [json.dumps(record).encode() for record in answer.get_json()]
    read = [from_http_event(HTTPMessage({"content-type": CONTENT_TYPE}, body)) for body in records]
    later = [json.loads(line)["sequence"] for line in lines_of(city, service)]
    assert read
    assert [event.get_extension("sequence") for event in read] == later[: len(read)]


@pytest.mark.parametrize("service", A_LOG)
def test_every_record_names_its_schema_by_an_absolute_uri_that_no_host_is_part_of(
    city: Door, service: str
) -> None:
    for line in lines_of(city, service):
        sent = json.loads(line)
        name, _, version = sent["type"].rpartition(".v")
        assert sent["dataschema"] == f"urn:kosilab:schema:{name}:{version}"
        parts = urlsplit(sent["dataschema"])
        assert (parts.scheme, parts.netloc) == ("urn", "")
        assert city.get(schema_path_of(sent["type"])).status_code == 200


def test_attributes_of_an_open_record_have_the_types_that_cloudevents_allows(city: Door) -> None:
    """Internal ones may carry `sealed`, an object (docs/adr/0017)."""
    for service in A_LOG:
        for record in city.get(f"/{service}/log?audience=open", Role.DOWNSTREAM).get_json():
            attributes = {name: value for name, value in record.items() if name != "data"}
            assert all(name.isascii() and name.isalnum() and name.islower() for name in attributes), (
                attributes
            )
            assert all(isinstance(value, str | int | bool) for value in attributes.values()), attributes


@pytest.mark.parametrize("service", SERVICES)
def test_openapi_documents_are_valid(door: Door, service: str) -> None:
    document: dict[str, Any] = door.get(f"/{service}/openapi.json").get_json()
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    broken = document | {"info": {"title": "without a version"}}
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


def test_the_asyncapi_document_is_valid(door: Door, asyncapi_validator: Draft7Validator) -> None:
    document: dict[str, Any] = door.get("/asyncapi.json").get_json()
    assert [error.message for error in asyncapi_validator.iter_errors(document)] == []
    operation = {"action": "recieve", "channel": {"$ref": "#/channels/x"}}
    assert list(asyncapi_validator.iter_errors(document | {"operations": {"x": operation}}))
