"""What falls due when? One line per stream and kind of deadline; the ticker looks here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete

from shared.eventlog.sql.batch import put_many
from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import DEADLINE, instant_of, instant_text


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

    def set(self, tx: Connection, stream: str, kind: str, due_at: datetime) -> None:
        """Set or move a deadline."""
        put_many(tx, DEADLINE, [(stream, kind, due_at)])

    def clear(self, tx: Connection, stream: str, kind: str) -> None:
        """Take a deadline away; there need not be one."""
        place = "%s" if self._database.is_postgres else "?"
        # Written out, since to compose it anew for every event that clears one took longer than all the rest of it.
        tx.exec_driver_sql(f"DELETE FROM deadline WHERE stream = {place} AND kind = {place}", (stream, kind))  # noqa: S608

    def clear_if(self, tx: Connection, deadline: Deadline) -> None:
        """Take a deadline away unless it was moved meanwhile."""
        same = (DEADLINE.c.stream == deadline.stream) & (DEADLINE.c.kind == deadline.kind)
        tx.execute(delete(DEADLINE).where(same & (DEADLINE.c.due_at == deadline.due_at)))

    def clear_all(self, tx: Connection) -> None:
        """Take all away, before a rebuild."""
        tx.execute(delete(DEADLINE))

    def due(self, now: datetime, limit: int = 500) -> list[Deadline]:
        """What was due at `now`, the earliest first.

        Raises: LogUnavailable.
        """
        until = now if self._database.is_postgres else instant_text(now)
        rows = self._database.rows(
            "SELECT stream, kind, due_at FROM deadline WHERE due_at <= ? ORDER BY due_at, stream, kind LIMIT ?",
            (until, limit),
        )
        return [Deadline(stream=s, kind=k, due_at=instant_of(d)) for s, k, d in rows]

    def next_due_at(self) -> datetime | None:
        """When the next one falls due, if any.

        Raises: LogUnavailable.
        """
        ((first,),) = self._database.rows("SELECT min(due_at) FROM deadline")
        return None if first is None else instant_of(first)
