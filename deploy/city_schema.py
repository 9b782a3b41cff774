"""Which form does a city file have? A schema for editors, the same that `load_city` checks with."""

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from deploy.city import CityFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OPENAPI = "3.1.0"


def city_schema() -> dict[str, Any]:
    """The JSON Schema of a city file; in a section that names its keys, every other key is an error."""
    plugin = MarshmallowPlugin(schema_name_resolver=_inline)
    APISpec("city file", "1", OPENAPI, plugins=[plugin])
    converter = plugin.converter
    if converter is None:
        raise RuntimeError("apispec made no converter")
    schema = converter.schema2jsonschema(CityFile)  # type: ignore[no-untyped-call]
    return {"$schema": DIALECT, "title": "A city of KoSI-Lab", **_closed(schema)}


def _inline(_schema: object) -> str:
    """No name: each section stands where it is used."""
    return ""


def _closed(schema: Any) -> Any:
    """The schema; an object that names its keys allows no others."""
    if not isinstance(schema, dict):
        return [_closed(part) for part in schema] if isinstance(schema, list) else schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if schema.get("properties") and schema.get("type") == "object":
        closed["additionalProperties"] = False
    return closed
