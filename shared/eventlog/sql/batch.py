"""How are many rows written at once, quickly, on PostgreSQL and on SQLite?"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, MetaData, Table

from shared.eventlog.sql.arrays import Array, Bytes, Instants, Longs, Texts, Wholes
from shared.eventlog.sql.database import driver_of, execute
from shared.eventlog.sql.tables import Instant, instant_text

_TYPES = {Texts: "text", Bytes: "bytea", Wholes: "int4", Longs: "int8", Instants: "timestamptz"}


def insert_many(tx: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that give every column in the table's order."""
    _execute(tx, table, rows, "")


def put_many(tx: Connection, table: Table, rows: Sequence[tuple[Any, ...]], *, where: str = "") -> None:
    """The same, but a row with a key that exists takes its place (`where` this holds); no key may come twice."""
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    others = ", ".join(
        f'"{column.name}" = excluded."{column.name}"' for column in table.columns if not column.primary_key
    )
    condition = f" WHERE {where}" if where else ""
    _execute(tx, table, rows, f" ON CONFLICT ({key}) DO UPDATE SET {others}{condition}")


def create_filled(tx: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Create a table with these rows; on PostgreSQL in half of the time that `insert_many` takes."""
    if tx.dialect.name != "postgresql":
        table.create(tx, checkfirst=False)
        insert_many(tx, table, rows)
        return
    # COPY, and the key's index built once over all rows instead of row by row.
    columns = (Column(each.name, each.type, nullable=each.nullable) for each in table.columns)
    Table(table.name, MetaData(), *columns).create(tx, checkfirst=False)
    types = [_TYPES[_array(column)] for column in table.columns]
    with (
        driver_of(tx).cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" FROM STDIN (FORMAT BINARY)') as copy,
    ):
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    tx.exec_driver_sql(f'ALTER TABLE "{table.name}" ADD PRIMARY KEY ({key})')


def _execute(tx: Connection, table: Table, rows: Sequence[tuple[Any, ...]], conflict: str) -> None:
    if not rows:
        return
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    if tx.dialect.name == "postgresql":
        # One statement with an array per column: no round trip per row, and the plan is made once.
        places = ", ".join(["%b"] * len(table.columns))
        statement = f'INSERT INTO "{table.name}" ({names}) SELECT * FROM unnest({places}){conflict}'  # noqa: S608 - our own names
        columns = zip(table.columns, zip(*rows, strict=True), strict=True)
        execute(tx, statement, [_array(column)(values) for column, values in columns])
        return
    places = ", ".join("?" * len(table.columns))
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({places}){conflict}'  # noqa: S608 - our own names
    tx.exec_driver_sql(statement, _kept(table, rows))


def _array(column: Column[Any]) -> type[Array]:
    match column.type:
        case Instant():
            return Instants
        case LargeBinary():
            return Bytes
        case BigInteger():
            return Longs
        case Integer():
            return Wholes
        case _:
            return Texts


def _kept(table: Table, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows as SQLite keeps them."""
    instants = {n for n, column in enumerate(table.columns) if isinstance(column.type, Instant)}
    if not instants:
        return list(rows)
    return [
        tuple(instant_text(value) if n in instants else value for n, value in enumerate(row)) for row in rows
    ]
