"""What does OpenAPI say of reporting's figures? Parameters, forms and refusals, exactly as the edge has them."""

from typing import Any

from services.reporting.answers import ALWAYS
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.sheet import DIALECTS, NUMBERS
from shared.edge.openapi import PROBLEM, SIGNED_IN
from shared.events.registry import SERVICES
from shared.events.schema import ID_PATTERN

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
NUMBER = {"type": ["integer", "string", "null"]}
MAYBE = {"type": ["string", "null"]}
DAY = {"type": "string", "format": "date"}
ASKED = ("from", "to", "lab", "by")
BREAKDOWNS = sorted({*ALWAYS, *(group for one in INDICATORS.values() for group in one.groups)})

NAME = {
    "name": "name",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "enum": list(INDICATORS)},
}
PERIOD = (
    {"name": "from", "in": "query", "schema": DAY, "description": "The first day that counts, in UTC."},
    {"name": "to", "in": "query", "schema": DAY, "description": "The last day that counts, in UTC."},
)
ABOUT = (
    {"name": "lab", "in": "query", "schema": {"type": "string", "pattern": ID_PATTERN}},
    *PERIOD,
)
AS_OF = {
    "name": "as_of",
    "in": "query",
    "description": "For auditors: a day or moment before which it was recorded, effective:<day>, <service>:<position>.",
    "schema": {
        "type": "string",
        "pattern": "^(effective:)?2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$",
    },
}
BY = {
    "name": "by",
    "in": "query",
    "schema": {"type": "string", "enum": BREAKDOWNS},
    "description": "Break the figure down; the listing says by what each can be.",
}
DIALECT = {"name": "dialect", "in": "query", "schema": {"type": "string", "enum": list(DIALECTS)}}
MIN_POSITION = {
    "name": "min_position",
    "in": "query",
    "description": "Wait up to 5 s until the figures have passed this position of a log (`marketplace:57`).",
    "schema": {"type": "string", "pattern": f"^(({'|'.join(SERVICES)}):)?[0-9]{{1,18}}$"},
}

DEFINITION: dict[str, Any] = {
    "id": {"type": "string", "description": "as in the handbook, for example X3"},
    "name": TEXT,
    "version": {"type": "integer", "minimum": 1},
    **dict.fromkeys(
        ("title", "title_de", "formula", "formula_de", "definition", "unit", "step", "measure"), TEXT
    ),
    "shows": TEXTS,
    "protects": {"type": "string", "enum": ["persons", "organisations"]},
    "breakdowns": TEXTS,
}
CUTOFF = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
RESULT: dict[str, Any] = {
    "type": "object",
    "required": ["value"],
    "properties": {
        "group": TEXT,
        **dict.fromkeys(NUMBERS, NUMBER),
        "suppressed": TEXT,
        "withheld": TEXT,
        "suppressed_parts": TEXTS,
    },
    "additionalProperties": False,
}
FIGURE = {
    "type": "object",
    "required": [
        *DEFINITION,
        *ASKED,
        "cutoff",
        "suppression_policy",
        "contains_synthetic",
        "result",
    ],
    "properties": {
        **DEFINITION,
        **dict.fromkeys(ASKED, MAYBE),
        "cutoff": CUTOFF,
        "suppression_policy": TEXT,
        "contains_synthetic": {"type": "boolean"},
        "result": RESULT,
        "groups": {"type": "array", "items": RESULT},
    },
}
LISTED = {"type": "object", "required": list(DEFINITION), "properties": DEFINITION}
LINEAGE = {
    "type": "object",
    "required": [*DEFINITION, "query", "facts", "event_types", "events", "cutoff", "suppression_policy"],
    "properties": {
        **DEFINITION,
        "query": TEXT,
        "facts": {"type": "object", "additionalProperties": TEXTS},
        "event_types": TEXTS,
        "events": {"type": "array", "items": {"type": "object"}},
        "cutoff": CUTOFF,
    },
}


def items(schema: dict[str, Any]) -> dict[str, Any]:
    """A listing of such things."""
    listed = {"type": "array", "items": schema}
    return {"type": "object", "required": ["items"], "properties": {"items": listed}}


def operation(
    summary: str,
    *parameters: dict[str, Any],
    schema: dict[str, Any],
    also_as: str = "text/html",
    refusals: tuple[str, ...] = (),
) -> dict[str, Any]:
    """One path's GET: JSON by default, and one other form."""
    content = {"application/json": {"schema": schema}, also_as: {"schema": TEXT}}
    return {
        "summary": summary,
        "security": [{}, *SIGNED_IN],
        "parameters": list(parameters),
        "responses": {
            "200": {"description": "As asked.", "content": content},
            **dict.fromkeys(("400", "401", "422", "429", "503", *refusals), PROBLEM),
        },
    }


def sheet_operation() -> dict[str, Any]:
    """The GET of a figure as CSV."""
    described = operation(
        "one figure as CSV",
        NAME,
        *ABOUT,
        BY,
        AS_OF,
        DIALECT,
        MIN_POSITION,
        schema=TEXT,
        refusals=("403", "404"),
    )
    described["responses"]["200"]["content"] = {"text/csv": {"schema": TEXT}}
    return described


OVERVIEW = operation("every figure, by year", MIN_POSITION, schema=items(FIGURE))
LISTING = operation("every indicator with its definition", schema=items(LISTED))
ONE = operation("one figure", NAME, *ABOUT, BY, AS_OF, MIN_POSITION, schema=FIGURE, refusals=("403", "404"))
SHEET = sheet_operation()
TRACE = operation("where a figure comes from", NAME, schema=LINEAGE, refusals=("404",))
