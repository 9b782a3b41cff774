"""How are the tables of read models made, read, written, built anew and switched?"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Connection, Index, inspect, text

from shared.eventlog.layouts import Layout, layout_of
from shared.eventlog.sql.batch import create_filled, put_many
from shared.eventlog.sql.database import Database, driver_of
from shared.kernel.read_model import ReadModel

D = TypeVar("D")

VIEWS_LOCK = 7_564_150_918_374_202
"""PostgreSQL's advisory lock for making and switching tables of read models."""

FOLDING_LOCK = 7_564_150_918_374_203
"""PostgreSQL's advisory lock for folding events of several sources into the same documents."""

KEYS_AT_ONCE = 500
"""How many keys are asked for at once: SQLite takes a limited number of parameters."""

NEXT, OLD = "__next", "__old"


class ViewTables:
    """The tables of one service's read models."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._models: dict[str, ReadModel[Any, Any]] = {}
        self._layouts: dict[str, Layout] = {}

    def ensure(self, model: ReadModel[Any, Any], fill: Callable[[Connection], None] | None = None) -> bool:
        """Create the read model's table if there is none, and `fill` it in the same transaction; True when created.

        In one transaction, because a table that is there counts as filled: by the next start, and by another process.
        Raises: ValueError when its columns changed but not its version; LogUnavailable.
        """
        self._models[model.name] = model
        layout = self._layouts[model.table] = layout_of(model)
        with self._database.transaction() as tx:
            self._lock(tx)
            looked = inspect(tx)
            if looked.has_table(model.table):
                there = {column["name"] for column in looked.get_columns(model.table)}
                if there != set(layout.table.columns.keys()):
                    msg = (
                        f"{model.table} has other columns than the read model {model.name}: raise its version"
                    )
                    raise ValueError(msg)
                return False
            self._create(tx, model, ())
            if fill is not None:
                fill(tx)
            return True

    def ensured(self, model: ReadModel[D, Any]) -> ReadModel[D, Any]:
        """The read model of this name in the version that has its table here.

        Raises: KeyError when none was ensured.
        """
        return self._models[model.name]

    def read_many(self, tx: Connection, model: ReadModel[D, Any], keys: Collection[str]) -> dict[str, D]:
        """The documents or rows that exist among these keys, as they were written."""
        layout, asked, documents = self._layout(model), list(keys), {}
        for at in range(0, len(asked), KEYS_AT_ONCE):
            part = asked[at : at + KEYS_AT_ONCE]
            query = f"{layout.selected} WHERE {layout.key} IN ({', '.join('?' * len(part))})"
            for key, *values in self._database.fetch(driver_of(tx), query, part):
                documents[key] = layout.load(*values)
        return documents

    def write_many(
        self,
        tx: Connection,
        model: ReadModel[D, Any],
        documents: Mapping[str, D | None],
        positions: Mapping[str, int],
    ) -> None:
        """Write these documents or rows, delete where there is None; `positions` are of the last event folded in."""
        layout = self._layout(model)
        put_many(tx, layout.table, layout.lines(documents, positions))
        gone = [key for key, document in documents.items() if document is None]
        for at in range(0, len(gone), KEYS_AT_ONCE):
            keys = layout.table.c[layout.key]
            tx.execute(layout.table.delete().where(keys.in_(gone[at : at + KEYS_AT_ONCE])))

    def count(self, model: ReadModel[Any, Any]) -> int:
        """How many documents or rows there are.

        Raises: LogUnavailable.
        """
        ((n,),) = self._database.rows(f'SELECT count(*) FROM "{model.table}"')  # noqa: S608 - our own name
        return int(n)

    def all_of(self, model: ReadModel[D, Any]) -> dict[str, D]:
        """Every document or row by its key, as it was written.

        Raises: LogUnavailable.
        """
        layout = self._layout(model)
        return {key: layout.load(*values) for key, *values in self._database.rows(layout.selected)}

    def create_beside(
        self,
        tx: Connection,
        model: ReadModel[D, Any],
        documents: Mapping[str, D | None],
        positions: Mapping[str, int],
    ) -> None:
        """Make a table beside the read model's with these documents or rows; what a former rebuild left is dropped.

        That is quicker than to write them into a table that has keys.
        """
        for name in (_next(model).table, _old(model).table, f"{model.table}{OLD}"):
            tx.execute(text(f'DROP TABLE IF EXISTS "{name}"'))
        self._create(tx, _next(model), self._layout(model).lines(documents, positions))

    def beside(self, model: ReadModel[D, Any]) -> ReadModel[D, Any]:
        """The read model whose table stands beside this one's, from `create_beside` to `switch`."""
        return _next(model)

    def take_turns(self, tx: Connection) -> None:
        """Wait until nobody else folds into these tables; SQLite's transactions take turns by themselves."""
        if self._database.is_postgres:
            tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": FOLDING_LOCK})

    def hold(self, tx: Connection, model: ReadModel[Any, Any]) -> None:
        """Keep everybody else from the read model's table until the transaction ends; SQLite's does so by itself."""
        if self._database.is_postgres:
            tx.execute(text(f'LOCK TABLE "{model.table}" IN ACCESS EXCLUSIVE MODE'))
        else:
            # A connection learns of tables that another one dropped when it reads, not when it renames: without this
            # the next switch fails, since the last rebuild's old table seems to be there still.
            tx.execute(text(f'SELECT 1 FROM "{model.table}" LIMIT 1'))  # noqa: S608 - our own name

    def switch(self, tx: Connection, model: ReadModel[Any, Any]) -> None:
        """Put the table beside in the read model's place; the old one stays until the next switch."""
        self._lock(tx)
        tx.execute(text(f'ALTER TABLE "{model.table}" RENAME TO "{_old(model).table}"'))
        tx.execute(text(f'ALTER TABLE "{_next(model).table}" RENAME TO "{model.table}"'))

    def _layout(self, model: ReadModel[Any, Any]) -> Layout:
        layout = self._layouts.get(model.table)
        if layout is None:
            layout = self._layouts[model.table] = layout_of(model)
        return layout

    def _create(self, tx: Connection, model: ReadModel[Any, Any], lines: Sequence[tuple[Any, ...]]) -> None:
        layout = self._layout(model)
        create_filled(tx, layout.table, lines)
        if not layout.indexed:
            return
        looked = inspect(tx)
        live = replace(model, name=model.name.removesuffix(NEXT)).table
        taken = (
            {str(index["name"]) for index in looked.get_indexes(live)} if looked.has_table(live) else set()
        )
        for name in layout.indexed:
            first, second = (f"ix_{live}_{name}_{letter}" for letter in "ab")
            columns = layout.table.c
            index = Index(second if first in taken else first, columns[name], columns[layout.key])
            index.create(tx)
            layout.table.indexes.discard(index)

    def _lock(self, tx: Connection) -> None:
        if self._database.is_postgres:
            # Two processes that start at once would both find the table missing, and one of them would fail.
            tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": VIEWS_LOCK})


def _next(model: ReadModel[D, Any]) -> ReadModel[D, Any]:
    return replace(model, name=model.name + NEXT)


def _old(model: ReadModel[D, Any]) -> ReadModel[D, Any]:
    return replace(model, name=model.name + OLD)
