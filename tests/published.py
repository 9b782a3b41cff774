"""Does a record hold to the schema that its type has under `/schemas/`? As a reader of the feed would judge it."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from shared.edge.documents import schema_document
from shared.events.registry import by_wire_name


@cache
def _validator(type_name: str) -> Any:
    registered = by_wire_name(type_name)
    assert registered is not None, type_name
    return Draft202012Validator(schema_document(type_name, registered), format_checker=FormatChecker())


def assert_hold_their_schemas(records: Iterable[bytes]) -> None:
    """Every record's data are of the form that its type's document says."""
    for record in map(json.loads, records):
        errors = [error.message for error in _validator(record["type"]).iter_errors(record["data"])]
        assert errors == [], (record["type"], record["data"])
