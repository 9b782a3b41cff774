"""Which events can one subscribe to? `/asyncapi.json`, `/schemas/<type>/<version>.json` and the page `/docs/events`."""

import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from werkzeug.wrappers import Request, Response

from shared.bus.topology import EXCHANGE, routing_key
from shared.edge.openapi import document
from shared.edge.problems import Problem
from shared.edge.routes import Route
from shared.events.registry import EventType, all_types, by_wire_name
from shared.events.schema import json_schema_for
from shared.kernel.refusal import sentence_of
from shared.service.tables import ServiceTables

VERSION = "0.1.0"


def document_routes(services: Iterable[ServiceTables], city: str) -> list[Route]:
    """The routes of all that documents the instance."""
    openapi = [
        Route("GET", f"/{tables.name}/openapi.json", _constant(document(tables, VERSION)))
        for tables in services
    ]
    return [
        *openapi,
        Route("GET", "/asyncapi.json", _constant(asyncapi(city))),
        Route("GET", "/schemas/<type_name>/<version>.json", schema),
        Route("GET", "/docs/events", events_page),
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
    """The form of a record of one type: the CloudEvent's attributes around its data."""
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
            "data": json_schema_for(registered.cls),
        },
    }


def schema(_: Request, args: Mapping[str, str]) -> Response:
    """The JSON Schema of one event's data."""
    registered = by_wire_name(f"{args['type_name']}.{args['version']}")
    if registered is None:
        raise Problem(404, "There is no such event type.")
    return Response(json.dumps(json_schema_for(registered.cls)), mimetype="application/schema+json")


def events_page(_: Request, __: Mapping[str, str]) -> Response:
    """Every event type, for people."""
    rows = "".join(
        f"<tr><td><code>{html.escape(name)}</code></td><td>{registered.audience}</td>"
        f"<td>{html.escape(sentence_of(registered.cls))}</td>"
        f"<td>{html.escape(', '.join(field.name for field in fields(registered.cls)))}</td></tr>"
        for name, registered in all_types()
    )
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Events</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/static/kosilab.css"></head>'
        "<body><main><h1>Events</h1><p>Every record is one CloudEvent; the log, the message and the feed hold the same "
        'bytes. Machines read <a href="/asyncapi.json">asyncapi.json</a>; one schema each is at '
        "<code>/schemas/&lt;type&gt;/&lt;version&gt;.json</code>.</p>"
        "<table><caption>All event types</caption><thead><tr><th scope='col'>type</th><th scope='col'>audience</th>"
        f"<th scope='col'>what happened</th><th scope='col'>fields</th></tr></thead><tbody>{rows}</tbody></table>"
        "</main></body></html>"
    )
    return Response(page, mimetype="text/html")


def _constant(content: dict[str, Any]) -> Any:
    body = json.dumps(content, ensure_ascii=False)
    return lambda *_: Response(body, mimetype="application/json")
