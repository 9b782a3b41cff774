"""Which checkpoints has each log had? Kept in a file of its own, outside every log's database.

A log remembers here what it signed, a witness what it cosigned. The file must never be rolled back: it is what tells
a restored or rewritten database from the true one. Moving on is compare-and-set, on disk before it is answered.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.ledger.checkpoint import read_checkpoint

TABLES = """
CREATE TABLE IF NOT EXISTS remembered (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS signed (origin TEXT NOT NULL, size INTEGER NOT NULL, note TEXT NOT NULL,
    PRIMARY KEY (origin, size));
"""
LAST = "SELECT note FROM remembered WHERE origin = ?"
MOVE = "UPDATE remembered SET size = ?, note = ? WHERE origin = ? AND note = ?"
FIRST = "INSERT INTO remembered (size, note, origin) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
ADD = "INSERT OR REPLACE INTO signed (size, note, origin) VALUES (?, ?, ?)"
ALL = (
    "SELECT note FROM signed WHERE origin = :origin UNION SELECT note FROM remembered WHERE origin = :origin"
)
THIN = """
DELETE FROM signed WHERE origin = :origin AND rowid % 100 <> 0
AND size < (SELECT size FROM signed WHERE origin = :origin ORDER BY size DESC LIMIT 1 OFFSET :dense)
"""
DENSE = 10_000
"""How many of the newest checkpoints are all kept: a week of steady work. Of older ones one in a hundred stays."""


class Moved(Exception):  # noqa: N818 - says what happened
    """Somebody else remembered a newer checkpoint meanwhile; look again."""


class Remembered:
    """The last checkpoint of each origin; safe for threads and processes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with self._open() as file:
            file.executescript(TABLES)

    def last(self, origin: str) -> str | None:
        """The note of the last checkpoint, or None when there was none."""
        with self._open() as file:
            row = file.execute(LAST, (origin,)).fetchone()
        return None if row is None else str(row[0])

    def signed(self, origin: str) -> list[str]:
        """The notes of the checkpoints of this origin, in no order; older ones are thinned out."""
        with self._open() as file:
            return [str(note) for (note,) in file.execute(ALL, {"origin": origin})]

    def move(self, note: str, *, expected: str | None) -> None:
        """Remember this checkpoint in place of `expected`.

        Raises: Moved when that is not what is remembered.
        """
        checkpoint, _ = read_checkpoint(note)
        new = (checkpoint.size, note, checkpoint.origin)
        with self._open() as file:
            file.execute("BEGIN IMMEDIATE")
            done = file.execute(FIRST, new) if expected is None else file.execute(MOVE, (*new, expected))
            is_moved = done.rowcount == 1
            if is_moved:
                file.execute(ADD, new)
                file.execute(THIN, {"origin": checkpoint.origin, "dense": DENSE})
            file.execute("COMMIT")
        if not is_moved:
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
