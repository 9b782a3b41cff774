"""Which events can one subscribe to? `/asyncapi.json`, `/schemas/<type>/<version>.json` and the page `/docs/events`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Any

from werkzeug.wrappers import Request, Response

from shared.bus.topology import EXCHANGE, routing_key
from shared.edge.districts import Municipality
from shared.edge.links import LANGUAGE, rooted
from shared.edge.openapi import document
from shared.edge.pages import page_response
from shared.edge.problems import Problem
from shared.edge.queries import refuse_unknown
from shared.edge.routes import Answer, Route
from shared.eventlog.record import schema_of, schema_path_of
from shared.events.registry import EventType, all_types, by_wire_name
from shared.events.schema import json_schema_for
from shared.kernel.refusal import sentence_of
from shared.service.tables import ServiceTables

VERSION = "0.1.0"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document_routes(
    services: Iterable[ServiceTables],
    city: Municipality,
    further_routes: Sequence[Route] = (),
) -> list[Route]:
    """The routes of all that documents the instance; `further_routes` describe themselves."""
    openapi = [
        Route(
            "GET",
            f"/{tables.name}/openapi.json",
            _openapi(document(tables, VERSION, further_routes, city.districts)),
        )
        for tables in services
    ]
    return [
        *openapi,
        Route("GET", "/asyncapi.json", _constant(asyncapi(city.slug))),
        Route("GET", "/schemas/<type_name>/<version>.json", schema),
        Route("GET", "/docs/events", partial(events_page, city.name)),
    ]


def asyncapi(city: str) -> dict[str, Any]:
    """What the broker carries, as AsyncAPI 3.0.

    Source: AsyncAPI 3.0.0.
    """
    channels, operations, messages = {}, {}, {}
    for name, registered in all_types():
        key = routing_key(name, registered.audience)
        channels[name] = {
            "address": key,
            "messages": {name: {"$ref": f"#/components/messages/{name}"}},
            "bindings": {
                "amqp": {"is": "routingKey", "exchange": {"name": EXCHANGE, "type": "topic", "durable": True}}
            },
        }
        operations[f"receive.{name}"] = {"action": "receive", "channel": {"$ref": f"#/channels/{name}"}}
        messages[name] = {
            "name": name,
            "title": registered.cls.__name__,
            "summary": sentence_of(registered.cls),
            "contentType": "application/cloudevents+json",
            "tags": [{"name": str(registered.audience)}],
            "payload": record_schema(name, registered),
        }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"KoSI-Lab {city}: events", "version": VERSION},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def record_schema(name: str, registered: EventType) -> dict[str, Any]:
    """The schema of a record of one type: the CloudEvent's attributes around its data."""
    text = {"type": "string"}
    required = (
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "recordedtime",
        "sequence",
        "previous",
    )
    return {
        "type": "object",
        "required": [*required, "streamversion", "commandid", "audience", "data"],
        "properties": {
            **dict.fromkeys(required, text),
            "type": {"const": name},
            "audience": {"const": str(registered.audience)},
            "streamversion": {"type": "integer", "minimum": 1},
            "commandid": text,
            "data": json_schema_for(registered.cls, of_kept=True),
        },
    }


def schema(_: Request, args: Mapping[str, str]) -> Response:
    """The JSON Schema of one event's data, to which each record's `dataschema` points."""
    registered = by_wire_name(f"{args['type_name']}.v{args['version'].removeprefix('v')}")
    if registered is None:
        raise Problem(404, "There is no such event type.")
    name = registered.wire_name(args["type_name"].split(".")[1])
    return Response(json.dumps(schema_document(name, registered)), mimetype="application/schema+json")


def schema_document(name: str, registered: EventType) -> dict[str, Any]:
    """The JSON Schema of a type's data; its `$id` is what records name it by."""
    return {"$schema": DIALECT, "$id": schema_of(name)} | json_schema_for(registered.cls, of_kept=True)


def events_page(city_name: str, request: Request, _: Mapping[str, str]) -> Response:
    """Every event type, for people."""
    refuse_unknown(request, {LANGUAGE})
    by_service: dict[str, list[dict[str, Any]]] = {}
    for name, registered in all_types():
        shown = {
            "title": registered.cls.__name__,
            "version": name.rpartition(".v")[2],
            "schema": schema_path_of(name),
            "audience": str(registered.audience),
            "sentence": sentence_of(registered.cls),
            "fields": [field.name for field in fields(registered.cls)],
        }
        by_service.setdefault(name.split(".")[1], []).append(shown)
    return page_response(request, "events.html", city=city_name, services=list(by_service.items()))


def _openapi(content: dict[str, Any]) -> Answer:
    """The document, with the path under which this reader finds the city as its server."""

    def answer(request: Request, _: Mapping[str, str]) -> Response:
        servers = {"servers": [{"url": rooted(request, "") or "/"}]}
        return Response(json.dumps(content | servers, ensure_ascii=False), mimetype="application/json")

    return answer


def _constant(content: dict[str, Any]) -> Answer:
    body = json.dumps(content, ensure_ascii=False)
    return lambda *_: Response(body, mimetype="application/json")
