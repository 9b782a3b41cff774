"""Was this token taken back? Each process asks the city's register at most every two seconds.

A register that does not answer stops every sign-in: nobody can say that a token still holds.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from shared.access.migrations import ACCESS_TABLES
from shared.access.tables import TAKEN_BACK
from shared.eventlog.port import LogUnavailable
from shared.eventlog.sql.database import Database
from shared.eventlog.sql.upsert import insert_into

BELIEVED_FOR_S = 2.0
"""How long a process may go on with a token that another process has taken back [s]."""

SILENT_FOR_S = 1.0
"""How long a register that did not answer is not asked again [s]."""

SILENT = "the register of taken-back tokens does not answer"

COUNTS_FOR = timedelta(days=32)
"""How long a line counts: longer than any token lives, so that none comes back."""

TOKEN, ACTOR = "token", "actor"
FILE = "sqlite:///"


class TakenBack:
    """The city's register of taken-back tokens; safe for threads and processes."""

    def __init__(self, url: str, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        """Nothing is opened yet; `monotonic` measures how old the last answer is [s]."""
        self._url = url
        self._file = Path(url.removeprefix(FILE)) if url.startswith(FILE) else None
        self._now = now
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._database: Database | None = None
        self._tokens: frozenset[str] = frozenset()
        self._actors: dict[str, datetime] = {}
        self._believed_until = self._silent_until = float("-inf")

    def holds(self, token_id: str, role: str, actor: str, issued_at: datetime) -> bool:
        """Whether this token was taken back, by its id or with all that its holder had at that moment.

        Raises: LogUnavailable.
        """
        self._refresh()
        ended_at = self._actors.get(holder(role, actor))
        return token_id in self._tokens or (ended_at is not None and issued_at <= ended_at)

    def take_back_token(self, token_id: str) -> None:
        """End one token, in this process at once and in every other within two seconds.

        Raises: LogUnavailable.
        """
        self._add(TOKEN, token_id)

    def take_back_actor(self, role: str, actor: str) -> None:
        """End every token that this holder of a role has at this moment; later ones hold.

        Raises: LogUnavailable.
        """
        self._add(ACTOR, holder(role, actor))

    def close(self) -> None:
        """Give back every connection."""
        if self._database is not None:
            self._database.close()

    def _add(self, kind: str, name: str) -> None:
        if self._file is not None:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            ACCESS_TABLES.migrate(self._url)
            self._file.chmod(0o600)
        now = self._now()
        with self._opened().transaction() as tx:
            # Lines are only ever added: on PostgreSQL no service may change or delete one.
            tx.execute(
                insert_into(tx, TAKEN_BACK).values(kind=kind, name=name, at=now).on_conflict_do_nothing()
            )
        with self._lock:
            self._believed_until = float("-inf")

    def _refresh(self) -> None:
        with self._lock:
            asked_at = self._monotonic()
            if asked_at < self._believed_until:
                return
            if asked_at < self._silent_until:
                raise LogUnavailable(SILENT)
            try:
                lines = self._lines()
            except LogUnavailable:
                # Many who sign in at once would otherwise wait for the database one after the other.
                self._silent_until = asked_at + SILENT_FOR_S
                raise
            self._tokens = frozenset(name for kind, name, _ in lines if kind == TOKEN)
            self._actors = {name: at for kind, name, at in lines if kind == ACTOR}  # the last of each holder
            self._believed_until = asked_at + BELIEVED_FOR_S

    def _lines(self) -> list[Any]:
        if self._file is not None and not self._file.exists():
            return []  # nobody has taken a token back yet
        with self._opened().reading() as tx:
            query = select(TAKEN_BACK).where(TAKEN_BACK.c.at >= self._now() - COUNTS_FOR)
            return list(tx.execute(query.order_by(TAKEN_BACK.c.at)).all())

    def _opened(self) -> Database:
        if self._database is None:
            self._database = Database(self._url)
        return self._database


def holder(role: str, actor: str) -> str:
    """A holder of tokens: an id means somebody else in each role."""
    return f"{role}:{actor}"
