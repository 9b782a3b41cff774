"""Where is the simulated city while it is played? The log, read models and deadlines of each service are in memory."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

import msgspec

from shared.eventlog.layouts import column_value, whole_columns
from shared.eventlog.memory import MemoryEventLog
from shared.eventlog.port import Append, Outcome
from shared.events.codec import decode
from shared.kernel.read_model import Column, Document, NoneOf, ReadModel, Wanted
from shared.kernel.recorded import Recorded
from shared.service.app import App
from shared.service.tables import ServiceTables, Timer

_encode = msgspec.json.Encoder(order="sorted", decimal_format="string").encode


class KeptLog(MemoryEventLog):
    """A log in memory that keeps every request and its moment, so that another log can get the same requests.

    `events` are its records as readers know them.
    """

    def __init__(self, *, service: str, city_key: str, clock: Callable[[], datetime]) -> None:
        super().__init__(service=service, city_key=city_key, clock=clock)
        self._clock = clock
        self.asked: list[tuple[datetime, Append]] = []
        self.events: list[Recorded[Any]] = []

    def append(self, request: Append) -> Outcome:
        """Write the events of one command, and keep the request.

        Raises: as every log.
        """
        outcome = super().append(request)
        self.asked.append((self._clock(), request))
        self.events += [decode(stored.record) for stored in self.read(after=len(self.events))]
        return outcome


D = TypeVar("D")


class Shelf:
    """The documents of one read model by key and by column, in the form in which the database would hold them."""

    def __init__(self, view: ReadModel[Any, Any]) -> None:
        self.view = view
        self._whole = whole_columns(view)
        self._documents: dict[str, Document] = {}
        self._values: dict[str, dict[str, Column]] = {}
        self._keys: dict[str, dict[Column, set[str]]] = {name: defaultdict(set) for name in view.columns}
        self._written: list[str] = []
        self._last: dict[str, int] = {}

    def fold(self, event: Recorded[Any]) -> None:
        """Fold one event into the documents it touches."""
        for key in self.view.keys(event):
            document = self.view.evolve(self._documents.get(key), event)
            self._forget(key)
            self._written.append(key)
            if document is not None:
                self._keep(key, msgspec.json.decode(_encode(document)))

    def get(self, key: str) -> Document | None:
        """The document with this key, or None."""
        document = self._documents.get(key)
        return None if document is None else {**document, "id": key}

    def find(self, limit: int, after: str, columns: dict[str, Wanted]) -> list[Document]:
        """Documents whose columns have these values, ordered by key."""
        matching: set[str] | None = None
        for name, wanted in columns.items():
            with_value = self._with(name, wanted)
            matching = with_value if matching is None else matching & with_value
        keys = sorted(key for key in (self._documents if matching is None else matching) if key > after)
        return [{**self._documents[key], "id": key} for key in keys[:limit]]

    def _with(self, name: str, wanted: Wanted) -> set[str]:
        if isinstance(wanted, NoneOf):
            return set(self._documents) - self._with(name, wanted.values)
        values = wanted if isinstance(wanted, tuple) else (wanted,)
        kept = (column_value(value, whole=name in self._whole) for value in values)
        return set[str]().union(*(self._keys[name].get(value, set()) for value in kept))

    def changed(self, after: int, limit: int) -> list[tuple[int, Document]]:
        """Documents written after the n-th writing, each with its own."""
        changed: list[tuple[int, Document]] = []
        for number in range(after + 1, len(self._written) + 1):
            key = self._written[number - 1]
            if self._last.get(key) == number:
                changed.append((number, {**self._documents[key], "id": key}))
                if len(changed) == limit:
                    break
        return changed

    def _keep(self, key: str, document: Document) -> None:
        self._documents[key] = document
        self._last[key] = len(self._written)
        values = {
            name: column_value(value(document), whole=name in self._whole)
            for name, value in self.view.columns.items()
        }
        self._values[key] = values
        for name, value in values.items():
            self._keys[name][value].add(key)

    def _forget(self, key: str) -> None:
        self._last.pop(key, None)
        if self._documents.pop(key, None) is not None:
            for name, value in self._values.pop(key).items():
                self._keys[name][value].discard(key)


class MemoryViews:
    """The views of one service; asked like those in a database."""

    def __init__(self, views: Iterable[ReadModel[Any, Any]]) -> None:
        self._shelves = {view.name: Shelf(view) for view in views}
        self._listening: dict[type, list[Shelf]] = {}

    def fold(self, event: Recorded[Any]) -> None:
        """Fold one event into every view that listens to it."""
        kind = type(event.data)
        if kind not in self._listening:
            self._listening[kind] = [
                shelf for shelf in self._shelves.values() if issubclass(kind, shelf.view.on)
            ]
        for shelf in self._listening[kind]:
            shelf.fold(event)

    def get(self, model: ReadModel[D, Any], key: str) -> D | None:
        """The document with this key, or None."""
        return cast("D | None", self._shelves[model.name].get(key))

    def find(
        self,
        model: ReadModel[D, Any],
        *,
        limit: int = 100,
        after: str = "",
        **columns: Wanted,
    ) -> list[D]:
        """Documents whose columns have these values, ordered by key, after key `after`."""
        return cast("list[D]", self._shelves[model.name].find(limit, after, columns))

    def changed(self, model: ReadModel[D, Any], *, after: int = 0, limit: int = 1000) -> list[tuple[int, D]]:
        """Documents that were written after the n-th writing, in that order."""
        return cast("list[tuple[int, D]]", self._shelves[model.name].changed(after, limit))


class Deadlines:
    """The deadlines of one service, the earliest first."""

    def __init__(self, timers: Iterable[Timer[Any]]) -> None:
        self._timers = {timer.kind: timer for timer in timers}
        self._due: dict[tuple[str, str], datetime] = {}
        self._queue: list[tuple[datetime, str, str]] = []

    def note(self, event: Recorded[Any]) -> None:
        """Set, move or clear the deadlines that an event means."""
        for timer in self._timers.values():
            if not isinstance(event.data, timer.on):
                continue
            due, stream = timer.due(event), timer.stream(event)
            if due is None:
                self._due.pop((stream, timer.kind), None)
            elif due is not ...:
                self._due[stream, timer.kind] = due
                heapq.heappush(self._queue, (due, stream, timer.kind))

    def next_at(self) -> datetime | None:
        """When the next one falls due."""
        while self._queue:
            due, stream, kind = self._queue[0]
            if self._due.get((stream, kind)) == due:
                return due
            heapq.heappop(self._queue)  # it was moved or cleared
        return None

    def left(self) -> Mapping[tuple[str, str], datetime]:
        """All future deadlines, by stream and kind."""
        return self._due

    def take(self) -> tuple[datetime, str, Timer[Any]]:
        """Remove and return the next deadline, which must exist, with its stream."""
        due, stream, kind = heapq.heappop(self._queue)
        del self._due[stream, kind]
        return due, stream, self._timers[kind]


class MemoryUnit:
    """One service of the simulated city at work; `passed` says how far it has read its own log and those it follows."""

    def __init__(self, tables: ServiceTables, city_key: str, clock: Callable[[], datetime]) -> None:
        self.tables = tables
        self.log = KeptLog(service=tables.name, city_key=city_key, clock=clock)
        self.ask = MemoryViews(tables.views)
        self.app = App(tables, self)
        self.deadlines = Deadlines(tables.timers)
        self.passed = dict.fromkeys((tables.name, *tables.follows), 0)
