"""What does OpenAPI say of a person's own data? Parameters, forms and refusals, exactly as the edge has them."""

from typing import Any

from services.actors.personal import FIELDS
from shared.edge.openapi import ID, PROBLEM, SIGNED_IN
from shared.events.vocabulary import Purpose

TEXT = {"type": "string"}
MAYBE = {"type": ["string", "null"]}
SEALED = dict.fromkeys(FIELDS, MAYBE)
PURPOSE = {
    "name": "purpose",
    "in": "query",
    "required": True,
    "schema": {"type": "string", "enum": [str(purpose) for purpose in Purpose]},
}
EVENT = {
    "type": "object",
    "required": ["type", "time", "purpose", "role"],
    "properties": {"type": TEXT, "time": TEXT, "purpose": MAYBE, "role": MAYBE},
}


def _operation(
    name: str, summary: str, properties: dict[str, Any], parameters: list[Any], *refusals: str
) -> dict[str, Any]:
    schema = {"type": "object", "required": list(properties), "properties": properties}
    return {
        "operationId": name,
        "summary": summary,
        "security": SIGNED_IN,
        "parameters": parameters,
        "responses": {
            "200": {"description": "As asked.", "content": {"application/json": {"schema": schema}}},
            **dict.fromkeys(
                ("400", "401", "403", "404", "409", "414", "422", "429", "503", *refusals), PROBLEM
            ),
        },
    }


PERSONAL = _operation(
    "Disclosures",
    "What is sealed of a person, opened for a purpose that they agreed to; every look is an event.",
    {"id": TEXT, **SEALED, "is_erased": {"type": "boolean"}},
    [ID, PURPOSE],
)
OWN = _operation(
    "OwnData",
    "All that is kept about the person who asks.",
    {
        "person_id": TEXT,
        "context": TEXT,
        "personal": {"type": "object", "properties": SEALED},
        "is_erased": {"type": "boolean"},
        "consents": {"type": "array", "items": TEXT},
        "events": {"type": "array", "items": EVENT},
    },
    [],
)
