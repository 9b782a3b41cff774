"""How is a service's database opened, read and written, on PostgreSQL and on SQLite alike?"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from time import monotonic, sleep
from typing import Any

import psycopg
from sqlalchemy import Connection, PoolProxiedConnection, exc

from shared.eventlog.port import LogUnavailable
from shared.eventlog.sql.at_hand import AT_HAND, AtHand
from shared.eventlog.sql.engines import (
    READS,
    FileLock,
    file_lock_of,
    keep_cursor,
    open_engines,
)

OUTAGES = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.TimeoutError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    sqlite3.OperationalError,
)
"""The errors of the drivers when the database is gone, locked or full."""

MANY_ROWS = 100
"""A cursor holds the rows of its last query; it is not kept with more than these."""

AT_ONCE = 8
"""How many queries for rows run at once: fewer than the pool has connections, so that nobody waits there."""

BULK_WRITES = 500
"""How many appends and transactions of a bulk are committed at a time."""

BULK_S = 0.2
"""After how long a bulk commits what it has written [s]: so long the other writers of the database may wait for it."""

OTHERS_S = 0.005
"""How long a bulk rests behind a commit [s], so that a process that waits for the file has its turn."""


class Database:
    """One service's database: transactions for writing, rows for reading, and bulk writing for one thread."""

    def __init__(self, url: str) -> None:
        """Open the database; nothing is connected yet.

        Raises: ValueError for a URL that is neither PostgreSQL nor a SQLite file.
        """
        self.engine, in_haste, self._autocommit = open_engines(url)
        self.is_postgres = self.engine.dialect.name == "postgresql"
        self.lock: FileLock | nullcontext[None] = (
            nullcontext() if self.is_postgres else file_lock_of(self.engine)
        )
        self._at_hand: list[PoolProxiedConnection] = []
        self._for_transactions = AtHand(self.engine)
        self._for_haste = AtHand(in_haste)
        self._turns = threading.Semaphore(AT_ONCE)
        self._thread = threading.local()
        self.after_bulk_commit: list[Callable[[], None]] = []
        self.after_bulk_rollback: list[Callable[[], None]] = []

    @property
    def bulk_of_this_thread(self) -> "Bulk | None":
        """The bulk that this thread writes in, if any."""
        return getattr(self._thread, "bulk", None)

    @contextmanager
    def transaction(self, *, in_haste: bool = False) -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back by an exception; in a bulk, a part of the bulk.

        `in_haste`: the commit does not wait for the disk; for what is made again after a crash of the server (ADR 39).
        On SQLite it holds the file's lock: do no I/O and no logging inside.
        Raises: LogUnavailable; RuntimeError when the thread is in a transaction of the same SQLite file already.
        """
        with outages():
            bulk = self.bulk_of_this_thread
            if bulk is not None:
                with bulk.connection().begin_nested():
                    yield bulk.connection()
                bulk.written()
                return
            if self.is_postgres:
                at_hand = self._for_haste if in_haste else self._for_transactions
                with at_hand.connection() as connection, connection.begin():
                    yield connection
                return
            # SQLite: a second writer that begins while a green thread holds the file freezes the process and ends
            # in "database is locked"; whoever writes waits here instead, where other green threads go on.
            with self.lock, self.engine.begin() as connection:
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading only, on one state of the tables; in a bulk, as the bulk sees them.

        Raises: LogUnavailable.
        """
        with outages():
            bulk = self.bulk_of_this_thread
            if bulk is not None and bulk.is_open:
                yield bulk.connection()
                return
            with self.engine.connect() as connection:
                yield connection.execution_options(**{READS: True})

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query with `?` for its parameters; in a bulk, as the bulk sees them.

        Raises: LogUnavailable.
        """
        with outages():
            bulk = self.bulk_of_this_thread
            if bulk is not None and bulk.is_open:
                return self.fetch(bulk.driver(), sql, parameters)
            try:
                return self._fetch_pooled(sql, parameters)
            except OUTAGES:
                # A connection that died while it lay in the pool says nothing about the database: try a new one.
                if not self.is_postgres:
                    raise
                self._let_go()
                return self._fetch_pooled(sql, parameters)

    def _fetch_pooled(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        # In turn: whoever came first, a loop among many requests say, must not find each connection taken again.
        with self._turns:
            # To take a connection out of the pool and put it back took longer than many a query.
            pooled = self._at_hand.pop() if self._at_hand else self.autocommit_connection()
            try:
                rows = self.fetch(pooled.driver_connection, sql, parameters)
            except OUTAGES:
                pooled.invalidate()
                raise
            except BaseException:
                pooled.close()
                raise
            if len(self._at_hand) < AT_HAND:
                self._at_hand.append(pooled)
            else:
                pooled.close()
            return rows

    def _let_go(self) -> None:
        """Give up the connections for rows.

        The pool itself stays: whoever waits for one of a pool that was replaced waits in vain, until its time limit.
        """
        while self._at_hand:
            self._at_hand.pop().invalidate()
        self._for_transactions.let_go()
        self._for_haste.let_go()

    def fetch(self, driver: Any, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a query on this connection of the driver."""
        if not self.is_postgres:
            return list(driver.execute(sql, parameters))
        rows: list[tuple[Any, ...]] = driver.kept_cursor.execute(
            sql.replace("?", "%s"), parameters
        ).fetchall()
        if len(rows) > MANY_ROWS:
            keep_cursor(driver)
        return rows

    def autocommit_connection(self) -> PoolProxiedConnection:
        """A connection on which every statement is a transaction of its own, unless it says BEGIN."""
        return self._autocommit.raw_connection()

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Within it this thread's writing to this database is committed a few hundred at a time.

        A stop of the process loses at most the part not yet committed, appends and views alike. The thread must not
        wait for another thread that writes to the same database.
        Raises: LogUnavailable.
        """
        if self.bulk_of_this_thread is not None:
            yield
            return
        self._thread.bulk = Bulk(self)
        try:
            yield
        finally:
            bulk, self._thread.bulk = self._thread.bulk, None
            with outages():
                bulk.commit()

    def flush(self) -> None:
        """Commit what this thread has written in its bulk so far.

        Raises: LogUnavailable.
        """
        bulk = self.bulk_of_this_thread
        if bulk is not None:
            with outages():
                bulk.commit()

    def close(self) -> None:
        """Give back every connection."""
        self._let_go()
        self.engine.dispose()
        self._for_haste.dispose()
        self._autocommit.dispose()


class Bulk:
    """One thread's writing that is committed a few hundred at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._written = 0
        self._begun_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether there are uncommitted writes."""
        return self._connection is not None

    def connection(self) -> Connection:
        """The open transaction, begun when there is none."""
        if self._connection is None:
            self._database.lock.__enter__()
            try:
                connection = self._database.engine.connect()
                connection.begin()
            except BaseException:
                self._database.lock.__exit__(None, None, None)
                raise
            if self._database.is_postgres:
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # as engines.BY_KEY
            self._connection, self._begun_at = connection, monotonic()
        return self._connection

    def driver(self) -> Any:
        """The driver's connection of the open transaction."""
        return driver_of(self.connection())

    def written(self) -> None:
        """Count a write; commit when there are enough, or when others have waited long enough."""
        self._written += 1
        if self._written >= BULK_WRITES or monotonic() >= self._begun_at + BULK_S:
            self.commit()
            sleep(OTHERS_S)

    def commit(self) -> None:
        """Commit the open transaction."""
        self._end(commit=True)

    def rollback(self) -> None:
        """Roll back the open transaction."""
        self._end(commit=False)

    def _end(self, *, commit: bool) -> None:
        connection, self._connection, self._written = self._connection, None, 0
        if connection is None:
            return
        done = False
        try:
            if commit:
                connection.commit()
                done = True
        finally:
            connection.close()
            self._database.lock.__exit__(None, None, None)
            for react in self._database.after_bulk_commit if done else self._database.after_bulk_rollback:
                react()


def driver_of(connection: Connection) -> Any:
    """The driver's connection behind SQLAlchemy's."""
    return connection.connection.driver_connection


def execute(tx: Connection, statement: str, parameters: Sequence[Any]) -> None:
    """Run a statement of PostgreSQL's, as psycopg writes it, for which nobody waits for rows."""
    driver_of(tx).kept_cursor.execute(statement, parameters)


@contextmanager
def outages() -> Iterator[None]:
    """Turn the errors of a database that does not answer into our own.

    Raises: LogUnavailable.
    """
    try:
        yield
    except OUTAGES as error:
        raise LogUnavailable(str(error)) from error
