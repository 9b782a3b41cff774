"""How is a group of appends written to a SQLite file?"""

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from shared.eventlog.judge import (
    HeadRow,
    Judge,
    Page,
    Verdict,
    decode_outcome,
    encode_outcome,
    row_of_slot,
)
from shared.eventlog.port import Append, Outcome, StoredRecord
from shared.eventlog.sql.database import Database, driver_of, outages
from shared.eventlog.sql.tables import instant_of, instant_text

HEAD = "SELECT position, by_audience, recorded_at, incarnation, stopped FROM log_head WHERE id = 1"
OUTCOME = "SELECT request_digest, outcome FROM command WHERE command_id = ?"
VERSION = "SELECT max(version) FROM event WHERE stream = ?"
EVENTS = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
COMMANDS = "INSERT INTO command VALUES (?, ?, ?)"
SLOTS = "INSERT INTO slot VALUES (?, ?, ?, ?, ?)"
MOVE = "UPDATE log_head SET position = ?, by_audience = ?, recorded_at = ? WHERE id = 1"


class SqliteWriter:
    """Writes groups to one SQLite file."""

    def __init__(self, database: Database, judge: Judge) -> None:
        self._database = database
        self._judge = judge
        self.written: list[StoredRecord] = []
        """What the last group wrote."""

    def write(self, requests: Sequence[Append]) -> tuple[list[Verdict], int]:
        """Judge and write in a transaction of its own: the verdicts and the head's position.

        Raises: LogUnavailable.
        """
        with outages(), self._database.transaction() as transaction:
            return self.write_within(driver_of(transaction), requests)

    def write_within(
        self, driver: sqlite3.Connection, requests: Sequence[Append]
    ) -> tuple[list[Verdict], int]:
        """Judge and write in the transaction that is open on this connection."""
        page = _page(driver, requests)
        verdicts = self._judge.verdicts(page, requests)
        if page.commands:
            _keep(driver, page)
        self.written = [row.stored() for row in page.events]
        return verdicts, page.head.position

    def forget(self) -> None:
        """Nothing is remembered between transactions."""

    def close(self) -> None:
        """Nothing is kept open."""


def _page(driver: sqlite3.Connection, requests: Sequence[Append]) -> Page:
    position, by_audience, recorded_at, incarnation, stopped = driver.execute(HEAD).fetchone()
    head = HeadRow(
        position=position,
        by_audience=msgspec.json.decode(by_audience),
        recorded_at=instant_of(recorded_at),
        incarnation=incarnation,
        stopped=stopped,
    )
    outcomes = dict(_outcomes(driver, {request.command_id for request in requests}))
    versions = {
        stream: driver.execute(VERSION, (stream,)).fetchone()[0] or 0
        for stream in {request.stream for request in requests}
    }
    return Page(head=head, outcomes=outcomes, versions=versions)


def _outcomes(driver: sqlite3.Connection, ids: Iterable[str]) -> Iterable[tuple[str, tuple[str, Outcome]]]:
    for command_id in ids:
        outcome = driver.execute(OUTCOME, (command_id,)).fetchone()
        if outcome is not None:
            yield command_id, (outcome[0], decode_outcome(outcome[1]))


def _keep(driver: sqlite3.Connection, page: Page) -> None:
    events = [(*row[:6], instant_text(row.recorded_at), *row[7:]) for row in page.events]
    driver.executemany(EVENTS, events)
    driver.executemany(COMMANDS, [(row[0], row[1], encode_outcome(row.outcome)) for row in page.commands])
    if page.slots:
        driver.executemany(SLOTS, [row_of_slot(slot) for slot in page.slots])
    head = page.head
    by_audience = msgspec.json.encode(head.by_audience).decode()
    driver.execute(MOVE, (head.position, by_audience, instant_text(head.recorded_at)))
