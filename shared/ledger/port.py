"""What does the ledger need of a log and of its database? Records by position, and a shelf for what it keeps."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol


class Record(Protocol):
    """One line of a log."""

    @property
    def position(self) -> int:
        """Counts from 1."""
        ...

    @property
    def record(self) -> bytes:
        """The exact bytes that were appended."""
        ...

    @property
    def type(self) -> str:
        """The event's wire name."""
        ...


class Head(Protocol):
    """Where a log ends."""

    @property
    def position(self) -> int:
        """The last position."""
        ...


class Log(Protocol):
    """A log whose history is vouched for."""

    def read(self, *, after: int = 0, limit: int = 500) -> Sequence[Record]:
        """Records by position, beginning behind `after`."""
        ...

    def head(self) -> Head:
        """Where the log ends."""
        ...


class TileShelf(Protocol):
    """The hashes of a log's tree, in tiles."""

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile; none when it is not there."""
        ...

    def last_tile(self) -> tuple[int, bytes]:
        """The number and the hashes of the last tile of level 0; an empty one when there is none."""
        ...

    def put_tiles(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        """Keep tiles by level and number; the one that was there gives way."""
        ...


class Shelf(TileShelf, Protocol):
    """What the ledger keeps beside the log, in the same database."""

    def clear_tiles(self) -> None:
        """Forget all tiles; they are made anew from the records."""
        ...

    def checkpoints(
        self, origin: str, *, at_least: int = 0, n_cosigned: int = 0, limit: int = 1000
    ) -> Sequence[tuple[str, datetime]]:
        """The checkpoints over at least so many records, by size: each note and when it was signed.

        `n_cosigned` is how many signatures besides the log's own they bear at least, whoever made them.
        """
        ...

    def last_checkpoint(
        self, origin: str, *, below: int | None = None, n_cosigned: int = 0
    ) -> tuple[str, datetime] | None:
        """The largest checkpoint (over fewer records than `below`): note, and when signed; `n_cosigned` as above."""
        ...

    def put_checkpoint(self, origin: str, size: int, note: str, signed_at: datetime) -> None:
        """Keep a checkpoint; one of the same size that was there takes over the note."""
        ...

    def statements(self, origin: str) -> Sequence[str]:
        """What was said about the log's keys, in order."""
        ...

    def put_statement(self, origin: str, note: str) -> None:
        """Keep a statement about a key behind the others."""
        ...
