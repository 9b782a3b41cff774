"""What form must JSON have at the edges? Marshmallow and JSON Schema, both derived from the dataclass.

Wrong form (missing, unknown, wrong type) and impossible value (no such day, too long) are different answers:
messages of the second kind begin with NOT_POSSIBLE. What a field's value may be says its bound (`bounds.py`); a text is
brought into the form in which it is kept.
"""

import re
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

import marshmallow as ma

from shared.events.bounds import Bound, hints_of, kind_and_bound
from shared.events.codec import sealed_fields
from shared.kernel.quantity import Amount, Entries, Whole
from shared.kernel.sentence import Sentence
from shared.kernel.text import ID, WRITTEN_BY_CODE, Form, Words

NOT_POSSIBLE = "Not possible: "
ID_PATTERN = ID.schema()["pattern"]
_WRITTEN_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


def _outside(bound: Bound) -> ma.ValidationError:
    sentence = bound.sentence
    return ma.ValidationError(Sentence(NOT_POSSIBLE + sentence.pattern, **sentence.values))


class Text(ma.fields.Field[str]):
    """A text within its bound; where it may be missing, one that a person wrote and that shows nothing is missing."""

    def __init__(self, bound: Words | Form, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bound = bound

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str | None:  # type: ignore[override]  # "" may be None
        if not isinstance(value, str):
            raise ma.ValidationError("Not a string.")
        text = self.bound.normalised(value) if self.bound.fits(value) else None
        if text == "" and self.allow_none and self.bound is not WRITTEN_BY_CODE:
            return None
        if not self.bound.holds(text):
            raise _outside(self.bound)
        return text


class WholeNumber(ma.fields.Field[int]):
    """A JSON integer within its bound."""

    def __init__(self, bound: Whole, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bound = bound

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON knows one kind of number: 1.0 is 1
        if not isinstance(value, int) or isinstance(value, bool):
            raise ma.ValidationError("Not a whole number.")
        if not self.bound.holds(value):
            raise _outside(self.bound)
        return value


class Truth(ma.fields.Field[bool]):
    """true or false, and nothing that merely looks like them."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise ma.ValidationError("Not true or false.")
        return value


class DecimalText(ma.fields.Field[Decimal]):
    """A decimal within its bound as a string, never a float."""

    def __init__(self, bound: Amount, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bound = bound

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        if not isinstance(value, str):
            raise ma.ValidationError('Not a decimal as a string, such as "12.5".')
        if not _WRITTEN_DECIMAL.fullmatch(value) or not self.bound.holds(Decimal(value)):
            raise _outside(self.bound)
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

    def __init__(self, entry: ma.fields.Field[Any], bound: Entries, **kwargs: Any) -> None:
        super().__init__(entry, **kwargs)
        self.bound = bound

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ma.ValidationError("Not a list.")
        if len(value) > self.bound.most:
            raise _outside(self.bound)
        return tuple(super()._deserialize(value, *args, **kwargs))


@cache
def schema_for(
    cls: type, without: frozenset[str] = frozenset(), optional: frozenset[str] = frozenset()
) -> type[ma.Schema]:
    """The marshmallow schema of a frozen dataclass; `load` gives the dataclass, `dump` its JSON form.

    With `without` or `optional`, `load` gives a dict instead: the caller fills in the rest.
    """
    hints = hints_of(cls)
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
    kwargs: dict[str, Any] = {
        "allow_none": _may_be_none(hint),
        "required": not (is_optional or has_default(field)),
        "error_messages": {"required": "is required"},
    }
    return _field(hint, field.name, kwargs)


def _field(hint: Any, name: str, kwargs: dict[str, Any]) -> ma.fields.Field[Any]:
    kind, bound = kind_and_bound(hint, name)
    if get_origin(kind) is tuple:
        entry = _field(get_args(kind)[0], name.removesuffix("s"), {"required": True})
        return Several(entry, bound, **kwargs)
    if is_dataclass(kind):
        return ma.fields.Nested(schema_for(kind), **kwargs)  # type: ignore[arg-type]
    if issubclass(kind, StrEnum):
        return Choice(kind, **kwargs)
    if bound is not None:
        bounded: dict[type, Callable[..., ma.fields.Field[Any]]] = {
            str: Text,
            int: WholeNumber,
            Decimal: DecimalText,
        }
        return bounded[kind](bound, **kwargs)
    simple: dict[type, Callable[..., ma.fields.Field[Any]]] = {bool: Truth, date: Day, datetime: Moment}
    return simple[kind](**kwargs)


def _may_be_none(hint: Any) -> bool:
    return get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint)


def has_default(field: Field[Any]) -> bool:
    """Whether a field may be left out."""
    return field.default is not MISSING or field.default_factory is not MISSING


def json_schema_for(
    cls: type,
    without: frozenset[str] = frozenset(),
    optional: frozenset[str] = frozenset(),
    *,
    of_kept: bool = False,
) -> dict[str, Any]:
    """The same form as JSON Schema 2020-12: of what somebody sends, or of what a record keeps."""
    hints = hints_of(cls)
    written = written_fields(cls, without)
    required = [field.name for field in written if not has_default(field) and field.name not in optional]
    return {
        "type": "object",
        "description": (cls.__doc__ or "").strip().splitlines()[0],
        "properties": {
            field.name: _json_type(hints[field.name], field.name, of_kept=of_kept) for field in written
        },
        "required": required,
        "additionalProperties": False,
    }


def _json_type(hint: Any, name: str, *, of_kept: bool) -> dict[str, Any]:
    schema = _json_inner(hint, name, of_kept=of_kept)
    return {"anyOf": [schema, {"type": "null"}]} if _may_be_none(hint) else schema


def _json_inner(hint: Any, name: str, *, of_kept: bool) -> dict[str, Any]:
    kind, bound = kind_and_bound(hint, name)
    if get_origin(kind) is tuple:
        items = _json_type(get_args(kind)[0], name.removesuffix("s"), of_kept=of_kept)
        return {"type": "array", "items": items, "maxItems": bound.most}
    if is_dataclass(kind):
        return json_schema_for(kind, of_kept=of_kept)  # type: ignore[arg-type]
    if issubclass(kind, StrEnum):
        return {"type": "string", "enum": [str(word) for word in kind]}
    if bound is not None:
        of_bound = bound.schema_of_kept if of_kept and isinstance(bound, Words) else bound.schema
        schema: dict[str, Any] = of_bound()
        return schema
    simple: dict[type, dict[str, Any]] = {
        bool: {"type": "boolean"},
        date: {"type": "string", "format": "date"},
        datetime: {"type": "string", "format": "date-time"},
    }
    return dict(simple[kind])
