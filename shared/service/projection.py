"""How do read models get their content? They follow events, are filled when new, rebuilt and compared."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

from shared.eventlog.layouts import digest
from shared.eventlog.store import SqlStore
from shared.kernel.read_model import ReadModel
from shared.kernel.recorded import Happening, Recorded
from shared.service.feeds import Feed
from shared.service.folding import FeedPast, Fold, Past, happenings, nothing_in_circles, replay, types_of
from shared.service.tables import ServiceTables, Timer

H = TypeVar("H", bound=Happening[Any])

WRITERS = 3
"""How many connections write tables side by side when read models are built anew."""

N_MARKS = 1 << 23
"""How many marks say which keys were written [bytes]: a key without one need not be looked for."""

AT_HAND = 100_000
"""How many documents and rows a rebuild holds in memory before it writes them."""


def views_cursor(source: str) -> str:
    """The cursor of a service's views over the events of one source."""
    return f"views:{source}"


def facts_cursor(source: str) -> str:
    """The cursor of the facts in the history of one source."""
    return f"facts:{source}"


class Projection(Generic[H]):
    """Read models that follow the same sources together: the views of a service, or the facts of evaluation."""

    def __init__(
        self,
        models: Iterable[ReadModel[Any, Any]],
        store: SqlStore,
        past: Past,
        sources: Sequence[str],
        cursor_of: Callable[[str], str],
    ) -> None:
        """`cursor_of` names the cursor of their position in a source."""
        self.models = tuple(models)
        self.store = store
        self.past = past
        self.sources = tuple(sources)
        self.cursor_of = cursor_of
        self._sources_meet = any(_n_sources(model, self.sources) > 1 for model in self.models)

    def positions(self) -> dict[str, int]:
        """The position that the read models have reached in each source.

        Raises: LogUnavailable.
        """
        return {source: self.position(source) for source in self.sources}

    def position(self, source: str) -> int:
        """The position that the read models have reached in a source.

        Raises: LogUnavailable.
        """
        return self.store.cursors.cursor(self.cursor_of(source))

    def ensure(self) -> list[ReadModel[Any, Any]]:
        """Make missing tables and fill them with all that the other read models have passed; those that are new.

        Raises: LogUnavailable; what the past raises.
        """

        def fill(model: ReadModel[Any, Any], tx: Any) -> None:
            upto = self.positions()
            if any(upto.values()):
                filling = _Filling(self, [model], tx=tx)
                filling.go_on(upto)
                filling.write()

        return [model for model in self.models if self.store.views.ensure(model, partial(fill, model))]

    def apply(self, tx: Any, events: Sequence[H]) -> None:
        """Apply these events to the read models."""
        self.fold(tx, events)

    def fold(self, tx: Any, events: Sequence[H]) -> None:
        """Fold these events into every read model that listens to them."""
        self.write(tx, self.folded(tx, events))

    def folded(self, tx: Any, events: Sequence[H]) -> Fold:
        """The documents and rows that these events change, as they are afterwards.

        Where a read model has several sources, another process (or another loop of this one) may be folding the next
        event of another source into the same document: without turns, one of the two would be lost.
        Raises: whatever a read model raises.
        """
        if self._sources_meet:
            self.store.views.take_turns(tx)
        fold = Fold(self.models)
        fold.fetch(events, partial(self.store.views.read_many, tx))
        fold.take(events)
        return fold

    def write(self, tx: Any, fold: Fold) -> None:
        """Write what was folded."""
        for model in self.models:
            if documents := fold.documents[model.name]:
                self.store.views.write_many(tx, model, documents, fold.positions[model.name])

    def rebuild(self, models: Collection[ReadModel[Any, Any]] | None = None) -> None:
        """Build these read models, or all, beside the old ones and switch; readers notice no gap.

        The projector may go on meanwhile: the events that it has folded are added before the switch, while it waits.
        Raises: LogUnavailable; what the past raises.
        """
        chosen = self.models if models is None else tuple(models)
        filling = _Filling(self, chosen, is_beside=True)
        with nothing_in_circles():
            filling.go_on(self.positions())
            filling.write()
        with self.store.transaction() as tx:
            # The cursors are read behind the lock: whoever wrote to these tables before has moved them by now.
            for model in chosen:
                self.store.views.hold(tx, model)
            filling.within(tx)
            filling.go_on(self.positions())
            filling.write()
            for model in chosen:
                self.store.views.switch(tx, model)

    def replay(self, upto: Mapping[str, int]) -> dict[str, dict[str, Any]]:
        """The documents or rows that a replay up to these positions gives, by name and key.

        Raises: LogUnavailable; what the past raises.
        """
        return replay(self.models, self.past, upto).documents

    def stored(self) -> dict[str, dict[str, Any]]:
        """The documents or rows of the read models, by name and key.

        Raises: LogUnavailable.
        """
        return {model.name: self.store.views.all_of(model) for model in self.models}

    def digests(self) -> dict[str, str]:
        """A digest per read model that depends on what it holds alone: not on the order, not on the database.

        Raises: LogUnavailable.
        """
        return {name: digest(documents) for name, documents in self.stored().items()}


