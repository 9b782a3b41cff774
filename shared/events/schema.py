"""What form must JSON have at the edges? Marshmallow and JSON Schema, both derived from the dataclass.

Wrong form (missing, unknown, wrong type) and impossible value (no such day, too long) are different answers:
messages of the second kind begin with NOT_POSSIBLE.
"""

import re
import types
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import marshmallow as ma

from shared.events.codec import sealed_fields
from shared.kernel.sentence import Sentence

NOT_POSSIBLE = "Not possible: "
MAX_TEXT = 2_000
MAX_LIST = 100
LARGEST_INTEGER = 2**31 - 1
ID_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"
DECIMAL_PATTERN = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Text(ma.fields.Field[str]):
    """Text of a bounded length without control characters; ids are of one form."""

    def __init__(self, *, is_id: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.is_id = is_id

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise ma.ValidationError("Not a string.")
        if self.is_id and not re.fullmatch(ID_PATTERN, value):
            raise ma.ValidationError(
                f"{NOT_POSSIBLE}an id has 1 to 64 letters, digits, dots, dashes or underscores."
            )
        if len(value) > MAX_TEXT or _CONTROL.search(value):
            raise ma.ValidationError(
                f"{NOT_POSSIBLE}at most {MAX_TEXT} characters, none of them a control character."
            )
        return value


class WholeNumber(ma.fields.Field[int]):
    """A JSON integer of at most 31 bits."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON knows one kind of number: 1.0 is 1
        if not isinstance(value, int) or isinstance(value, bool):
            raise ma.ValidationError("Not a whole number.")
        if abs(value) > LARGEST_INTEGER:
            raise ma.ValidationError(f"{NOT_POSSIBLE}the number is too large.")
        return value


class Truth(ma.fields.Field[bool]):
    """true or false, and nothing that merely looks like them."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise ma.ValidationError("Not true or false.")
        return value


class DecimalText(ma.fields.Field[Decimal]):
    """A decimal as a string, never a float."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        if not isinstance(value, str):
            raise ma.ValidationError('Not a decimal as a string, such as "12.5".')
        if not re.fullmatch(DECIMAL_PATTERN, value, re.ASCII):
            raise ma.ValidationError(
                f'{NOT_POSSIBLE}up to 12 digits, a point and up to 6 more, such as "12.5".'
            )
        return Decimal(value)

    def _serialize(self, value: Decimal | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else str(value)


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


class Day(ma.fields.Field[date]):
    """A day as YYYY-MM-DD."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        if not isinstance(value, str):
            raise ma.ValidationError('Not a day as a string, such as "2026-03-31".')
        try:
            return _day(value)
        except ValueError:
            raise ma.ValidationError(f'{NOT_POSSIBLE}a day is written "2026-03-31" and exists.') from None

    def _serialize(self, value: date | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.isoformat()


class Moment(ma.fields.Field[datetime]):
    """A time with its offset from UTC, kept in UTC."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        if not isinstance(value, str):
            raise ma.ValidationError('Not a time as a string, such as "2026-03-31T12:00:00Z".')
        try:
            return _moment(value)
        except (ValueError, OverflowError):
            raise ma.ValidationError(f'{NOT_POSSIBLE}a time is written "2026-03-31T12:00:00Z".') from None

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Choice(ma.fields.Field[StrEnum]):
    """One word of a closed list."""

    def __init__(self, words: type[StrEnum], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = words

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> StrEnum:
        if not isinstance(value, str):
            raise ma.ValidationError("Not a string.")
        try:
            return self.words(value)
        except ValueError:
            words = Sentence(NOT_POSSIBLE + "must be one of: {words}.", words=", ".join(self.words))
            raise ma.ValidationError(words) from None

    def _serialize(self, value: StrEnum | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else str(value)


class Several(ma.fields.List[Any]):
    """A list of bounded length, as a tuple."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ma.ValidationError("Not a list.")
        if len(value) > MAX_LIST:
            raise ma.ValidationError(f"{NOT_POSSIBLE}at most {MAX_LIST} entries.")
        return tuple(super()._deserialize(value, *args, **kwargs))


@cache
def schema_for(
    cls: type, without: frozenset[str] = frozenset(), optional: frozenset[str] = frozenset()
) -> type[ma.Schema]:
    """The marshmallow schema of a frozen dataclass; `load` gives the dataclass, `dump` its JSON form.

    With `without` or `optional`, `load` gives a dict instead: the caller fills in the rest.
    """
    hints = get_type_hints(cls)
    written = written_fields(cls, without)
    members: dict[str, Any] = {
        field.name: _member(hints[field.name], field, is_optional=field.name in optional) for field in written
    }
    if not without and not optional:
        members["made"] = ma.post_load(lambda _self, loaded, **_: cls(**loaded))
    return type(f"{cls.__name__}Schema", (ma.Schema,), members)


def written_fields(cls: type, without: frozenset[str] = frozenset()) -> list[Field[Any]]:
    """The fields that the JSON holds: all but those named and those that are sealed."""
    sealed = sealed_fields(cls)
    return [field for field in fields(cls) if field.name not in without and field.name not in sealed]


def _member(hint: Any, field: Field[Any], *, is_optional: bool) -> ma.fields.Field[Any]:
    inner, nullable = _without_none(hint)
    kwargs: dict[str, Any] = {
        "allow_none": nullable,
        "required": not (is_optional or has_default(field)),
        "error_messages": {"required": "is required"},
    }
    return _field(inner, field.name, kwargs)


def _field(hint: Any, name: str, kwargs: dict[str, Any]) -> ma.fields.Field[Any]:
    if get_origin(hint) is tuple:
        return Several(_field(get_args(hint)[0], name.removesuffix("s"), {"required": True}), **kwargs)
    if is_dataclass(hint):
        return ma.fields.Nested(schema_for(hint), **kwargs)  # type: ignore[arg-type]
    if issubclass(hint, StrEnum):
        return Choice(hint, **kwargs)
    if hint is str:
        return Text(is_id=name == "id" or name.endswith("_id"), **kwargs)
    simple: dict[type, Callable[..., ma.fields.Field[Any]]] = {
        int: WholeNumber,
        bool: Truth,
        Decimal: DecimalText,
        date: Day,
        datetime: Moment,
    }
    return simple[hint](**kwargs)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, types.UnionType):
        parts = [part for part in get_args(hint) if part is not type(None)]
        return parts[0], len(parts) < len(get_args(hint))
    return hint, False


def has_default(field: Field[Any]) -> bool:
    """Whether a field may be left out."""
    return field.default is not MISSING or field.default_factory is not MISSING


def json_schema_for(
    cls: type, without: frozenset[str] = frozenset(), optional: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The same form as JSON Schema 2020-12."""
    hints = get_type_hints(cls)
    written = written_fields(cls, without)
    required = [field.name for field in written if not has_default(field) and field.name not in optional]
    return {
        "type": "object",
        "description": (cls.__doc__ or "").strip().splitlines()[0],
        "properties": {field.name: _json_type(hints[field.name], field.name) for field in written},
        "required": required,
        "additionalProperties": False,
    }


def _json_type(hint: Any, name: str) -> dict[str, Any]:
    inner, nullable = _without_none(hint)
    schema = _json_inner(inner, name)
    return {"anyOf": [schema, {"type": "null"}]} if nullable else schema


def _json_inner(hint: Any, name: str) -> dict[str, Any]:
    if get_origin(hint) is tuple:
        items = _json_type(get_args(hint)[0], name.removesuffix("s"))
        return {"type": "array", "items": items, "maxItems": MAX_LIST}
    if is_dataclass(hint):
        return json_schema_for(hint)  # type: ignore[arg-type]
    if issubclass(hint, StrEnum):
        return {"type": "string", "enum": [str(word) for word in hint]}
    if hint is str:
        is_id = name == "id" or name.endswith("_id")
        return (
            {"type": "string", "pattern": ID_PATTERN} if is_id else {"type": "string", "maxLength": MAX_TEXT}
        )
    simple: dict[type, dict[str, Any]] = {
        int: {"type": "integer", "minimum": -LARGEST_INTEGER, "maximum": LARGEST_INTEGER},
        bool: {"type": "boolean"},
        Decimal: {"type": "string", "pattern": DECIMAL_PATTERN},
        date: {"type": "string", "format": "date"},
        datetime: {"type": "string", "format": "date-time"},
    }
    return dict(simple[hint])
