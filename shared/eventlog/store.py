"""What does one service keep? Its log, its views and the memory of its readers, in one database."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection

from shared.eventlog.deadlines import Deadlines
from shared.eventlog.history import History
from shared.eventlog.leases import Leases
from shared.eventlog.parked import Parked
from shared.eventlog.shelf import LedgerShelf
from shared.eventlog.slots import Slots
from shared.eventlog.sql.cursors import SqlCursors
from shared.eventlog.sql.database import Database
from shared.eventlog.sql.log import SqlEventLog
from shared.eventlog.view_ask import ViewAsk
from shared.eventlog.views import ViewTables


class SqlStore:
    """One service's database: PostgreSQL or a SQLite file that `migrate` has prepared."""

    def __init__(self, database: Database, log: SqlEventLog) -> None:
        self.database = database
        self.log = log
        self.cursors = SqlCursors(database)
        self.views = ViewTables(database)
        self.ask = ViewAsk(database, self.views)
        self.parked = Parked(database)
        self.deadlines = Deadlines(database)
        self.leases = Leases(database)
        self.history = History(database)
        self.slots = Slots(database)
        self.shelf = LedgerShelf(database)

    @classmethod
    def open(cls, url: str, *, service: str, city_key: str, clock: Callable[[], datetime]) -> "SqlStore":
        """Open the store behind a URL: `postgresql://…` or `sqlite:///file`; it does not connect yet.

        Raises: ValueError for any other URL.
        """
        database = Database(url)
        return cls(database, SqlEventLog(database, service=service, city_key=city_key, clock=clock))

    def transaction(self, *, in_haste: bool = False) -> AbstractContextManager[Connection]:
        """A transaction: committed at the end, rolled back by an exception.

        `in_haste`: the commit does not wait for the disk; for what is made again after a crash of the server (ADR 39).
        On SQLite it holds the file's lock: do no I/O, no logging and no append inside.
        Raises: LogUnavailable.
        """
        return self.database.transaction(in_haste=in_haste)

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection for reading only, on one state of the tables.

        Raises: LogUnavailable.
        """
        return self.database.reading()

    def bulk(self) -> AbstractContextManager[None]:
        """Commit this thread's appends and transactions a few hundred at a time within the block."""
        return self.database.bulk()

    def close(self) -> None:
        """Give back every connection."""
        self.log.close()
        self.database.close()