class ViewsProjection(Projection[Recorded[Any]]):
    """A service's views and deadlines, folded from its own log and those that it follows."""

    def __init__(self, tables: ServiceTables, store: SqlStore, feed_of: Callable[[str], Feed]) -> None:
        past, sources = FeedPast(feed_of), (tables.name, *tables.follows)
        super().__init__(tables.views, store, past, sources, views_cursor)
        self._timers = tables.timers

    def apply(self, tx: Any, events: Sequence[Recorded[Any]]) -> None:
        """Fold these events into the views, and set the deadlines they mean."""
        self.fold(tx, events)
        self.store.deadlines.put(tx, due_after(self._timers, events))


def _n_sources(model: ReadModel[Any, Any], sources: Iterable[str]) -> int:
    """How many of the sources a read model is folded from."""
    return sum(bool(types_of([model], source)) for source in sources)


def due_after(
    timers: Iterable[Timer[Any]], events: Iterable[Recorded[Any]]
) -> dict[tuple[str, str], datetime | None]:
    """What falls due when after these events, by stream and kind; None: nothing any more."""
    changes: dict[tuple[str, str], datetime | None] = {}
    for event in events:
        for timer in timers:
            if isinstance(event.data, timer.on):
                due = timer.due(event)
                if due is not ...:
                    changes[timer.stream(event), timer.kind] = due
    return changes


class _Filling:
    """Read models that are folded into tables from the beginning: a bounded number of documents is at hand.

    Into the live tables, or into tables beside them, which the first writing makes.
    """

    def __init__(
        self,
        projection: Projection[Any],
        models: Sequence[ReadModel[Any, Any]],
        *,
        is_beside: bool = False,
        tx: Any = None,
    ) -> None:
        self._projection = projection
        self._views = projection.store.views
        self._fold = Fold(models)
        self._is_beside = is_beside
        self._is_written = False
        self._marks = bytearray(N_MARKS)
        self._passed = dict.fromkeys(projection.sources, 0)
        self._tx = tx

    def within(self, tx: Any) -> None:
        """Go on within this transaction."""
        self._tx = tx

    def go_on(self, upto: Mapping[str, int]) -> None:
        """Fold the events of the past that are not folded yet, up to these positions."""
        for source, last in upto.items():
            after, past = self._passed[source], self._projection.past
            for events in happenings(self._fold.models, past, source, after=after, upto=last):
                if self._is_written:
                    self._fold.fetch(events, self._read)
                self._fold.take(events)
                if self._fold.n_at_hand > AT_HAND:
                    self.write()
            self._passed[source] = max(after, last)

    def write(self) -> None:
        """Write the loaded documents."""
        models = self._fold.models
        if self._tx is None:
            # Side by side, since each waits for the database half of its time.
            with ThreadPoolExecutor(WRITERS, "writing") as writers:
                list(writers.map(self._write, [models[n::WRITERS] for n in range(WRITERS)]))
        else:
            self._write(models)
        self._fold.clear()
        self._is_written = True

    def _write(self, models: Sequence[ReadModel[Any, Any]]) -> None:
        with self._transaction() as tx:
            for model in models:
                documents, positions = self._fold.documents[model.name], self._fold.positions[model.name]
                for key in documents:
                    self._marks[hash(key) % N_MARKS] = 1
                if self._is_beside and not self._is_written:
                    self._views.create_beside(tx, model, documents, positions)
                else:
                    self._views.write_many(tx, self._table(model), documents, positions)

    def _read(self, model: ReadModel[Any, Any], keys: Collection[str]) -> Mapping[str, Any]:
        perhaps_written = [key for key in keys if self._marks[hash(key) % N_MARKS]]
        if not perhaps_written:
            return {}
        with self._transaction() as tx:
            return self._views.read_many(tx, self._table(model), perhaps_written)

    def _table(self, model: ReadModel[Any, Any]) -> ReadModel[Any, Any]:
        return self._views.beside(model) if self._is_beside else model

    def _transaction(self) -> AbstractContextManager[Any]:
        return self._projection.store.transaction() if self._tx is None else nullcontext(self._tx)
