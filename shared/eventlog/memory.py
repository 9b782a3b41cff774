"""How is a log kept in memory? For tests and throw-away replays; it ends with the process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from shared.eventlog.judge import HeadRow, Judge, Page, outcome_for
from shared.eventlog.port import Append, CursorMoved, Head, Outcome, Slot, StoredRecord, Transaction
from shared.eventlog.waiting import Growth


class MemoryEventLog:
    """An EventLog in memory; safe for threads."""

    def __init__(self, *, service: str, city_key: str, clock: Callable[[], datetime]) -> None:
        self._service = service
        self._judge = Judge(city_key=city_key, service=service, clock=clock)
        self._head = HeadRow()
        self._records: list[StoredRecord] = []
        self._streams: dict[str, list[StoredRecord]] = {}
        self._ids: set[str] = set()
        self._outcomes: dict[str, tuple[str, Outcome]] = {}
        self._cursors: dict[str, int] = {}
        self.slots: list[Slot] = []
        self._lock = threading.RLock()
        self._growth = Growth()

    @property
    def service(self) -> str:
        """The service whose log this is."""
        return self._service

    def append(self, request: Append) -> Outcome:
        """Write the events of one command, or return the earlier outcome of the same command id.

        Raises: Conflict, CommandIdReused, RecordTooLarge; ValueError for an event id that is taken.
        """
        with self._lock:
            page = self._page(request)
            (verdict,) = self._judge.verdicts(page, [request])
            if isinstance(verdict, Exception):
                raise verdict
            self._keep(page)
        self._growth.reached(page.head.position)
        return verdict

    def _page(self, request: Append) -> Page:
        earlier = self._outcomes.get(request.command_id)
        return Page(
            head=self._head,
            outcomes={} if earlier is None else {request.command_id: earlier},
            versions={request.stream: len(self._streams.get(request.stream, ()))},
        )

    def _keep(self, page: Page) -> None:
        new = {row.event_id for row in page.events}
        if len(new) < len(page.events) or new & self._ids:
            msg = "an event id is taken already"
            raise ValueError(msg)
        self._ids |= new
        for row in page.events:
            stored = row.stored()
            self._records.append(stored)
            self._streams.setdefault(row.stream, []).append(stored)
        self._outcomes.update((row.command_id, (row.request_digest, row.outcome)) for row in page.commands)
        self.slots += page.slots
        self._head = page.head

    def outcome(self, command_id: str, request_digest: str) -> Outcome | None:
        """The outcome of this command, or None when it never came.

        Raises: CommandIdReused.
        """
        stored = self._outcomes.get(command_id)
        return None if stored is None else outcome_for(stored, command_id, request_digest)

    def read_stream(self, stream: str, *, after_version: int = 0) -> list[StoredRecord]:
        """The stream's records in order."""
        with self._lock:
            return self._streams.get(stream, [])[after_version:]

    def read(self, *, after: int = 0, limit: int = 500, audience: str | None = None) -> list[StoredRecord]:
        """Records by position, beginning behind `after`; with `audience` only those."""
        with self._lock:
            if audience is None:
                return self._records[after : after + limit]
            return list(islice((r for r in self._records[after:] if r.audience == audience), limit))

    def follow(self, *, after: int, limit: int) -> list[StoredRecord]:
        """The same."""
        return self.read(after=after, limit=limit)

    def head(self) -> Head:
        """Where the log ends."""
        return self._head.shown()

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """In memory a bulk is not faster."""
        yield

    def wait(self, after: int, timeout: float) -> bool:
        """Wait at most `timeout` [s] until the log has grown beyond `after`; True when it has."""
        return self._growth.wait(after, timeout)

    def cursor(self, name: str) -> int:
        """The position that the reader has finished; 0 when it never began."""
        return self._cursors.get(name, 0)

    def move_cursor(self, name: str, *, expected: int, to: int, within: Transaction | None = None) -> None:
        """Move on; `within` has no effect here.

        Raises: CursorMoved when the cursor is not where the caller thinks.
        """
        del within
        with self._lock:
            if self._cursors.get(name, 0) != expected:
                msg = f"{name} is at {self._cursors.get(name, 0)}, not {expected}"
                raise CursorMoved(msg)
            self._cursors[name] = to
