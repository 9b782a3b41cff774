"""Of which form is a city file, for an editor that checks it? The same schema that `load_city` checks with."""

from collections.abc import Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, fields
from marshmallow.validate import Regexp

from deploy.city import CityFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def city_schema() -> dict[str, Any]:
    """The JSON Schema of a city file; a key that it does not name is an error where it names any."""
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
