"""How does a view lie in the database? A table per view and version: a JSON document per key, and its columns.

A column is a whole number where its name begins with `n_` or its function says that it returns `int`; else it is text,
and a whole number in it is kept, and asked for, as its digits.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, Table, Text, inspect, text

from shared.eventlog.sql.batch import put_many
from shared.eventlog.sql.database import Database, driver_of
from shared.eventlog.sql.tables import Position, Word
from shared.kernel.read_model import Column as Value
from shared.kernel.read_model import Document, ReadModel

D = TypeVar("D")

VIEWS_LOCK = 7_564_150_918_374_202
"""PostgreSQL's advisory lock for making and switching view tables."""

_encode = msgspec.json.Encoder(order="sorted", decimal_format="string").encode


class ViewTables:
    """The tables of one service's views."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._views: dict[str, ReadModel[Any, Any]] = {}
        self._tables: dict[str, Table] = {}

    def ensure(self, view: ReadModel[Any, Any], fill: Callable[[Connection], None] | None = None) -> bool:
        """Create the view's table if there is none, and `fill` it in the same transaction; True when it was created.

        In one transaction, because a table that is there counts as filled: by the next start, and by another process.
        Raises: ValueError when its columns changed but not its version; LogUnavailable.
        """
        self._views[view.name] = view
        with self._database.transaction() as tx:
            created = self._create(tx, view)
            if created and fill is not None:
                fill(tx)
            return created

    def ensured(self, model: ReadModel[D, Any]) -> ReadModel[D, Any]:
        """The model of this name in the version that has its table here.

        Raises: KeyError when none was ensured.
        """
        return self._views[model.name]

    def read_many(
        self, tx: Connection, view: ReadModel[Any, Any], keys: Collection[str]
    ) -> dict[str, Document]:
        """The documents that exist among these keys, as they were written."""
        found: dict[str, Document] = {}
        asked = list(keys)
        for at in range(0, len(asked), 500):  # SQLite takes a limited number of parameters
            part = asked[at : at + 500]
            query = f'SELECT key, document FROM "{view.table}" WHERE key IN ({", ".join("?" * len(part))})'  # noqa: S608
            for key, document in self._database.fetch(driver_of(tx), query, part):
                found[key] = msgspec.json.decode(document)
        return found

    def write_many(
        self,
        tx: Connection,
        view: ReadModel[Any, Any],
        documents: Mapping[str, Document | None],
        *,
        position: int = 0,
    ) -> None:
        """Write these documents, delete where there is None; `position` is that of the last event folded in."""
        table = self.table(view)
        whole = whole_columns(view)
        rows = [
            (key, _encode(document).decode(), position, *_column_values(view, whole, document))
            for key, document in documents.items()
            if document is not None
        ]
        put_many(tx, table, rows)
        gone = [key for key, document in documents.items() if document is None]
        for at in range(0, len(gone), 500):
            tx.execute(table.delete().where(table.c.key.in_(gone[at : at + 500])))

    def count(self, view: ReadModel[Any, Any]) -> int:
        """How many documents the view has.

        Raises: LogUnavailable.
        """
        ((n,),) = self._database.rows(f'SELECT count(*) FROM "{view.table}"')  # noqa: S608 - our own name
        return int(n)

    def beside(self, view: ReadModel[Any, Any]) -> ReadModel[Any, Any]:
        """A new, empty table beside the view's: fold into the view that is returned, then `switch`.

        Raises: LogUnavailable.
        """
        with self._database.transaction() as tx:
            self._lock(tx)
            for name in (_next(view), _old(view)):
                tx.execute(text(f'DROP TABLE IF EXISTS "{name.table}"'))
            self._create(tx, _next(view))
        return _next(view)

    def hold(self, tx: Connection, view: ReadModel[Any, Any]) -> None:
        """Keep everybody else from the view's table until the transaction ends; SQLite's does so by itself."""
        if self._database.is_postgres:
            tx.execute(text(f'LOCK TABLE "{view.table}" IN ACCESS EXCLUSIVE MODE'))

    def all_documents(self, view: ReadModel[Any, Any]) -> dict[str, Document]:
        """Every document by its key, as it was written.

        Raises: LogUnavailable.
        """
        rows = self._database.rows(f'SELECT key, document FROM "{view.table}"')  # noqa: S608 - our own name
        return {key: msgspec.json.decode(document) for key, document in rows}

    def switch(self, tx: Connection, view: ReadModel[Any, Any]) -> None:
        """Put the table made by `beside` in the view's place; the old one stays until the next one or `drop_old`."""
        self._lock(tx)
        tx.execute(text(f'ALTER TABLE "{view.table}" RENAME TO "{_old(view).table}"'))
        tx.execute(text(f'ALTER TABLE "{_next(view).table}" RENAME TO "{view.table}"'))

    def drop(self, view: ReadModel[Any, Any]) -> None:
        """Drop the view's table.

        Raises: LogUnavailable.
        """
        self._drop(view)

    def drop_old(self, view: ReadModel[Any, Any]) -> None:
        """Drop the table that a switch has left.

        Raises: LogUnavailable.
        """
        self._drop(_old(view))

    def tables(self) -> list[str]:
        """Every view table there is, of older versions too.

        Raises: LogUnavailable.
        """
        with self._database.reading() as tx:
            return sorted(name for name in inspect(tx).get_table_names() if name.startswith("view_"))

    def table(self, view: ReadModel[Any, Any]) -> Table:
        """The view's table as SQLAlchemy knows it."""
        known = self._tables.get(view.table)
        if known is None:
            known = self._tables[view.table] = _table(view)
        return known

    def _drop(self, view: ReadModel[Any, Any]) -> None:
        with self._database.transaction() as tx:
            self._lock(tx)
            tx.execute(text(f'DROP TABLE IF EXISTS "{view.table}"'))

    def _create(self, tx: Connection, view: ReadModel[Any, Any]) -> bool:
        self._lock(tx)
        looked = inspect(tx)
        table = self._tables[view.table] = _table(view)
        if looked.has_table(view.table):
            there = {column["name"] for column in looked.get_columns(view.table)}
            if there != set(table.columns.keys()):
                msg = f"{view.table} has other columns than the view {view.name}: raise the view's version"
                raise ValueError(msg)
            return False
        table.create(tx)
        live = replace(view, name=view.name.removesuffix(NEXT)).table
        taken = (
            {str(index["name"]) for index in looked.get_indexes(live)} if looked.has_table(live) else set()
        )
        for name in (*view.columns, "position"):
            first, second = (f"ix_{live}_{name}_{letter}" for letter in "ab")
            index = Index(second if first in taken else first, table.c[name], table.c.key)
            index.create(tx)
            table.indexes.discard(index)
        return True

    def _lock(self, tx: Connection) -> None:
        if self._database.is_postgres:
            # Two processes that start at once would both find the table missing, and one of them would fail.
            tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": VIEWS_LOCK})


