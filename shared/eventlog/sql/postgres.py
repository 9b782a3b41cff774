"""How is a group of appends written to PostgreSQL in as few round trips as possible?

One, when the head is where this process left it: the records are made for that position, and the function
`kosilab_append` writes them only if head, streams and command ids are as supposed. Else two: lock and look, then write.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from shared.eventlog.judge import (
    HeadRow,
    Judge,
    Page,
    Verdict,
    decode_outcome,
    encode_outcome,
    row_of_slot,
)
from shared.eventlog.port import Append, StoredRecord
from shared.eventlog.sql.arrays import Bytes, Texts, Wholes
from shared.eventlog.sql.database import OUTAGES, Database, outages

LOCK = "SELECT position, by_audience, recorded_at, incarnation, stopped FROM log_head WHERE id = 1 FOR UPDATE"
OUTCOMES = "SELECT command_id, request_digest, outcome FROM command WHERE command_id = ANY(%s)"
VERSIONS = """
    SELECT asked, (SELECT version FROM event WHERE stream = asked ORDER BY version DESC LIMIT 1)
    FROM unnest(%s::text[]) AS asked
"""
APPEND = "SELECT kosilab_append(%s, %s::int, %s, %s, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
APPEND_WITH_SLOTS = f"""
    WITH appended AS MATERIALIZED (SELECT a FROM ({APPEND}) AS f (a)),
        kept AS (
            INSERT INTO slot (event_id, name, subject, retention, sealed)
            SELECT * FROM unnest(%b, %b, %b, %b, %b) WHERE (SELECT a FROM appended)
        )
    SELECT a FROM appended
