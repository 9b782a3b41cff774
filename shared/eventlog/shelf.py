"""What does the ledger keep beside the log? Tiles of hashes, checkpoints, and statements about keys.

Nobody has to trust it: a verifier computes the hashes from the records, and checks every signature.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from shared.eventlog.sql.batch import put_many
from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import CHECKPOINT, KEY_STATEMENT, TILE, instant_of
from shared.eventlog.sql.upsert import put

CHECKPOINTS = "SELECT note, signed_at FROM checkpoint WHERE origin = ?"
FROM_SIZE = f"{CHECKPOINTS} AND size >= ? AND note LIKE ? ORDER BY size LIMIT ?"
LAST = f"{CHECKPOINTS} AND size < ? AND note LIKE ? ORDER BY size DESC LIMIT 1"
ANY, ONE_MORE = "%", "\n— %"
MOST = 2**62
LAST_TILE = "SELECT number, hashes FROM tile WHERE level = 0 ORDER BY number DESC LIMIT 1"
ONE_TILE = "SELECT hashes FROM tile WHERE level = ? AND number = ?"
ALL_CHECKPOINTS = "SELECT note FROM checkpoint ORDER BY origin, size"
ALL_STATEMENTS = "SELECT note FROM key_statement ORDER BY origin, number"
STATEMENTS = "SELECT note FROM key_statement WHERE origin = ? ORDER BY number"


class LedgerShelf:
    """The ledger's tables of one service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile; none when it does not exist.

        Raises: LogUnavailable.
        """
        rows = self._database.rows(ONE_TILE, (level, number))
        return bytes(rows[0][0]) if rows else b""

    def last_tile(self) -> tuple[int, bytes]:
        """The number and the hashes of the last tile of level 0; an empty one when there is none.

        Raises: LogUnavailable.
        """
        rows = self._database.rows(LAST_TILE)
        return (int(rows[0][0]), bytes(rows[0][1])) if rows else (0, b"")

    def put_tiles(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        """Keep tiles by level and number; they replace shorter ones.

        Another process may have made a tile longer since it was read; a tree that shrank again would contradict what
        that process has signed meanwhile, and stop all appends.

        Raises: LogUnavailable.
        """
        with self._database.transaction() as tx:
            rows = [(*key, hashes) for key, hashes in tiles.items()]
            put_many(tx, TILE, rows, where="length(excluded.hashes) > length(tile.hashes)")

    def clear_tiles(self) -> None:
        """Forget all tiles; they are computed again from the records.

        Raises: LogUnavailable.
        """
        with self._database.transaction() as tx:
            tx.execute(delete(TILE))

    def checkpoints(
        self, origin: str, *, at_least: int = 0, n_cosigned: int = 0, limit: int = 1000
    ) -> list[tuple[str, datetime]]:
        """The checkpoints over at least this many records, by size: each note with its time of signing.

        Raises: LogUnavailable.
        """
        asked = (origin, at_least, _form(n_cosigned), limit)
        return [_kept(row) for row in self._database.rows(FROM_SIZE, asked)]

    def last_checkpoint(
        self, origin: str, *, below: int | None = None, n_cosigned: int = 0
    ) -> tuple[str, datetime] | None:
        """The largest checkpoint (over fewer records than `below`): its note and its time of signing.

        Raises: LogUnavailable.
        """
        at_most = MOST if below is None else below
        rows = self._database.rows(LAST, (origin, at_most, _form(n_cosigned)))
        return _kept(rows[0]) if rows else None

    def every_checkpoint(self) -> list[str]:
        """The checkpoints of all incarnations.

        Raises: LogUnavailable.
        """
        return [note for (note,) in self._database.rows(ALL_CHECKPOINTS)]

    def every_statement(self) -> list[str]:
        """What was said about the keys of all incarnations.

        Raises: LogUnavailable.
        """
        return [note for (note,) in self._database.rows(ALL_STATEMENTS)]

    def put_checkpoint(self, origin: str, size: int, note: str, signed_at: datetime) -> None:
        """Keep a checkpoint; an earlier one of the same size gets the new note.

        Raises: LogUnavailable.
        """
        row = {"origin": origin, "size": size, "note": note, "signed_at": signed_at}
        with self._database.transaction() as tx:
            put(tx, CHECKPOINT, [row])

    def statements(self, origin: str) -> list[str]:
        """The statements about the log's keys, in order.

        Raises: LogUnavailable.
        """
        return [note for (note,) in self._database.rows(STATEMENTS, (origin,))]

    def put_statement(self, origin: str, note: str) -> None:
        """Add a statement about a key after the others.

        Raises: LogUnavailable.
        """
        of_the_log = KEY_STATEMENT.c.origin == origin
        with self._database.transaction() as tx:
            n_kept = tx.execute(select(func.count()).where(of_the_log)).scalar_one()
            put(tx, KEY_STATEMENT, [{"origin": origin, "number": n_kept + 1, "note": note}])


def _form(n_cosigned: int) -> str:
    """The pattern of a note with at least this many signatures besides the log's own."""
    return ANY + (n_cosigned + 1) * ONE_MORE if n_cosigned else ANY


def _kept(row: tuple[Any, ...]) -> tuple[str, datetime]:
    note, signed_at = row
    return note, instant_of(signed_at)
