"""How does a read model lie in its table? As documents or as rows.

A table of documents has the JSON and, beside it, the columns that one may filter by, each with an index. A table of
rows has the columns of the row and nothing else. A column is a whole number where the row says `int`; of a document,
where its name begins with `n_` or its function says that it returns `int`. Else it is text, and a whole number in it is
kept, and asked for, as its digits.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

import msgspec
from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from shared.eventlog.sql.tables import Position, Word
from shared.kernel.read_model import Column as Value
from shared.kernel.read_model import ReadModel

D = TypeVar("D")

_encode = msgspec.json.Encoder(order="sorted", decimal_format="string").encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the documents or rows of one read model lie in its table."""

    table: Table
    key: str
    selected: str
    load: Callable[..., Any]
    lines: Callable[[Mapping[str, Any], Mapping[str, int]], list[tuple[Any, ...]]]
    indexed: Sequence[str]


def layout_of(model: ReadModel[Any, Any]) -> Layout:
    """The layout of the read model's table."""
    return _of_documents(model) if model.row is None else _of_rows(model)


def _of_documents(model: ReadModel[Any, Any]) -> Layout:
    whole = whole_columns(model)
    columns = (Column(name, BigInteger if name in whole else Word) for name in model.columns)

    def values(document: Any) -> Iterator[Value]:
        for name, value in model.columns.items():
            yield column_value(value(document), whole=name in whole)

    def lines(documents: Mapping[str, Any], positions: Mapping[str, int]) -> list[tuple[Any, ...]]:
        return [
            (key, _encode(document).decode(), positions.get(key, 0), *values(document))
            for key, document in documents.items()
            if document is not None
        ]

    return Layout(
        table=Table(
            model.table,
            MetaData(),
            Column("key", Word, primary_key=True),
            Column("document", Text, nullable=False),
            Column("position", Position, nullable=False),
            *columns,
        ),
        key="key",
        selected=f'SELECT key, document FROM "{model.table}"',  # noqa: S608 - our own name
        load=msgspec.json.decode,
        lines=lines,
        indexed=(*model.columns, "position"),
    )


def _of_rows(model: ReadModel[Any, Any]) -> Layout:
    row: Any = model.row
    whole, names = whole_columns(model), row.__struct_fields__
    columns = (Column(name, BigInteger if name in whole else Text) for name in names)
    values = msgspec.structs.astuple
    listed = ", ".join(f'"{name}"' for name in ("id", *names))
    return Layout(
        table=Table(model.table, MetaData(), Column("id", Text, primary_key=True), *columns),
        key="id",
        selected=f'SELECT {listed} FROM "{model.table}"',  # noqa: S608 - our own names
        load=row,
        lines=lambda rows, _: [(key, *values(kept)) for key, kept in rows.items() if kept is not None],
        indexed=(),
    )


def as_stored(model: ReadModel[D, Any], document: D) -> D:
    """The document or row as it is read again after it was written."""
    stored: D = document if model.row else msgspec.json.decode(_encode(document))
    return stored


def digest(documents: Mapping[str, Any]) -> str:
    """SHA-256 over documents or rows in the order of their keys, each as JSON with sorted keys."""
    hashed = hashlib.sha256()
    for key in sorted(documents):
        hashed.update(_encode((key, documents[key])) + b"\n")
    return hashed.hexdigest()


def whole_columns(model: ReadModel[Any, Any]) -> frozenset[str]:
    """The read model's columns that hold whole numbers."""
    if model.row is not None:
        hints = get_type_hints(model.row)
        return frozenset(name for name, hint in hints.items() if hint in (int, int | None))
    return frozenset(
        name for name, value in model.columns.items() if name.startswith("n_") or _returns_int(value)
    )


def _returns_int(value: Any) -> bool:
    return getattr(value, "__annotations__", {}).get("return") in (int, "int", int | None, "int | None")


def column_value(value: Value, *, whole: bool) -> Value:
    """A column's value as it is kept and asked for."""
    if value is None:
        return None
    return int(value) if whole else str(value)
