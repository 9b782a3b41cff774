"""How do facts follow history? Fold a batch per key in memory, write each touched row once, move the cursor with it."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.reporting.facts.fact import Fact
from services.reporting.facts.tables import FACTS, FactTables, digest
from services.reporting.replaying import TYPES, Rows, StoredHistory, facts_of, fold, read_happenings, replay
from shared.eventlog.port import CursorMoved, LogUnavailable
from shared.eventlog.store import SqlStore
from shared.events.registry import SERVICES
from shared.kernel.recorded import Happening
from shared.service import telemetry
from shared.service.bookmark import Bookmark

BATCH = 1000
POLL_S = 0.5

log = telemetry.logger("facts")


def facts_cursor(source: str) -> str:
    """The cursor of the facts in the history of one source."""
    return f"facts:{source}"


class FactProjector:
    """Keeps the fact tables up with history; never parks: on an error it stops and says so."""

    def __init__(self, store: SqlStore) -> None:
        self.name = "reporting facts"
        self._store = store
        self._history = StoredHistory(store)
        self.tables = FactTables(store)
        self.failed: Exception | None = None
        self._bookmarks = {source: Bookmark(store.cursors, facts_cursor(source)) for source in SERVICES}
        self._woken = threading.Event()
        self._woken.set()
        self._grown: set[str] = set(SERVICES)
        self._guard = threading.Lock()
        self._fill_new()

    def wake(self, source: str) -> None:
        """Say that the history of a source has grown."""
        with self._guard:
            self._grown.add(source)
        self._woken.set()

    def position(self, source: str) -> int:
        """How far the facts have come in the history of a source."""
        return self._bookmarks[source].position

    def step(self) -> int:
        """Fold one batch of every source; how many events it was.

        Raises: LogUnavailable; whatever a fact raises.
        """
        return sum(self._step(source) for source in SERVICES)

    def _step(self, source: str) -> int:
        bookmark = self._bookmarks[source]
        records = self._store.history.records_of(source, TYPES[source], after=bookmark.at(), limit=BATCH)
        if not records:
            return 0
        events, upto = read_happenings(source, records), records[-1][0]
        with bookmark.moves(upto), self._store.transaction() as tx:
            rows = {
                fact.name: self.tables.read_many(tx, fact, keys) for fact, keys in _touched(events).items()
            }
            known = defaultdict(dict, rows)
            fold(known, events)
            for fact, keys in _touched(events).items():
                self.tables.write(tx, fact, {key: known[fact.name][key] for key in keys})
            bookmark.move_within(tx, upto)
        return len(records)

    def run(self, stopping: threading.Event) -> None:
        """Follow history until told to stop; a fact that fails stops it, and `/readyz` says so."""
        while not stopping.is_set():
            try:
                for source in self._grown_sources():
                    while self._step(source) == BATCH and not stopping.is_set():
                        pass
            except (LogUnavailable, CursorMoved):
                self._forget()
                stopping.wait(POLL_S)
            except Exception as error:
                self.failed = error
                log.exception("facts_stopped")
                return

    def _grown_sources(self) -> Iterable[str]:
        """The sources whose history has grown; all of them now and then, should a wake-up be lost."""
        if not self._woken.wait(POLL_S):
            self._forget()
            return SERVICES
        self._woken.clear()
        with self._guard:
            grown, self._grown = self._grown, set()
        return grown

    def _forget(self) -> None:
        for bookmark in self._bookmarks.values():
            bookmark.forget()

    def rebuild(self) -> dict[str, str]:
        """Build every fact anew from history and switch; the digests by fact. Readers see no gap.

        The projector may go on meanwhile: what it has passed is folded in before the switch, while it waits.
        Raises: LogUnavailable.
        """
        upto = self.positions()
        rows = self.replay(upto)
        with self._store.transaction() as tx:
            self.tables.fill_beside(tx, rows)
        with self._store.transaction() as tx:
            # The cursors are read behind the lock: whoever wrote to these tables before has moved them by now.
            self.tables.hold(tx)
            for source, last in self.positions().items():
                for events in self._history.happenings(source, after=upto[source], upto=last):
                    fold(rows, events)
                    for fact, keys in _touched(events).items():
                        again = {key: rows[fact.name][key] for key in keys}
                        self.tables.write(tx, fact, again, beside=True)
            self.tables.switch(tx)
        return {fact.name: digest(rows[fact.name]) for fact in FACTS}

    def positions(self) -> dict[str, int]:
        """How far the facts have come in the history of each source."""
        return {source: self.position(source) for source in SERVICES}

    def replay(self, upto: Mapping[str, int]) -> Rows:
        """The rows that history up to these positions leads to, from nothing.

        Raises: Unreadable, LogUnavailable.
        """
        return replay(self._history, upto)

    def _fill_new(self) -> None:
        def fill(tx: Any, new: Sequence[Fact]) -> None:
            upto = self.positions()
            rows = self.replay(upto) if any(upto.values()) else {}
            for fact in new if rows else ():
                self.tables.write(tx, fact, rows[fact.name])

        self.tables.ensure(fill)


def _touched(events: Sequence[Happening[Any]]) -> dict[Fact, list[str]]:
    touched: dict[str, dict[str, None]] = defaultdict(dict)
    for event in events:
        for fact in facts_of(type(event.data)):
            touched[fact.name].update(dict.fromkeys(fact.keys(event)))
    return {fact: list(touched[fact.name]) for fact in FACTS if fact.name in touched}
