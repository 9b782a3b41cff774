"""How are facts read for counting? As columns of all rows at one moment."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, select, text

from services.reporting.facts.fact import Fact
from shared.eventlog.sql.tables import CURSOR
from shared.eventlog.store import SqlStore

CURSORS = select(CURSOR.c.name, CURSOR.c.position)


class FactTables:
    """The fact tables of one reporting database."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    @contextmanager
    def snapshot(self) -> Iterator["Snapshot"]:
        """The facts and their positions at one moment, while the projector goes on.

        Raises: LogUnavailable.
        """
        with self._store.reading() as connection:
            if connection.in_transaction():  # a bulk's own
                yield Snapshot(connection)
                return
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield Snapshot(connection)


class Snapshot:
    """The fact tables at one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(
        self, fact: Fact, columns: Sequence[str], labs: tuple[str | None] | None = None
    ) -> list[tuple[Any, ...]]:
        """These columns of every row, or of the rows of one lab (None in `labs`: of no lab)."""
        listed = ", ".join(f'"{name}"' for name in columns)
        query = f'SELECT {listed} FROM "{fact.table}"'  # noqa: S608 - our own names
        if labs is None:
            result = self._connection.execute(text(query))
        elif labs == (None,):
            result = self._connection.execute(text(f"{query} WHERE lab IS NULL"))
        else:
            result = self._connection.execute(text(f"{query} WHERE lab = :lab"), {"lab": labs[0]})
        return result.fetchall()  # type: ignore[return-value]  # rows are tuples

    def cursors(self) -> dict[str, int]:
        """The position of every reader of this database."""
        return {name: int(position) for name, position in self._connection.execute(CURSORS)}
