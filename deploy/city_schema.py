"""Which form must a city file have? The schema with which `load_city` checks it, for editors too."""

from collections.abc import Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, fields
from marshmallow.validate import Regexp

from deploy.city import CityFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def city_schema() -> dict[str, Any]:
    """The JSON Schema of a city file; unknown keys are errors."""
    return {"$schema": DIALECT, "title": "A city of KoSI-Lab", **_object(CityFile())}


def _object(schema: Schema) -> dict[str, Any]:
    named: Mapping[str, fields.Field[Any]] = schema.fields
    return {
        "type": "object",
        "properties": {name: _value(field) for name, field in named.items()},
        "required": sorted(name for name, field in named.items() if field.required),
        "additionalProperties": schema.unknown == INCLUDE,
    }


def _value(field: fields.Field[Any]) -> dict[str, Any]:
    if isinstance(field, fields.Nested):
        return _object(field.schema)
    if isinstance(field, fields.List):
        return {"type": "array", "items": _value(field.inner)}
    pattern = next((rule.regex.pattern for rule in field.validators if isinstance(rule, Regexp)), None)
    return {"type": "string"} if pattern is None else {"type": "string", "pattern": pattern}
