"""What falls due when? One row per stream and kind of deadline; the ticker reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from sqlalchemy import Connection, delete

from shared.eventlog.sql.arrays import Texts
from shared.eventlog.sql.batch import put_many
from shared.eventlog.sql.database import Database, execute
from shared.eventlog.sql.tables import DEADLINE, instant_of, instant_text
from shared.eventlog.waiting import LOOK_S

# Written out, since composing them for every batch of events took longer than the rest of the work.
GONE_SQLITE = "DELETE FROM deadline WHERE stream = ? AND kind = ?"
GONE_POSTGRES = (
    "DELETE FROM deadline USING unnest(%b, %b) AS gone (stream, kind)"
    " WHERE deadline.stream = gone.stream AND deadline.kind = gone.kind"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Something in a stream that falls due."""

    stream: str
    kind: str
    due_at: datetime


class Deadlines:
    """The deadlines of one service."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stored: datetime | None = None
        self._put: datetime | None = None
        self._put_counts_until = 0.0

    @property
    def earliest(self) -> datetime | None:
        """The earliest due time that this process knows, without a query.

        It is the minimum of the last result of `next_due_at` and the recently set deadlines, committed or not.
        """
        return min(filter(None, (self._stored, self._put)), default=None)

    def put(self, tx: Connection, changes: Mapping[tuple[str, str], datetime | None]) -> None:
        """Set or move deadlines by stream and kind, and delete those without a time, in two statements."""
        kept = [(stream, kind, due_at) for (stream, kind), due_at in changes.items() if due_at is not None]
        put_many(tx, DEADLINE, kept)
        if kept:
            earliest = min(due_at for _, _, due_at in kept)
            self._put = min(self._put or earliest, earliest)
            self._put_counts_until = monotonic() + LOOK_S
        gone = [place for place, due_at in changes.items() if due_at is None]
        if gone and self._database.is_postgres:
            streams, kinds = zip(*gone, strict=True)
            execute(tx, GONE_POSTGRES, (Texts(streams), Texts(kinds)))
        elif gone:
            tx.exec_driver_sql(GONE_SQLITE, gone)

    def set(self, tx: Connection, stream: str, kind: str, due_at: datetime) -> None:
        """Set or move a deadline."""
        self.put(tx, {(stream, kind): due_at})

    def clear(self, tx: Connection, stream: str, kind: str) -> None:
        """Delete a deadline, if there is one."""
        self.put(tx, {(stream, kind): None})

    def clear_if(self, tx: Connection, deadline: Deadline) -> None:
        """Delete a deadline unless it was moved meanwhile."""
        same = (DEADLINE.c.stream == deadline.stream) & (DEADLINE.c.kind == deadline.kind)
        tx.execute(delete(DEADLINE).where(same & (DEADLINE.c.due_at == deadline.due_at)))

    def clear_all(self, tx: Connection) -> None:
        """Delete all, before a rebuild."""
        tx.execute(delete(DEADLINE))

    def due(self, now: datetime, limit: int = 500) -> list[Deadline]:
        """The deadlines due at `now`, the earliest first.

        Raises: LogUnavailable.
        """
        until = now if self._database.is_postgres else instant_text(now)
        rows = self._database.rows(
            "SELECT stream, kind, due_at FROM deadline WHERE due_at <= ? ORDER BY due_at, stream, kind LIMIT ?",
            (until, limit),
        )
        return [Deadline(stream=s, kind=k, due_at=instant_of(d)) for s, k, d in rows]

    def next_due_at(self) -> datetime | None:
        """The due time of the next deadline, if any.

        Raises: LogUnavailable.
        """
        # Recently set deadlines may not be committed yet, so the query misses them; they count for some seconds.
        if monotonic() >= self._put_counts_until:
            self._put = None
        ((first,),) = self._database.rows("SELECT min(due_at) FROM deadline")
        self._stored = None if first is None else instant_of(first)
        return self._stored
