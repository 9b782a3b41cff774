"""How does a test open a database as two processes do?"""

from typing import Protocol

from shared.eventlog.store import SqlStore


class OpenStore(Protocol):
    """Opens one database again and again, each time as another process would."""

    def __call__(self, service: str = "marketplace") -> SqlStore:
        """The store of a service in it."""
        ...