"""  # noqa: S608 - our own statement
DOUBT_AT_MOST = 64
"""After how many groups at most another guess is made, where other processes move the head."""


class PostgresWriter:
    """Writes groups to one PostgreSQL database; used by one thread at a time."""

    def __init__(self, database: Database, judge: Judge) -> None:
        self._database = database
        self._judge = judge
        self._pooled: Any = None
        self._head: HeadRow | None = None
        self.written: list[StoredRecord] = []
        """What the last group wrote."""
        self._wrong_guesses = 0
        self._groups_until_guess = 0

    def write(self, requests: Sequence[Append]) -> tuple[list[Verdict], int]:
        """Judge and write in a transaction of its own: the verdicts and the head's position.

        A connection that broke is replaced once: command ids make it safe to write again what may be written.
        Raises: LogUnavailable.
        """
        with outages():
            try:
                return self._write(self._driver(), requests)
            except OUTAGES:
                if not self._driver().closed:
                    raise
                self.close()
                return self._write(self._driver(), requests)

    def write_within(
        self, driver: psycopg.Connection, requests: Sequence[Append]
    ) -> tuple[list[Verdict], int]:
        """Judge and write in the transaction that is open on this connection."""
        guessed = self._guess(driver, requests)
        if guessed is not None:
            return guessed
        with driver.pipeline():
            looked = _look(driver, requests)
        page = _page(*looked)
        verdicts = self._judge.verdicts(page, requests)
        if page.commands:
            _append(driver, page, {})
        self._head = page.head
        return verdicts, page.head.position

    def _write(self, driver: psycopg.Connection, requests: Sequence[Append]) -> tuple[list[Verdict], int]:
        try:
            guessed = self._guess(driver, requests)
            if guessed is not None:
                return guessed
            with driver.pipeline():
                driver.execute("BEGIN", prepare=True)
                looked = _look(driver, requests)
            page = _page(*looked)
            verdicts = self._judge.verdicts(page, requests)
            with driver.pipeline():
                if page.commands:
                    _append(driver, page, {})
                driver.execute("COMMIT", prepare=True)
        except BaseException:
            self._give_up(driver)
            raise
        self._head = page.head
        self.written = [row.stored() for row in page.events]
        return verdicts, page.head.position

    def _guess(
        self, driver: psycopg.Connection, requests: Sequence[Append]
    ) -> tuple[list[Verdict], int] | None:
        """Write as if nobody else had written since; when somebody had, write nothing and return None."""
        head = self._head
        if head is None or self._groups_until_guess > 0:
            self._groups_until_guess -= 1
            return None
        supposed: dict[str, int] = {}
        for request in requests:
            supposed.setdefault(request.stream, request.expected_version)
        page = Page(head=head.copy(), outcomes={}, versions=dict(supposed))
        verdicts = self._judge.verdicts(page, requests)
        if any(isinstance(verdict, Exception) for verdict in verdicts):
            return None
        (right,) = _append(driver, page, supposed).fetchone() or (False,)
        if right:
            self._head, self._wrong_guesses = page.head, 0
            self.written = [row.stored() for row in page.events]
            return verdicts, page.head.position
        # Where several processes write by turns a guess costs a round trip and the row's lock for nothing.
        self._wrong_guesses += 1
        self._groups_until_guess = min(2**self._wrong_guesses, DOUBT_AT_MOST)
        self._head = None
        return None

    def _driver(self) -> psycopg.Connection:
        if self._pooled is None:
            self._pooled = self._database.autocommit_connection()
        driver: psycopg.Connection = self._pooled.driver_connection
        return driver

    def _give_up(self, driver: psycopg.Connection) -> None:
        self.forget()
        if not driver.closed:
            try:
                driver.rollback()
            except OUTAGES:
                driver.close()

    def forget(self) -> None:
        """Suppose nothing of the head: a transaction that moved it was rolled back."""
        self._head = None

    def close(self) -> None:
        """Give the connection up."""
        self.forget()
        if self._pooled is not None:
            self._pooled.invalidate()
            self._pooled = None


def _look(driver: psycopg.Connection, requests: Sequence[Append]) -> tuple[Any, Any, Any]:
    """Lock the head, then look at what the group is about.

    Three statements, not one: one statement sees the tables as they were before it waited for the lock, and so misses
    what the one that it waited for has written.
    """
    ids = [request.command_id for request in requests]
    streams = list({request.stream for request in requests})
    head = driver.cursor(binary=True).execute(LOCK, prepare=True)
    outcomes = driver.cursor(binary=True).execute(OUTCOMES, (ids,), prepare=True)
    versions = driver.cursor(binary=True).execute(VERSIONS, (streams,), prepare=True)
    return head, outcomes, versions


def _page(head: Any, outcomes: Any, versions: Any) -> Page:
    position, by_audience, recorded_at, incarnation, stopped = head.fetchone()
    return Page(
        head=HeadRow(
            position=position,
            by_audience=msgspec.json.decode(by_audience),
            recorded_at=recorded_at,
            incarnation=incarnation,
            stopped=stopped,
        ),
        outcomes={row[0]: (row[1], decode_outcome(row[2])) for row in outcomes.fetchall()},
        versions={stream: version or 0 for stream, version in versions.fetchall()},
    )


def _append(driver: Any, page: Page, supposed: dict[str, int]) -> psycopg.Cursor[Any]:
    """Call `kosilab_append`: it answers true when head and `supposed` stream versions were as said, and writes then."""
    cursor: psycopg.Cursor[Any] = driver.kept_cursor
    recorded_at: datetime = page.head.recorded_at
    columns = zip(*page.events, strict=True) if page.events else [()] * 9
    _, ids, streams, versions, types, audiences, _, causes, records = columns
    parameters = (
        page.head.position - len(page.events),
        page.head.incarnation,
        msgspec.json.encode(page.head.by_audience).decode(),
        recorded_at,
        Texts(list(supposed)),
        Wholes(list(supposed.values())),
        Texts(ids),
        Texts(streams),
        Wholes(versions),
        Texts(types),
        Texts(audiences),
        Texts(causes),
        Bytes(records),
        Texts([row.command_id for row in page.commands]),
        Texts([row.request_digest for row in page.commands]),
        Texts([encode_outcome(row.outcome) for row in page.commands]),
    )
    if not page.slots:
        return cursor.execute(APPEND, parameters, prepare=True)
    event_ids, names, subjects, retentions, sealed = zip(*map(row_of_slot, page.slots), strict=True)
    slots = (Texts(event_ids), Texts(names), Texts(subjects), Texts(retentions), Bytes(sealed))
    return cursor.execute(APPEND_WITH_SLOTS, (*parameters, *slots), prepare=True)
