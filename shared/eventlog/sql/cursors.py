"""How far has each reader come? Kept in the reader's own database, moved by compare-and-set."""

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from shared.eventlog.port import CursorMoved
from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import CURSOR
from shared.eventlog.sql.upsert import insert_into


class SqlCursors:
    """The cursors of one service's readers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cursor(self, name: str) -> int:
        """The position that the reader has finished; 0 when it never began.

        Raises: LogUnavailable.
        """
        rows = self._database.rows("SELECT position FROM cursor WHERE name = ?", (name,))
        return int(rows[0][0]) if rows else 0

    def all(self) -> dict[str, int]:
        """Every cursor with its position.

        Raises: LogUnavailable.
        """
        return dict(self._database.rows("SELECT name, position FROM cursor ORDER BY name"))

    def move_cursor(self, name: str, *, expected: int, to: int, within: Connection | None = None) -> None:
        """Move on, alone or within a transaction of the same store.

        Raises: CursorMoved when the cursor is not where the caller thinks; LogUnavailable.
        """
        if within is not None:
            _move(within, name, expected, to)
            return
        with self._database.transaction() as tx:
            _move(tx, name, expected, to)


def _move(tx: Connection, name: str, expected: int, to: int) -> None:
    here = (CURSOR.c.name == name) & (CURSOR.c.position == expected)
    moved = tx.execute(update(CURSOR).where(here).values(position=to).returning(CURSOR.c.name)).first()
    if moved is None and expected == 0:
        first = insert_into(tx, CURSOR).values(name=name, position=to).on_conflict_do_nothing()
        moved = tx.execute(first.returning(CURSOR.c.name)).first()
    if moved is None:
        actual = tx.execute(select(CURSOR.c.position).where(CURSOR.c.name == name)).scalar_one_or_none()
        msg = f"{name} is at {actual or 0}, not {expected}"
        raise CursorMoved(msg)
