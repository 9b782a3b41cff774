"""Where do facts lie? One table each, in reporting's database; read whole, written by batches, compared by digest."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, inspect, select, text

from services.reporting.facts.agreement import AGREEMENT, COMMITMENT
from services.reporting.facts.engagement import COUNSELLING, ENGAGEMENT, VOLUNTEER_HOURS
from services.reporting.facts.fact import Fact, Row
from services.reporting.facts.market_day import ATTENDANCE, MARKET_DAY
from services.reporting.facts.match import MATCH
from services.reporting.facts.need import NEED
from services.reporting.facts.offer import OFFER
from services.reporting.facts.organisation import ORGANISATION
from services.reporting.facts.placement import PLACEMENT
from shared.eventlog.sql.batch import create_filled, put_many
from shared.eventlog.sql.database import driver_of
from shared.eventlog.sql.tables import CURSOR
from shared.eventlog.store import SqlStore

FACTS: tuple[Fact, ...] = (
    ORGANISATION,
    OFFER,
    NEED,
    MATCH,
    AGREEMENT,
    COMMITMENT,
    COUNSELLING,
    ENGAGEMENT,
    VOLUNTEER_HOURS,
    MARKET_DAY,
    ATTENDANCE,
    PLACEMENT,
)
NEXT, OLD = "__next", "__old"
KEYS_AT_ONCE = 500
CURSORS = select(CURSOR.c.name, CURSOR.c.position)
_ordered = msgspec.json.Encoder(order="sorted").encode
_TYPES = {str: Text, int: BigInteger}


class FactTables:
    """The fact tables of one reporting database."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._tables = {(fact.name, mark): _table(fact, mark) for fact in FACTS for mark in ("", NEXT)}

    def ensure(self, fill: Callable[[Connection, list[Fact]], None]) -> list[Fact]:
        """Make missing tables and have them filled in the same transaction; the facts that are new.

        In one transaction, because a table that is there counts as filled: by the next start, and by another process.
        Raises: LogUnavailable.
        """
        with self._store.transaction() as tx:
            known = set(inspect(tx).get_table_names())
            new = [fact for fact in FACTS if fact.table not in known]
            for fact in new:
                self._tables[fact.name, ""].create(tx)
            if new:
                fill(tx, new)
        return new

    def read_many(self, tx: Connection, fact: Fact, keys: Collection[str]) -> dict[str, Row]:
        """The rows that exist among these keys."""
        names = ", ".join(f'"{name}"' for name in ("id", *fact.columns))
        asked, found = list(keys), {}
        for at in range(0, len(asked), KEYS_AT_ONCE):  # SQLite takes a limited number of parameters
            part = asked[at : at + KEYS_AT_ONCE]
            query = f'SELECT {names} FROM "{fact.table}" WHERE id IN ({", ".join("?" * len(part))})'  # noqa: S608 - our own names
            for key, *values in self._store.database.fetch(driver_of(tx), query, part):
                found[key] = dict(zip(fact.columns, values, strict=True))
        return found

    def write(self, tx: Connection, fact: Fact, rows: Mapping[str, Row], *, beside: bool = False) -> None:
        """Write rows by key into the live table, or into the one that is built beside it."""
        table = self._tables[fact.name, NEXT if beside else ""]
        put_many(tx, table, _lines(fact, rows))

    @contextmanager
    def snapshot(self) -> Iterator["Snapshot"]:
        """The facts and how far they have come, as they are at one moment, however the projector goes on.

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

    def rows(self, fact: Fact) -> dict[str, Row]:
        """Every row by its key.

        Raises: LogUnavailable.
        """
        with self.snapshot() as snapshot:
            found = snapshot.rows(fact, ("id", *fact.columns))
        return {key: dict(zip(fact.columns, values, strict=True)) for key, *values in found}

    def fill_beside(self, tx: Connection, rows: Mapping[str, Mapping[str, Row]]) -> None:
        """Make tables beside the live ones with these rows by fact and key."""
        for fact in FACTS:
            for mark in (NEXT, OLD):
                tx.execute(text(f'DROP TABLE IF EXISTS "{fact.table}{mark}"'))
            create_filled(tx, self._tables[fact.name, NEXT], _lines(fact, rows[fact.name]))

    def hold(self, tx: Connection) -> None:
        """Keep everybody else from the live tables until the transaction ends; SQLite's does so by itself."""
        if tx.dialect.name == "postgresql":
            names = ", ".join(f'"{fact.table}"' for fact in FACTS)
            tx.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
        else:
            # A connection learns of tables that another one dropped when it reads, not when it renames: without this
            # the next switch fails, since the last rebuild's old tables seem to be there still.
            tx.execute(CURSORS).all()

    def switch(self, tx: Connection) -> None:
        """Put what was built beside in the live tables' places; the old ones stay until the next rebuild."""
        for fact in FACTS:
            tx.execute(text(f'ALTER TABLE "{fact.table}" RENAME TO "{fact.table}{OLD}"'))
            tx.execute(text(f'ALTER TABLE "{fact.table}{NEXT}" RENAME TO "{fact.table}"'))

    def digests(self) -> dict[str, str]:
        """A digest per fact that depends on its rows alone: not on their order, not on the database."""
        return {fact.name: digest(self.rows(fact)) for fact in FACTS}


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
        """How far every reader of this database has come."""
        return {name: int(position) for name, position in self._connection.execute(CURSORS)}


def _lines(fact: Fact, rows: Mapping[str, Row]) -> list[tuple[Any, ...]]:
    """The rows as their table has them."""
    values = itemgetter(*fact.columns)
    return [(key, *values(row)) for key, row in rows.items()]


def digest(rows: Mapping[str, Row]) -> str:
    """SHA-256 over the rows in the order of their keys, each as JSON with sorted keys."""
    hashed = hashlib.sha256()
    for key in sorted(rows):
        hashed.update(_ordered((key, rows[key])) + b"\n")
    return hashed.hexdigest()


def _table(fact: Fact, mark: str) -> Table:
    columns: list[Column[Any]] = [Column(name, _TYPES[kind]) for name, kind in fact.columns.items()]
    return Table(fact.table + mark, MetaData(), Column("id", Text, primary_key=True), *columns)
