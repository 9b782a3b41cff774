"""With which settings do we connect to a database?"""

import sqlite3
import threading
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any

import psycopg
from psycopg.pq import ConnStatus
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import QueuePool

from shared.eventlog.sql.arrays import take_arrays

WAIT_S = 30
"""How long a connection from the pool, a row lock or another process's SQLite transaction is waited for [s]."""

POSTGRES_SETTINGS = " ".join(
    (
        "-c synchronous_commit=on",
        f"-c lock_timeout={WAIT_S}s",
        # A process that is frozen while it holds the head of the log would stop every other one for good.
        "-c idle_in_transaction_session_timeout=60s",
        "-c timezone=UTC",
    )
)

READS = "kosilab_reads"
"""The execution option of a connection that only reads."""

IN_HASTE = "-c synchronous_commit=off"
"""For transactions whose commit does not wait for the disk: a crash of the server may take back the last (ADR 39)."""

BY_KEY = "-c enable_seqscan=off"
"""For connections that look rows up by key only: a plan is kept, and one made while a table was new reads it all, ever
more slowly until the server's next ANALYZE (seen: an append took five times as long after 10,000 events)."""

AGAIN_S = 0.002
"""How soon a SQLite file that another process writes to is tried again [s]."""

SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA secure_delete=ON",  # what is erased is overwritten, not merely unlinked
)


def open_engines(url: str) -> tuple[Engine, Engine, Engine]:
    """Three engines: for transactions, for those in haste, and one on which every statement commits by itself.

    SQLite has only one of them.

    Raises: ValueError for a URL that is neither PostgreSQL nor a SQLite file.
    """
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            return (
                _postgres(parsed),
                _postgres(parsed, IN_HASTE),
                _postgres(parsed, BY_KEY, level="AUTOCOMMIT"),
            )
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            engine = _sqlite(parsed)
            return engine, engine, engine
        case _:
            msg = f"{parsed.render_as_string()} is neither postgresql:// nor a file under sqlite:///"
            raise ValueError(msg)


def _postgres(url: URL, further_settings: str = "", *, level: IsolationLevel = "READ COMMITTED") -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # they are records; what goes wrong is logged, what is in it is not
        pool_size=5,
        max_overflow=5,
        pool_timeout=WAIT_S,
        isolation_level=level,
        connect_args={"options": f"{POSTGRES_SETTINGS} {further_settings}", "connect_timeout": 10},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        take_arrays(connection)
        keep_cursor(connection)

    event.listen(engine, "checkout", refuse_cut)
    return engine


def keep_cursor(connection: Any) -> None:
    """Make the cursor that serves one statement after the other: to make one took a third of a short query's time."""
    connection.kept_cursor = connection.cursor(binary=True)


def refuse_cut(connection: Any, *_: object) -> None:
    """Take no connection from the pool that the server has ended; to ask the server would cost a round trip each time.

    Raises: InvalidatePoolError, upon which the pool makes a new one.
    """
    try:
        for _farewell_then_end in range(2):
            connection.pgconn.consume_input()
    except psycopg.OperationalError as error:
        raise InvalidatePoolError from error
    if connection.pgconn.status != ConnStatus.OK:
        raise InvalidatePoolError


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # they are records; what goes wrong is logged, what is in it is not
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=5,
        pool_timeout=WAIT_S,
        connect_args={"timeout": WAIT_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own accord
        for setting in SQLITE_SETTINGS:
            connection.execute(setting)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A transaction that begins reading and turns to writing can't wait for another writer: it fails at once.
        if connection.get_execution_options().get(READS, False):
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection.connection.driver_connection)

    return engine


def _begin_writing(driver: sqlite3.Connection) -> None:
    """Begin a transaction; while another process writes to the file, only this thread waits.

    SQLite's own waiting would stop all green threads of the process, and looks again only every tenth of a second: a
    process that writes again and again would keep the others out.
    Raises: sqlite3.OperationalError when the other process does not end its transaction in time.
    """
    until = monotonic() + WAIT_S
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while not _has_begun(driver, is_last=monotonic() >= until):
            sleep(AGAIN_S)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {WAIT_S * 1000}")


def _has_begun(driver: sqlite3.Connection, *, is_last: bool) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if is_last or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


class FileLock:
    """One per SQLite file and process, held from BEGIN to COMMIT.

    Without it a green thread that begins to write while another one's transaction is open freezes the process in
    SQLite's busy handler, and the transaction that it waits for never gets to its end.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    def __enter__(self) -> None:
        """Wait for the file.

        Raises: RuntimeError when the thread holds it already: it would wait for itself.
        """
        if self._owner == threading.get_ident():
            msg = "a transaction within a transaction of the same SQLite file"
            raise RuntimeError(msg)
        self._lock.acquire()
        self._owner = threading.get_ident()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the file to the next."""
        self._owner = None
        self._lock.release()


_locks: dict[str, FileLock] = {}
_locks_guard = threading.Lock()


def file_lock_of(engine: Engine) -> FileLock:
    """The lock of the SQLite file behind an engine."""
    path = str(Path(engine.url.database or "").resolve())
    with _locks_guard:
        return _locks.setdefault(path, FileLock())
