"""What was the last checkpoint of each log? Kept in a small file of its own, outside every log's database.

A log remembers here what it signed, a witness what it cosigned. The file must never be rolled back: it is what tells
a restored or rewritten database from the true one. Moving on is compare-and-set, on disk before it is answered.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.ledger.checkpoint import read_checkpoint

TABLE = "CREATE TABLE IF NOT EXISTS remembered (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL)"
LAST = "SELECT note FROM remembered WHERE origin = ?"
MOVE = "UPDATE remembered SET size = ?, note = ? WHERE origin = ? AND note = ?"
FIRST = "INSERT INTO remembered (size, note, origin) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


class Moved(Exception):  # noqa: N818 - says what happened
    """Somebody else remembered a newer checkpoint meanwhile; look again."""


class Remembered:
    """The last checkpoint of each origin; safe for threads and processes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with self._open() as file:
            file.execute(TABLE)

    def last(self, origin: str) -> str | None:
        """The note of the last checkpoint, or None when there was none."""
        with self._open() as file:
            row = file.execute(LAST, (origin,)).fetchone()
        return None if row is None else str(row[0])

    def move(self, note: str, *, expected: str | None) -> None:
        """Remember this checkpoint in place of `expected`.

        Raises: Moved when that is not what is remembered.
        """
        checkpoint, _ = read_checkpoint(note)
        new = (checkpoint.size, note, checkpoint.origin)
        with self._open() as file:
            done = file.execute(FIRST, new) if expected is None else file.execute(MOVE, (*new, expected))
        if done.rowcount != 1:
            msg = f"another checkpoint of {checkpoint.origin} was remembered meanwhile"
            raise Moved(msg)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection for one statement: nothing is held open between two that other processes could wait for."""
        file = sqlite3.connect(self._path, isolation_level=None, timeout=10)
        try:
            file.execute("PRAGMA synchronous = FULL")
            yield file
        finally:
            file.close()
