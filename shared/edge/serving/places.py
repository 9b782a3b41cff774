"""How many connections may one caller hold open? So many; then the newest takes the place of one that is silent.

So a caller can shut out only themselves, and not even that for long.
"""

import threading
from typing import Protocol


class Guest(Protocol):
    """A connection that takes a place."""

    @property
    def is_silent(self) -> bool:
        """Whether the server waits for it, and not it for the server."""
        ...

    def hang_up(self) -> None:
        """End it, from any thread."""
        ...


class Places:
    """The places of all callers, each by its key; `most` for each."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._guests: dict[str, dict[Guest, None]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, guest: Guest) -> bool:
        """Whether there is a place for it, if need be that of the eldest of this caller that is silent."""
        with self._lock:
            guests = self._guests.setdefault(key, {})
            if guest not in guests and len(guests) >= self._most:
                eldest = next((other for other in guests if other.is_silent), None)
                if eldest is None:
                    return False
                del guests[eldest]
                eldest.hang_up()
            guests[guest] = None
            return True

    def leave(self, key: str, guest: Guest) -> None:
        """Give the place back, if it still has it."""
        with self._lock:
            guests = self._guests.get(key, {})
            guests.pop(guest, None)
            if not guests:
                self._guests.pop(key, None)

    def n_taken(self, key: str) -> int:
        """How many places a caller has."""
        with self._lock:
            return len(self._guests.get(key, ()))
