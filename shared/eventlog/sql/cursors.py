"""How far has each reader come? Kept in the reader's own database, moved by compare-and-set."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from shared.eventlog.port import CursorMoved
from shared.eventlog.sql.database import Database, driver_of

MOVE = "UPDATE cursor SET position = ? WHERE name = ? AND position = ? RETURNING position"
FIRST = (
    "INSERT INTO cursor (name, position) VALUES (?, ?) ON CONFLICT (name)"
    " DO UPDATE SET position = excluded.position WHERE cursor.position = 0 RETURNING position"
)


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
            self._move(driver_of(within), name, expected, to)
        elif self._database.is_postgres:
            # A statement of its own is a transaction of its own: four round trips become one.
            _refuse_unmoved(self._database.rows(*_statement(name, expected, to)), name, expected)
        else:
            with self._database.transaction() as tx:
                self._move(driver_of(tx), name, expected, to)

    def _move(self, driver: Any, name: str, expected: int, to: int) -> None:
        _refuse_unmoved(self._database.fetch(driver, *_statement(name, expected, to)), name, expected)


def _statement(name: str, expected: int, to: int) -> tuple[str, tuple[Any, ...]]:
    # Plain SQL: every loop moves its cursor all the time, and to build the statement took longer than to run it.
    return (FIRST, (name, to)) if expected == 0 else (MOVE, (to, name, expected))


def _refuse_unmoved(moved: Sequence[Any], name: str, expected: int) -> None:
    if not moved:
        msg = f"{name} is not at {expected}"
        raise CursorMoved(msg)
