"""The log in a database: PostgreSQL or a SQLite file."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import text

from shared.eventlog.group import GroupAppend
from shared.eventlog.judge import HeadRow, Judge, Verdict, decode_outcome, outcome_for
from shared.eventlog.port import Append, Head, Outcome, StoredRecord, Transaction
from shared.eventlog.sql.cursors import SqlCursors
from shared.eventlog.sql.database import Bulk, Database, outages
from shared.eventlog.sql.postgres import PostgresWriter
from shared.eventlog.sql.sqlite import SqliteWriter
from shared.eventlog.sql.watching import Watch, watch_over
from shared.eventlog.tail import Tail
from shared.eventlog.waiting import Growth

RECORD = "SELECT position, record, type, audience, stream FROM event"
STREAM = f"{RECORD} WHERE stream = ? AND version > ? ORDER BY version"
ALL = f"{RECORD} WHERE position > ? ORDER BY position LIMIT ?"
FOR_AUDIENCE = f"{RECORD} WHERE audience = ? AND position > ? ORDER BY position LIMIT ?"
HEAD = "SELECT position, by_audience, incarnation FROM log_head WHERE id = 1"
POSITION = "SELECT position FROM log_head WHERE id = 1"
OUTCOME = "SELECT request_digest, outcome FROM command WHERE command_id = ?"
STOP = text(
    "UPDATE log_head SET stopped = :because WHERE id = 1 AND coalesce(stopped, '') <> coalesce(:because, '')"
)


class SqlEventLog:
    """An EventLog in a database that the migrations have prepared; safe for threads and processes."""

    def __init__(
        self, database: Database, *, service: str, city_key: str, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._service = service
        judge = Judge(city_key=city_key, service=service, clock=clock)
        kind = PostgresWriter if database.is_postgres else SqliteWriter
        self._writer: PostgresWriter | SqliteWriter = kind(database, judge)
        self._bulk_writer: PostgresWriter | SqliteWriter = kind(database, judge)
        self._group = GroupAppend(self._write)
        self._tail = Tail()
        self._cursors = SqlCursors(database)
        self._growth = Growth(self._position, lambda: self.watch.is_at_work)
        self.watch: Watch = watch_over(database, service, self._growth)
        database.after_bulk_commit.append(self._bulk_committed)
        database.after_bulk_rollback.append(self._bulk_writer.forget)

    @property
    def service(self) -> str:
        """The service whose log this is."""
        return self._service

    def append(self, request: Append) -> Outcome:
        """Write the events of one command, or give back what the same command id led to before.

        In a bulk the answer holds once the bulk has been left.
        Raises: Conflict, CommandIdReused, RecordTooLarge, AppendsStopped, LogUnavailable.
        """
        bulk = self._database.bulk_of_this_thread
        if bulk is None:
            return self._group.append(request)
        verdict = self._write_in(bulk, request)
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    def stop_appends(self, because: str | None) -> None:
        """Refuse every append of every process for this reason; with None take them again.

        Raises: LogUnavailable.
        """
        with self._database.transaction() as tx:
            tx.execute(STOP, {"because": because})

    def _write(self, requests: Sequence[Append]) -> list[Verdict]:
        verdicts, position = self._writer.write(requests)
        self._tail.extend(self._writer.written)  # before anybody is woken
        self._reached(position)
        return verdicts

    def _reached(self, position: int) -> None:
        """The log is committed up to here: wake the waiting readers in this process and in others."""
        if self._growth.reached(position):
            self.watch.say(position)

    def _write_in(self, bulk: Bulk, request: Append) -> Verdict:
        with outages():
            try:
                (verdict,), _ = self._bulk_writer.write_within(bulk.driver(), [request])
            except BaseException:
                bulk.rollback()
                raise
            bulk.written()
        return verdict

    def _bulk_committed(self) -> None:
        # Other threads may write before this one does again: its guess of the head is worth nothing then.
        self._bulk_writer.forget()
        self._reached(self._position())

    def outcome(self, command_id: str, request_digest: str) -> Outcome | None:
        """What this command led to, or None when it never came.

        Raises: CommandIdReused, LogUnavailable.
        """
        rows = self._database.rows(OUTCOME, (command_id,))
        if not rows:
            return None
        digest, outcome = rows[0]
        return outcome_for((digest, decode_outcome(outcome)), command_id, request_digest)

    def read_stream(self, stream: str, *, after_version: int = 0) -> list[StoredRecord]:
        """The stream's records in order; in a bulk, with what the bulk has written.

        Raises: LogUnavailable.
        """
        return _stored(self._database.rows(STREAM, (stream, after_version)))

    def read(self, *, after: int = 0, limit: int = 500, audience: str | None = None) -> list[StoredRecord]:
        """Records by position, beginning behind `after`; with `audience` only those. A bulk is committed first.

        Raises: LogUnavailable.
        """
        self._database.flush()
        if audience is None:
            return _stored(self._database.rows(ALL, (after, limit)))
        return _stored(self._database.rows(FOR_AUDIENCE, (audience, after, limit)))

    def follow(self, *, after: int, limit: int) -> list[StoredRecord]:
        """Records by position, beginning behind `after`: from memory where this process appended them.

        Raises: LogUnavailable.
        """
        return self._tail.behind(after, limit) or self.read(after=after, limit=limit)

    def head(self) -> Head:
        """Where the log ends. A bulk is committed first.

        Raises: LogUnavailable.
        """
        self._database.flush()
        position, by_audience, incarnation = self._database.rows(HEAD)[0]
        return HeadRow(
            position=position, by_audience=msgspec.json.decode(by_audience), incarnation=incarnation
        ).shown()

    def bulk(self) -> AbstractContextManager[None]:
        """Within it, this thread's appends and transactions are committed a few hundred at a time."""
        return self._database.bulk()

    def begin_incarnation(self, *, beyond: int = 0) -> int:
        """After a restore that lost events: the next record says in `source` that the log is another one now.

        Which one: the next, also after `beyond`, which the log that is lost had come to.
        Raises: LogUnavailable.
        """
        number = max(self.head().incarnation, beyond) + 1
        with self._database.transaction() as transaction:
            transaction.execute(
                text("UPDATE log_head SET incarnation = :number WHERE id = 1"), {"number": number}
            )
        return number

    def wait(self, after: int, timeout: float) -> bool:
        """Wait at most `timeout` [s] until the log has grown beyond `after`; True when it has.

        Raises: LogUnavailable.
        """
        self._database.flush()
        return self._growth.wait(after, timeout)

    def cursor(self, name: str) -> int:
        """The position that the reader has finished; 0 when it never began.

        Raises: LogUnavailable.
        """
        return self._cursors.cursor(name)

    def cursors(self) -> dict[str, int]:
        """Every cursor with its position.

        Raises: LogUnavailable.
        """
        return self._cursors.all()

    def move_cursor(self, name: str, *, expected: int, to: int, within: Transaction | None = None) -> None:
        """Move on, alone or within a transaction of the same store.

        Raises: CursorMoved when the cursor is not where the caller thinks; LogUnavailable.
        """
        self._cursors.move_cursor(name, expected=expected, to=to, within=within)

    def _position(self) -> int:
        return int(self._database.rows(POSITION)[0][0])

    def close(self) -> None:
        """Give back the connection that the log writes on."""
        self._writer.close()


def _stored(rows: list[tuple[Any, ...]]) -> list[StoredRecord]:
    return [
        StoredRecord(position=p, record=_bytes(r), type=t, audience=a, stream=s) for p, r, t, a, s in rows
    ]


def _bytes(record: Any) -> bytes:
    """The record; SQLite gives text back where somebody put text in its place, which a verifier is to see."""
    return record if isinstance(record, bytes) else str(record).encode()
