"""What can be asked of a service? OpenAPI 3.1, derived from its tables: `/<service>/openapi.json`."""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.edge.commands import done_example, fields_of_body, path_of
from shared.edge.cursors import LONGEST
from shared.edge.districts import FIELD
from shared.edge.feed import BATCH, LINES, MAX_TIMEOUT_MS, STREAM
from shared.edge.queries import POSITION_PATTERN
from shared.edge.routes import Route
from shared.events.schema import ID_PATTERN, json_schema_for
from shared.kernel.refusal import sentence_of
from shared.service.tables import CommandRoute, Query, ServiceTables

PROBLEM = {"$ref": "#/components/responses/Problem"}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": ID_PATTERN}}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A key that the caller chooses: the same key and request give the first outcome again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128},
}
MIN_POSITION = {
    "name": "min_position",
    "in": "query",
    "description": "Wait up to 5 s until the view has reached this position of its log, or of another: marketplace:57.",
    "schema": {"type": "string", "pattern": POSITION_PATTERN},
}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 500}}
AFTER_ID = {
    "name": "after",
    "in": "query",
    "description": "The `next` of the page before, with the same filters; empty for the first. It is not an id.",
    "schema": {"type": "string", "maxLength": LONGEST},
}
AFTER_POSITION = {
    "name": "after",
    "in": "query",
    "schema": {"type": "integer", "minimum": 0, "maximum": 2**53},
}
STAYS = " What the body leaves out stays as it is, null removes."
SIGNED_IN: list[dict[str, list[str]]] = [{"token": []}]


def document(
    tables: ServiceTables, version: str, further_routes: Iterable[Route] = (), districts: Sequence[str] = ()
) -> dict[str, Any]:
    """The service's whole interface; `further_routes` describe themselves, `districts` are those of the city."""
    paths: dict[str, Any] = {}
    for route in tables.commands:
        if route.roles:
            path = path_of(tables.name, route).replace("<id>", "{id}")
            paths.setdefault(path, {})["post"] = _command(route, districts)
    for query in tables.queries:
        base = f"/{tables.name}/{query.nouns}"
        paths.setdefault(base, {})["get"] = _listing(query, districts)
        paths.setdefault(f"{base}/{{id}}", {})["get"] = _one(query)
    paths[f"/{tables.name}/log"] = {"get": _feed()}
    for described in further_routes:
        if described.operation is not None and described.path.split("/")[1] == tables.name:
            path = described.path.replace("<", "{").replace(">", "}")
            paths.setdefault(path, {})[described.method.lower()] = described.operation
    return {
        "openapi": "3.1.0",
        "info": {"title": f"KoSI-Lab {tables.name}", "version": version},
        "paths": paths,
        "components": _components(),
    }


def _command(route: CommandRoute[Any, Any], districts: Sequence[str]) -> dict[str, Any]:
    without, optional = fields_of_body(route)
    body = _with_districts(json_schema_for(route.command, without, optional), districts)
    if route.amends is not None:
        body = _without_required(body)
    success = "201" if route.starts else "200"
    return {
        "operationId": route.command.__name__,
        "summary": sentence_of(route.command),
        "description": f"For {', '.join(sorted(route.roles))}." + (STAYS if route.amends else ""),
        "security": SIGNED_IN,
        "parameters": [KEY] if route.starts else [ID, KEY],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body}},
        },
        "responses": {
            success: {
                "description": "The command took effect, now or with the first request of this key.",
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/Done"},
                        "example": done_example(),
                    }
                },
            },
            **dict.fromkeys(
                ("400", "401", "403", "404", "409", "413", "414", "415", "422", "429", "503"), PROBLEM
            ),
        },
    }


