"""How do arrays get to PostgreSQL without psycopg's looking at each element? Half of an append's time went there.

Source: PostgreSQL, `array_send`: dimensions, null flag, element type; length and lower bound; each element's length
and bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, ClassVar

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

_head = Struct("!iiIii").pack
_length = Struct("!i").pack
_NULL = _length(-1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_int4 = Struct("!i").pack
_int8 = Struct("!q").pack


@dataclass(frozen=True, slots=True)
class Array:
    """Values of one kind; None is NULL."""

    values: Sequence[Any]


class Texts(Array):
    """A `text[]`."""


class Bytes(Array):
    """A `bytea[]`."""


class Wholes(Array):
    """An `int[]`."""


class Longs(Array):
    """A `bigint[]`."""


class Instants(Array):
    """A `timestamptz[]`."""


class _ArrayDumper(Dumper):
    format = Format.BINARY
    element: ClassVar[int]
    encode: ClassVar[Callable[[Any], bytes]]

    def dump(self, obj: Any) -> bytes:
        encode = type(self).encode
        if (
            len(obj.values) == 1 and (value := obj.values[0]) is not None
        ):  # an append of one event has twelve of these
            only = encode(value)
            return _head(1, 0, self.element, 1, 1) + _length(len(only)) + only
        elements = [None if value is None else encode(value) for value in obj.values]
        parts = [_NULL if each is None else _length(len(each)) + each for each in elements]
        return _head(1, int(None in elements), self.element, len(elements), 1) + b"".join(parts)


def _text(value: str) -> bytes:
    if "\0" in value:
        msg = "PostgreSQL keeps no text with a NUL in it"
        raise psycopg.DataError(msg)
    return value.encode()


def _instant(value: datetime) -> bytes:
    return _int8((value - _EPOCH) // _MICROSECOND)


def _dumper(name: str, encode: Callable[[Any], bytes]) -> type[_ArrayDumper]:
    type_info = psycopg.adapters.types[name]
    parts = {"element": type_info.oid, "oid": type_info.array_oid, "encode": staticmethod(encode)}
    return type(f"{name}_array", (_ArrayDumper,), parts)


DUMPERS: dict[type[Array], type[Dumper]] = {
    Texts: _dumper("text", _text),
    Bytes: _dumper("bytea", bytes),
    Wholes: _dumper("int4", _int4),
    Longs: _dumper("int8", _int8),
    Instants: _dumper("timestamptz", _instant),
}


def take_arrays(driver: psycopg.Connection) -> None:
    """Teach this connection the arrays."""
    for array, dumper in DUMPERS.items():
        driver.adapters.register_dumper(array, dumper)
