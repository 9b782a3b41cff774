"""How does a process notice what another one appends to the same log? By a notification, or a counter of the file.

On PostgreSQL every process says after its commits how far the log has come, and listens to what the others say. A
NOTIFY within the append would take a lock over the whole database until the commit; sent afterwards, on a connection
of its own, it delays nobody. It may be lost, so each reader also looks by itself every few seconds.

On SQLite a counter in the file changes with every commit of another connection.
"""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, Protocol

import psycopg

from shared.eventlog.port import LogUnavailable
from shared.eventlog.sql.database import Database, outages
from shared.eventlog.waiting import Growth, turn

GAP_S = 0.05
"""How much time lies at least between two notifications of one process [s]: under load one tells of many appends."""

COUNTER_S = 0.25
"""How often the counter of a SQLite file is read [s]."""

AGAIN_S = 1.0
"""How long after an outage one tries again [s]."""

SAY = "SELECT pg_notify(%s, %s)"


class Watch(Protocol):
    """Keeps a log's growth informed about other processes, for as long as it runs; a loop of the process."""

    name: str

    @property
    def is_at_work(self) -> bool:
        """Whether what other processes append is noticed now."""
        ...

    def say(self, position: int) -> None:
        """Let other processes know that this one has committed up to this position."""
        ...

    def run(self, stopping: threading.Event) -> None:
        """Watch until told to stop."""
        ...


def watch_over(database: Database, service: str, growth: Growth) -> "PostgresWatch | SqliteWatch":
    """The watch for this kind of database."""
    kind = PostgresWatch if database.is_postgres else SqliteWatch
    return kind(database, service, growth)


class SqliteWatch:
    """Reads the counter of the file a few times a second."""

    def __init__(self, database: Database, service: str, growth: Growth) -> None:
        self.name = f"{service} watch"
        self.is_at_work = False
        self._database = database
        self._growth = growth

    def say(self, position: int) -> None:
        """The file itself says it."""

    def run(self, stopping: threading.Event) -> None:
        """Watch until told to stop."""
        while not stopping.is_set():
            try:
                self._watch(stopping)
            except LogUnavailable:
                stopping.wait(AGAIN_S)
            finally:
                self.is_at_work = False

    def _watch(self, stopping: threading.Event) -> None:
        with outages():
            connection = self._database.autocommit_connection()
            driver: Any = connection.driver_connection
            try:
                counted: int | None = None
                while not stopping.is_set():
                    (counter,) = driver.execute("PRAGMA data_version").fetchone()
                    if counter != counted:
                        counted = counter
                        self._growth.look()
                        self.is_at_work = True
                    stopping.wait(turn(COUNTER_S))
            finally:
                connection.close()


class PostgresWatch:
    """Listens and speaks on a connection of its own."""

    def __init__(self, database: Database, service: str, growth: Growth) -> None:
        self.name = f"{service} watch"
        self.is_at_work = False
        self._database = database
        self._growth = growth
        self._channel = f"kosilab_{service}"
        self._position = 0
        self._notified = 0
        self._notified_at = 0.0
        self._poke: socket.socket | None = None

    def say(self, position: int) -> None:
        """Let other processes know, soon; it costs the caller nothing, and is lost while nobody watches."""
        if position > self._position:
            was_notified, self._position = self._notified >= self._position, position
            if self._poke is not None and was_notified:
                with suppress(OSError):  # the watch ends at this moment
                    self._poke.send(b"!")

    def run(self, stopping: threading.Event) -> None:
        """Watch until told to stop."""
        while not stopping.is_set():
            try:
                with outages(), self._listening() as driver, self._pokable() as poked:
                    while not stopping.is_set():
                        self._turn(driver, poked)
            except LogUnavailable:
                stopping.wait(AGAIN_S)

    @contextmanager
    def _listening(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection that listens, apart from the pool, which is for those who come and go."""
        pooled = self._database.autocommit_connection()
        driver: Any = pooled.driver_connection
        pooled.detach()
        try:
            # A notification is a commit; it need not reach the disk.
            driver.execute("SET synchronous_commit = off")
            driver.add_notify_handler(self._take_notify)
            driver.execute(f"LISTEN {self._channel}")
            self._growth.look()  # what was appended before we listened
            self.is_at_work = True
            yield driver
        finally:
            self.is_at_work = False
            driver.close()

    @contextmanager
    def _pokable(self) -> Iterator[socket.socket]:
        """What becomes readable when there is something to say."""
        poked, poke = socket.socketpair()
        poke.settimeout(0)
        with poked, poke:
            self._poke = poke
            try:
                yield poked
            finally:
                self._poke = None

    def _turn(self, driver: psycopg.Connection[Any], poked: socket.socket) -> None:
        """Wait a while for something to hear or to say."""
        waits_s = turn()
        if self._position > self._notified:
            waits_s = min(waits_s, max(0.0, self._notified_at + GAP_S - monotonic()))
        ready, _, _ = select.select([driver.fileno(), poked.fileno()], [], [], waits_s)
        if poked.fileno() in ready:
            poked.recv(4096)
        if driver.fileno() in ready:
            driver.pgconn.consume_input()
            while (notify := driver.pgconn.notifies()) is not None:
                self._take(notify.be_pid, notify.extra.decode(), driver)
        if self._position > self._notified and monotonic() >= self._notified_at + GAP_S:
            self._notified, self._notified_at = self._position, monotonic()
            driver.execute(SAY, (self._channel, str(self._notified)), prepare=True)

    def _take_notify(self, notify: psycopg.Notify) -> None:
        """What came while something else was asked."""
        self._growth.reached(int(notify.payload))

    def _take(self, pid: int, payload: str, driver: psycopg.Connection[Any]) -> None:
        if pid != driver.info.backend_pid:
            self._growth.reached(int(payload))
