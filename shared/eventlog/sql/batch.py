"""How are many rows written at once, quickly, on PostgreSQL and on SQLite?"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

from shared.eventlog.sql.tables import Instant, instant_text

_POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_many(tx: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that give every column in the table's order."""
    _execute(tx, table, rows, "")


def put_many(tx: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """The same, but a row with a key that exists takes its place; no key may come twice."""
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    others = ", ".join(
        f'"{column.name}" = excluded."{column.name}"' for column in table.columns if not column.primary_key
    )
    _execute(tx, table, rows, f" ON CONFLICT ({key}) DO UPDATE SET {others}")


def _execute(tx: Connection, table: Table, rows: Sequence[tuple[Any, ...]], conflict: str) -> None:
    if not rows:
        return
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    if tx.dialect.name == "postgresql":
        # One statement with an array per column: no round trip per row, and the plan is made once.
        arrays = ", ".join(
            f"%s::{column.type.compile(_POSTGRES).partition(' ')[0]}[]" for column in table.columns
        )
        statement = f'INSERT INTO "{table.name}" ({names}) SELECT * FROM unnest({arrays}){conflict}'  # noqa: S608
        tx.exec_driver_sql(statement, tuple(list(column) for column in zip(*rows, strict=True)))
        return
    instants = {n for n, column in enumerate(table.columns) if isinstance(column.type, Instant)}
    places = ", ".join("?" * len(table.columns))
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({places}){conflict}'  # noqa: S608 - our own names
    kept = (
        [tuple(instant_text(v) if n in instants else v for n, v in enumerate(row)) for row in rows]
        if instants
        else rows
    )
    tx.exec_driver_sql(statement, list(kept))
