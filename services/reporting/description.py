"""How does OpenAPI describe reporting's figures? With the parameters, forms and refusals of the edge.

What depends on the indicators is read from their declarations when the routes are made.
"""

from typing import Any, NamedTuple

from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.indicators.indicator import Chart
from services.reporting.indicators.written import Written
from services.reporting.sheet import DIALECTS, numbers
from shared.edge.openapi import PROBLEM, SIGNED_IN
from shared.events.registry import SERVICES
from shared.events.schema import ID_PATTERN

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
NUMBER = {"type": ["integer", "string", "null"]}
MAYBE = {"type": ["string", "null"]}
DAY = {"type": "string", "format": "date"}
ASKED = ("from", "to", "lab", "by")
PERIOD = (
    {
        "name": "from",
        "in": "query",
        "schema": DAY,
        "description": "The first day that counts, a day in the city.",
    },
    {
        "name": "to",
        "in": "query",
        "schema": DAY,
        "description": "The last day that counts, a day in the city.",
    },
)
ABOUT = (
    {"name": "lab", "in": "query", "schema": {"type": "string", "pattern": ID_PATTERN}},
    *PERIOD,
)
AS_OF = {
    "name": "as_of",
    "in": "query",
    "description": "The date of a published state. For auditors: a day or moment (recorded before it), "
    "effective:<day>, or <service>:<position>.",
    "schema": {
        "type": "string",
        "pattern": "^(effective:)?2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$",
    },
}
VERSION = {
    "name": "version",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1, "maximum": 999_999},
    "description": "A version of the definition; by default the newest. The listing names all versions.",
}
DIALECT = {"name": "dialect", "in": "query", "schema": {"type": "string", "enum": list(DIALECTS)}}
MIN_POSITION = {
    "name": "min_position",
    "in": "query",
    "description": "For auditors: wait up to 5 s until this position of a log is counted (`marketplace:57`).",
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
WORDS = {"type": "object", "required": ["en", "de"], "properties": {"en": TEXT, "de": TEXT}}
DECLARATION: dict[str, Any] = {
    "topic": {
        "type": "object",
        "required": ["letter", "name"],
        "properties": {"letter": TEXT, "order": {"type": "integer"}, "name": WORDS},
    },
    "numerator": WORDS,
    "denominator": {"anyOf": [WORDS, {"type": "null"}]},
    "cohort": {
        **WORDS,
        "properties": {
            **WORDS["properties"],  # type: ignore[dict-item]  # an object's own
            "window": {"type": ["object", "null"], "additionalProperties": {"type": "integer", "minimum": 0}},
            "waiting_months": {"type": "integer", "minimum": 0},
        },
    },
    "written": {"type": "string", "enum": list(Written)},
    "parts": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["name", "head", "written"],
            "properties": {"name": TEXT, "head": WORDS, "written": TEXT},
        },
    },
    "breakdown_words": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "required": ["label", "groups"],
            "properties": {
                "label": WORDS,
                "groups": {"type": "object", "additionalProperties": WORDS},
            },
        },
    },
    "reasons": {"type": "array", "items": WORDS},
    "chart": {"type": "string", "enum": list(Chart)},
    "dimension": {**WORDS, "description": "of social innovation, as SI-DRIVE has them"},
    "reference": {
        "type": ["object", "null"],
        "required": ["value", "source"],
        "properties": {"value": TEXT, "source": WORDS},
    },
    "versions": {"type": "array", "items": {"type": "integer", "minimum": 1}},
}
CUTOFF = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
DATES: dict[str, Any] = {
    "live_on": {**DAY, "description": "The day of a live figure, a day in the city."},
    "as_of": {"type": "object", "description": "The manifest of a cut-off, for auditors."},
    "state": {**MAYBE, "description": "The date of the published state; live figures have none."},
}
LISTED = {
    "type": "object",
    "required": [*DEFINITION, *DECLARATION],
    "properties": {**DEFINITION, **DECLARATION},
}
LINEAGE = {
    "type": "object",
    "required": [
        *LISTED["required"],
        "query",
        "facts",
        "event_types",
        "events",
        "suppression_policy",
    ],
    "properties": {
        **DEFINITION,
        **DECLARATION,
        "query": TEXT,
        "facts": {"type": "object", "additionalProperties": TEXTS},
        "event_types": TEXTS,
        "events": {"type": "array", "items": {"type": "object"}},
        "cutoff": CUTOFF,
        "state": MAYBE,
    },
}
RELEASE = {
    "type": "object",
    "required": ["state", "digest", "definitions", "suppression_policy", "n_cells"],
    "properties": {
        "state": DAY,
        "digest": TEXT,
        "definitions": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
        "suppression_policy": TEXT,
        "n_cells": {"type": "integer", "minimum": 0},
    },
}


