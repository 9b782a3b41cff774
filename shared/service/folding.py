"""How do events become read models? One fold: for live tables, rebuilds, verification, auditors, and as of a moment."""

import gc
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeAlias, TypeVar

import msgspec

from shared.events.happening import read_happenings
from shared.events.registry import EVERY_SERVICE, type_of
from shared.events.upcasts import leading_to
from shared.kernel.read_model import ReadModel
from shared.kernel.recorded import Happening
from shared.service.feeds import Feed, FeedUnavailable

FEED_PAGE = 2_000

T = TypeVar("T")

Page: TypeAlias = Callable[[], list[Happening[Any]]]
"""Reads some events that follow each other; pages may be read at the same time."""

READERS = 3
PAGES_AHEAD = 6
"""How many pages are read, or being read, while one is folded."""

_Listener: TypeAlias = tuple[
    Callable[[Any], Iterable[str]], Callable[[Any, Any], Any], dict[str, Any], dict[str, int] | None
]

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many records were folded, of how many."""


class Past(Protocol):
    """A source of events from the beginning: logs, feeds, reporting's history, an export."""

    def pages(self, source: str, types: Collection[str], *, after: int, upto: int) -> Iterator[Page]:
        """The events of these types in order, page by page, after `after` and up to a position."""
        ...


class Fold:
    """Documents or rows of some read models by key, folded in memory; None for deleted ones.

    `positions` are those of the last event that was folded into each document; rows keep none.
    """

    def __init__(self, models: Iterable[ReadModel[Any, Any]]) -> None:
        self.models = tuple(models)
        self.documents: dict[str, dict[str, Any]] = {model.name: {} for model in self.models}
        self.positions: dict[str, dict[str, int]] = {model.name: {} for model in self.models}
        self._listening = _Listening(self)

    def take(self, events: Iterable[Happening[Any]]) -> None:
        """Fold events into the loaded documents."""
        listening = self._listening
        for event in events:
            for keys, evolve, documents, positions in listening[type(event.data)]:
                for key in keys(event):
                    documents[key] = evolve(documents.get(key), event)
                    if positions is not None:
                        positions[key] = event.position

    def fetch(
        self,
        events: Iterable[Happening[Any]],
        read: Callable[[ReadModel[Any, Any], Collection[str]], Mapping[str, Any]],
    ) -> None:
        """Read the documents of these events that are not loaded yet."""
        by_class: dict[type, list[Happening[Any]]] = defaultdict(list)
        for event in events:
            by_class[type(event.data)].append(event)
        for model in self.models:
            at_hand = self.documents[model.name]
            touching = (event for cls in model.on for event in by_class.get(cls, ()))
            missing = {key for event in touching for key in model.keys(event) if key not in at_hand}
            if missing:
                at_hand.update(read(model, missing))

    def clear(self) -> None:
        """Forget all loaded documents."""
        for by_key in (*self.documents.values(), *self.positions.values()):
            by_key.clear()

    @property
    def n_at_hand(self) -> int:
        """The number of documents and rows."""
        return sum(map(len, self.documents.values()))


class _Listening(dict[type, Sequence[_Listener]]):
    """What listens to an event, by its class: how a read model folds, and where its documents are at hand."""

    def __init__(self, fold: Fold) -> None:
        super().__init__()
        self._fold = fold

    def __missing__(self, kind: type) -> Sequence[_Listener]:
        fold = self._fold
        listening = self[kind] = [
            (
                model.keys,
                model.evolve,
                fold.documents[model.name],
                fold.positions[model.name] if model.row is None else None,
            )
            for model in fold.models
            if kind in model.on
        ]
        return listening


def types_of(models: Iterable[ReadModel[Any, Any]], source: str) -> tuple[str, ...]:
    """The wire names of the events of a source that these read models are folded from, older versions too."""
    events = {type_of(cls).wire_name(source): type_of(cls).owner for model in models for cls in model.on}
    return tuple(
        sorted(leading_to(name for name, owner in events.items() if owner in (source, EVERY_SERVICE)))
    )


def replay(
    models: Iterable[ReadModel[Any, Any]],
    past: Past,
    upto: Mapping[str, int],
    *,
    before: datetime | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Fold:
    """The result of folding the past up to these positions, optionally only events from before a moment.

    Raises: Unreadable, LogUnavailable.
    """
    fold = Fold(models)
    done, total = 0, sum(upto.values())
    with nothing_in_circles():
        for source, last in upto.items():
            for events in happenings(fold.models, past, source, after=0, upto=last):
                fold.take(events if before is None else [event for event in events if event.time < before])
                progress(done + (events[-1].position if events else 0), total)
            done += last
            progress(done, total)
    return fold


def happenings(
    models: Iterable[ReadModel[Any, Any]], past: Past, source: str, *, after: int, upto: int
) -> Iterator[list[Happening[Any]]]:
    """The events that these read models fold, page by page, after `after` and up to a position.

    Raises: Unreadable, LogUnavailable.
    """
    types = types_of(models, source)
    return ahead(past.pages(source, types, after=after, upto=upto)) if types else iter(())


def ahead(pages: Iterable[Callable[[], T]]) -> Iterator[T]:
    """The contents of the pages, in order; read ahead, because otherwise database and folding wait for each other."""
    with ThreadPoolExecutor(READERS, "reading ahead") as readers:
        coming: deque[Future[T]] = deque()
        try:
            for page in pages:
                coming.append(readers.submit(page))
                if len(coming) > PAGES_AHEAD:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for future in coming:
                future.cancel()


@contextmanager
def nothing_in_circles() -> Iterator[None]:
    """Rows refer to nothing: to search a growing heap of them for circles again and again took a third of a replay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Place(msgspec.Struct):
    type: str
    sequence: str


_place_of = msgspec.json.Decoder(_Place).decode


class FeedPast:
    """The past according to the feeds of services; views skip events that can't be read, as the inbox does."""

    def __init__(self, feed_of: Callable[[str], Feed], *, skips_unreadable: bool = True) -> None:
        self._feed_of = feed_of
        self._skips_unreadable = skips_unreadable

    def pages(self, source: str, types: Collection[str], *, after: int, upto: int) -> Iterator[Page]:
        """The events of these types in order, page by page.

        Raises: FeedUnavailable, LogUnavailable; what `feed_of` raises.
        """
        wanted = frozenset(types)
        for at in range(after, upto, FEED_PAGE):
            yield partial(self._page, self._feed_of(source), source, wanted, at, min(at + FEED_PAGE, upto))

    def _page(
        self, feed: Feed, source: str, types: Collection[str], after: int, upto: int
    ) -> list[Happening[Any]]:
        rows, at = [], after
        while at < upto:
            records = feed.read(at, upto - at)
            if not records:
                raise FeedUnavailable(f"{source} has no record after {at}, but {upto} were folded")
            for record in records:
                place = _place_of(record)
                at = int(place.sequence)
                if place.type in types:
                    rows.append((at, place.type, record))
        return read_happenings(source, rows, skips_unreadable=self._skips_unreadable)