def _without_required(schema: Any) -> Any:
    """The form of a body that completes what is in force: no field is required."""
    if isinstance(schema, list):
        return [_without_required(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    is_kept = {name: name != "required" or not isinstance(inner, list) for name, inner in schema.items()}
    return {name: _without_required(inner) for name, inner in schema.items() if is_kept[name]}


def _with_districts(schema: Any, districts: Sequence[str]) -> Any:
    """The form with the city's districts where it has one."""
    if isinstance(schema, list):
        return [_with_districts(inner, districts) for inner in schema]
    if not isinstance(schema, dict) or not districts:
        return schema
    return {
        name: {"type": "string", "enum": list(districts)}
        if name == FIELD
        else _with_districts(inner, districts)
        for name, inner in schema.items()
    }


def _listing(query: Query[Any], districts: Sequence[str]) -> dict[str, Any]:
    words: dict[str, Iterable[str]] = {**({FIELD: districts} if districts else {}), **query.words}
    filters = [{"name": name, "in": "query", "schema": _of_filter(words.get(name))} for name in query.filters]
    schema = {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"type": "object"}},
            "next": {"type": ["string", "null"]},
        },
        "required": ["items", "next"],
    }
    return _reading(query, f"{query.nouns}, by id", [*filters, LIMIT, AFTER_ID, MIN_POSITION], schema, ())


def _of_filter(words: Iterable[str] | None) -> dict[str, Any]:
    return {"type": "string", "maxLength": 200} if words is None else {"type": "string", "enum": list(words)}


def _one(query: Query[Any]) -> dict[str, Any]:
    return _reading(query, f"one of {query.nouns}", [ID, MIN_POSITION], {"type": "object"}, ("404",))


def _reading(
    query: Query[Any],
    summary: str,
    parameters: list[dict[str, Any]],
    schema: dict[str, Any],
    required: tuple[str, ...],
) -> dict[str, Any]:
    signed_in = ("401", "403") if query.roles else ("401",)
    return {
        "summary": summary,
        "security": SIGNED_IN if query.roles else [{}, *SIGNED_IN],
        "parameters": parameters,
        "responses": {
            "200": {"description": "The answer.", "content": {"application/json": {"schema": schema}}},
            **dict.fromkeys(("400", "414", "422", "429", "503", *signed_in, *required), PROBLEM),
        },
    }


def _feed() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "summary": "the log by position, byte for byte",
        "security": SIGNED_IN,
        "parameters": [
            AFTER_POSITION,
            LIMIT,
            {"name": "audience", "in": "query", "schema": {"type": "string", "enum": ["open", "internal"]}},
            {"name": "type", "in": "query", "schema": text},
            {"name": "subject", "in": "query", "schema": text},
            {
                "name": "timeout",
                "in": "query",
                "description": "Wait for new events at most this long [ms].",
                "schema": {"type": "integer", "minimum": 0, "maximum": MAX_TIMEOUT_MS},
            },
        ],
        "responses": {
            "200": {
                "description": "Records behind `after`.",
                "content": {
                    BATCH: {"schema": {"type": "array", "items": {"type": "object"}}},
                    LINES: {"schema": text},
                    STREAM: {"schema": text},
                },
            },
            **dict.fromkeys(("400", "401", "403", "406", "414", "422", "429", "503"), PROBLEM),
        },
    }


def _components() -> dict[str, Any]:
    problem = {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "rule": {"type": "string"},
        },
        "required": ["type", "title", "status", "detail"],
    }
    done = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "position": {"type": "integer"},
            "version": {"type": "integer"},
            "events": {"type": "array", "items": {"type": "string"}},
            "possible_duplicates": {
                "type": "array",
                "description": "Organisations with the same name, as far as the caller may see them.",
                "items": {"type": "object"},
            },
        },
        "required": ["id", "position", "version", "events"],
        "additionalProperties": False,
    }
    return {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        "schemas": {"Done": done, "Problem": problem},
        "responses": {
            "Problem": {
                "description": "What is wrong, and what to do; in German where `Accept-Language` prefers it.",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
        },
    }
