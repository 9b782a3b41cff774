"""How do arrays get to PostgreSQL without psycopg's looking at each element? Half of an append's time went there.

Source: PostgreSQL, `array_send`: dimensions, null flag, element type; length and lower bound; each element's length
and bytes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, ClassVar

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

_head = Struct("!iiIii").pack
_length = Struct("!i").pack
_whole = Struct("!ii").pack


@dataclass(frozen=True, slots=True)
class Texts:
    """A `text[]`."""

    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Bytes:
    """A `bytea[]`."""

    values: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Wholes:
    """An `int[]`."""

    values: Sequence[int]


class _ArrayDumper(Dumper):
    format = Format.BINARY
    element: ClassVar[int]

    def _dumped(self, n: int, elements: Iterable[bytes]) -> bytes:
        return _head(1, 0, self.element, n, 1) + b"".join(elements)


class _TextsDumper(_ArrayDumper):
    element = psycopg.adapters.types["text"].oid
    oid = psycopg.adapters.types["text"].array_oid

    def dump(self, obj: Any) -> bytes:
        elements = [value.encode() for value in obj.values]
        if b"\0" in b"".join(elements):
            msg = "PostgreSQL keeps no text with a NUL in it"
            raise psycopg.DataError(msg)
        return self._dumped(len(elements), (_length(len(element)) + element for element in elements))


class _BytesDumper(_ArrayDumper):
    element = psycopg.adapters.types["bytea"].oid
    oid = psycopg.adapters.types["bytea"].array_oid

    def dump(self, obj: Any) -> bytes:
        return self._dumped(len(obj.values), (_length(len(value)) + value for value in obj.values))


class _WholesDumper(_ArrayDumper):
    element = psycopg.adapters.types["int4"].oid
    oid = psycopg.adapters.types["int4"].array_oid

    def dump(self, obj: Any) -> bytes:
        return self._dumped(len(obj.values), (_whole(4, value) for value in obj.values))


def take_arrays(driver: psycopg.Connection) -> None:
    """Teach this connection the three."""
    driver.adapters.register_dumper(Texts, _TextsDumper)
    driver.adapters.register_dumper(Bytes, _BytesDumper)
    driver.adapters.register_dumper(Wholes, _WholesDumper)