NEXT, OLD = "__next", "__old"


def _next(view: ReadModel[Any, Any]) -> ReadModel[Any, Any]:
    return replace(view, name=view.name + NEXT)


def _old(view: ReadModel[Any, Any]) -> ReadModel[Any, Any]:
    return replace(view, name=view.name + OLD)


def _table(view: ReadModel[Any, Any]) -> Table:
    whole = whole_columns(view)
    columns = (Column(name, BigInteger if name in whole else Word) for name in view.columns)
    return Table(
        view.table,
        MetaData(),
        Column("key", Word, primary_key=True),
        Column("document", Text, nullable=False),
        Column("position", Position, nullable=False),
        *columns,
    )


def whole_columns(view: ReadModel[Any, Any]) -> frozenset[str]:
    """The view's columns that hold whole numbers."""
    return frozenset(
        name for name, value in view.columns.items() if name.startswith("n_") or _returns_int(value)
    )


def _returns_int(value: Any) -> bool:
    return getattr(value, "__annotations__", {}).get("return") in (int, "int", int | None, "int | None")


def column_value(value: Value, *, whole: bool) -> Value:
    """A column's value as it is kept and asked for."""
    if value is None:
        return None
    return int(value) if whole else str(value)


def _column_values(view: ReadModel[Any, Any], whole: frozenset[str], document: Document) -> list[Value]:
    return [column_value(value(document), whole=name in whole) for name, value in view.columns.items()]
