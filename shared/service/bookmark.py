"""How far has a loop come? It remembers its place to spare the database; the cursor in the database decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.eventlog.port import Cursors
from shared.eventlog.waiting import LOOK_S
from shared.service import clock


class Bookmark:
    """A cursor's position as the only reader in this process remembers it.

    It moves by compare-and-set: when another process has moved the cursor, the next move fails, and it is read again.
    """

    def __init__(self, cursors: Cursors, name: str) -> None:
        self._cursors = cursors
        self._name = name
        self._at: int | None = None
        self._kept = 0
        self._read_at = 0.0

    @property
    def position(self) -> int:
        """The cursor's position in the database.

        Raises: LogUnavailable.
        """
        return self._cursors.cursor(self._name)

    def at(self) -> int:
        """The cursor's remembered position.

        Raises: LogUnavailable.
        """
        if self._at is None:
            self._read_at = clock.monotonic()
            self._at = self._kept = self.position
        return self._at

    def forget(self) -> None:
        """Read the database the next time: after a failure, for example."""
        self._at = None

    def doubt(self) -> None:
        """Read the database the next time if the last read was some seconds ago: a cursor may be set back."""
        if clock.monotonic() >= self._read_at + LOOK_S:
            self.forget()

    def move(self, to: int) -> None:
        """Move the cursor in a transaction of its own.

        Raises: CursorMoved, LogUnavailable.
        """
        with self.moves(to):
            self.move_within(None, to)

    def reach(self, to: int) -> None:
        """Remember this position only: for work that may be done again, after a crash before `settle`.

        Raises: LogUnavailable.
        """
        self.at()
        self._at = to

    def settle(self) -> None:
        """Move the cursor to the position that was reached.

        Raises: CursorMoved, LogUnavailable.
        """
        if self._at is not None and self._at != self._kept:
            self.move(self._at)

    def move_within(self, tx: Any, to: int) -> None:
        """Move the cursor in a transaction; use it within `moves`.

        Raises: CursorMoved, LogUnavailable.
        """
        self.at()
        self._cursors.move_cursor(self._name, expected=self._kept, to=to, within=tx)

    @contextmanager
    def moves(self, to: int) -> Iterator[None]:
        """Use it around the transaction that moves the cursor: only its commit changes the remembered position."""
        try:
            yield
        except BaseException:
            self.forget()
            raise
        self._at = self._kept = to