class Operations(NamedTuple):
    """The OpenAPI description of each of reporting's addresses."""

    overview: dict[str, Any]
    listing: dict[str, Any]
    single: dict[str, Any]
    sheet: dict[str, Any]
    code_book: dict[str, Any]
    lineage: dict[str, Any]
    releases: dict[str, Any]
    release: dict[str, Any]
    released: dict[str, Any]
    released_sheet: dict[str, Any]


def operations() -> Operations:
    """The addresses as the declared indicators make them."""
    name = {
        "name": "name",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "enum": list(INDICATORS)},
    }
    by = {
        "name": "by",
        "in": "query",
        "schema": {"type": "string", "enum": sorted(breakdown.name for breakdown in INDICATORS.breakdowns)},
        "description": "Break the figure down; the listing names each figure's breakdowns.",
    }
    asked = (name, *ABOUT, by, AS_OF, VERSION)
    state = {
        "name": "date",
        "in": "path",
        "required": True,
        "schema": DAY,
        "description": "The date of a state.",
    }
    of_state = (state, name, *ABOUT, by, VERSION)
    return Operations(
        overview=operation("every figure, by year", MIN_POSITION, schema=items(figure()), refusals=("403",)),
        listing=operation("every indicator with its definition", schema=items(LISTED)),
        single=operation("one figure", *asked, MIN_POSITION, schema=figure(), refusals=("403", "404")),
        sheet=sheet_operation("one figure as CSV: its groups, or the whole", *asked, DIALECT, MIN_POSITION),
        code_book=sheet_operation("what the columns of a figure's CSV hold", name, VERSION, DIALECT),
        lineage=operation("the origin of a figure", name, VERSION, schema=LINEAGE, refusals=("404",)),
        releases=operation("every published state of the figures", schema=items(RELEASE)),
        release=operation(
            "every figure of a state, by year", state, schema=items(figure()), refusals=("404",)
        ),
        released=operation("one figure of a state", *of_state, schema=figure(), refusals=("403", "404")),
        released_sheet=sheet_operation("one figure of a state as CSV", *of_state, DIALECT),
    )


def figure() -> dict[str, Any]:
    """The form of a figure."""
    result: dict[str, Any] = {
        "type": "object",
        "required": ["value"],
        "properties": {
            "group": TEXT,
            **dict.fromkeys(numbers(), NUMBER),
            "suppressed": TEXT,
            "withheld": TEXT,
            "suppressed_parts": TEXTS,
            "since": DAY,
            "counted_openly": {"type": "boolean"},
        },
        "additionalProperties": False,
    }
    asked = dict.fromkeys(ASKED, MAYBE)
    return {
        "type": "object",
        "required": [
            *DEFINITION,
            *asked,
            "suppression_policy",
            "contains_synthetic",
            "result",
        ],
        "properties": {
            **DEFINITION,
            **asked,
            "cutoff": CUTOFF,
            **DATES,
            "first_state": DAY,
            "note": TEXT,
            "suppression_policy": TEXT,
            "contains_synthetic": {"type": "boolean"},
            "result": result,
            "groups": {"type": "array", "items": result},
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
            "200": {"description": "The answer.", "content": content},
            **dict.fromkeys(("400", "401", "422", "429", "503", *refusals), PROBLEM),
        },
    }


def sheet_operation(summary: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    """The GET of a table as CSV."""
    described = operation(summary, *parameters, schema=TEXT, refusals=("403", "404"))
    described["responses"]["200"]["content"] = {"text/csv": {"schema": TEXT}}
    return described
