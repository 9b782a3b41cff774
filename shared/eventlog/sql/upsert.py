"""How is a row inserted or replaced, on PostgreSQL and on SQLite?"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(transaction: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, for the database behind this transaction."""
    return postgresql.insert(table) if transaction.dialect.name == "postgresql" else sqlite.insert(table)


def put(transaction: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert the rows; where one with the same primary key exists, it takes over the new values."""
    batch = list(rows)
    if not batch:
        return
    key = list(table.primary_key)
    insert = insert_into(transaction, table)
    taken_over = {name: insert.excluded[name] for name in batch[0] if name not in table.primary_key.columns}
    transaction.execute(insert.on_conflict_do_update(index_elements=key, set_=taken_over), batch)
