"""How far has a loop come? Remembered, so that its database is not asked all the time; its cursor there decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.eventlog.port import Cursors
from shared.eventlog.waiting import LOOK_S
from shared.service import clock


class Bookmark:
    """One cursor as its only reader in this process knows it.

    It moves by compare-and-set: when another process has moved the cursor, the next move fails, and it is read anew.
    """

    def __init__(self, cursors: Cursors, name: str) -> None:
        self._cursors = cursors
        self._name = name
        self._known: int | None = None
        self._read_at = 0.0

    @property
    def position(self) -> int:
        """Where the cursor is in the database.

        Raises: LogUnavailable.
        """
        return self._cursors.cursor(self._name)

    def at(self) -> int:
        """Where the cursor is as far as is known here.

        Raises: LogUnavailable.
        """
        if self._known is None:
            self._read_at = clock.monotonic()
            self._known = self.position
        return self._known

    def forget(self) -> None:
        """Look again the next time: after a failure, for example."""
        self._known = None

    def doubt(self) -> None:
        """Look again the next time, if the last look was some seconds ago: a cursor may be put back."""
        if clock.monotonic() >= self._read_at + LOOK_S:
            self.forget()

    def move(self, to: int) -> None:
        """Move the cursor in a transaction of its own.

        Raises: CursorMoved, LogUnavailable.
        """
        with self.moves(to):
            self.move_within(None, to)

    def move_within(self, tx: Any, to: int) -> None:
        """Move the cursor in a transaction, to be used within `moves`.

        Raises: CursorMoved, LogUnavailable.
        """
        self._cursors.move_cursor(self._name, expected=self.at(), to=to, within=tx)

    @contextmanager
    def moves(self, to: int) -> Iterator[None]:
        """Around the transaction that moves the cursor: only its commit makes the new position known."""
        try:
            yield
        except BaseException:
            self.forget()
            raise
        self._known = to
