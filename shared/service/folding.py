"""How do events become read models? One fold: for live tables, rebuilds, verification, auditors, and as of a moment."""

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
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

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many records were folded, of how many."""


class Past(Protocol):
    """Where what happened is read from the beginning: logs, feeds, reporting's history, an export."""

    def happenings(
        self, source: str, types: Collection[str], *, after: int, upto: int
    ) -> Iterator[list[Happening[Any]]]:
        """The events of these types in order, page by page, behind `after` and up to a position."""
        ...


class Fold:
    """Documents or rows of some read models by key, folded in memory; None where there is none any more.

    `positions` are those of the last event that was folded into each document; rows keep none.
    """

    def __init__(self, models: Iterable[ReadModel[Any, Any]]) -> None:
        self.models = tuple(models)
        self.documents: dict[str, dict[str, Any]] = {model.name: {} for model in self.models}
        self.positions: dict[str, dict[str, int]] = {model.name: {} for model in self.models}
        self._listening = _Listening(self.models)

    def take(self, events: Iterable[Happening[Any]]) -> None:
        """Fold events into what is at hand."""
        listening = self._listening
        for event in events:
            for model in listening[type(event.data)]:
                documents = self.documents[model.name]
                for key in model.keys(event):
                    documents[key] = model.evolve(documents.get(key), event)
                    if model.row is None:
                        self.positions[model.name][key] = event.position

    def fetch(
        self,
        events: Iterable[Happening[Any]],
        read: Callable[[ReadModel[Any, Any], Collection[str]], Mapping[str, Any]],
    ) -> None:
        """Read the documents that these events touch and that are not at hand."""
        missing: dict[str, dict[str, None]] = {model.name: {} for model in self.models}
        for event in events:
            for model in self._listening[type(event.data)]:
                at_hand = self.documents[model.name]
                missing[model.name].update((key, None) for key in model.keys(event) if key not in at_hand)
        for model in self.models:
            if missing[model.name]:
                self.documents[model.name].update(read(model, missing[model.name]))

    def clear(self) -> None:
        """Begin anew with nothing at hand."""
        for by_key in (*self.documents.values(), *self.positions.values()):
            by_key.clear()

    @property
    def n_at_hand(self) -> int:
        """How many documents and rows there are."""
        return sum(map(len, self.documents.values()))


class _Listening(dict[type, Sequence[ReadModel[Any, Any]]]):
    """The read models that listen to an event, by its class."""

    def __init__(self, models: Sequence[ReadModel[Any, Any]]) -> None:
        super().__init__()
        self._models = models

    def __missing__(self, kind: type) -> Sequence[ReadModel[Any, Any]]:
        listening = self[kind] = [model for model in self._models if kind in model.on]
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
    """What the past up to these positions leads to, from nothing; only what happened before a moment.

    Raises: Unreadable, LogUnavailable.
    """
    fold = Fold(models)
    done, total = 0, sum(upto.values())
    with nothing_in_circles():
        for source, last in upto.items():
            for events in ahead(past.happenings(source, types_of(fold.models, source), after=0, upto=last)):
                fold.take(events if before is None else [event for event in events if event.time < before])
                progress(done + (events[-1].position if events else 0), total)
            done += last
            progress(done, total)
    return fold


def ahead(pages: Iterator[T]) -> Iterator[T]:
    """The pages, each read while the one before it is used: otherwise database and folding wait for each other."""
    with ThreadPoolExecutor(1, "reading ahead") as reader:
        coming = reader.submit(next, pages, None)
        while (page := coming.result()) is not None:
            coming = reader.submit(next, pages, None)
            yield page


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
    """The past as the feeds of services tell it; events that can't be read are passed over, as the inbox parks them."""

    def __init__(self, feed_of: Callable[[str], Feed]) -> None:
        self._feed_of = feed_of

    def happenings(
        self, source: str, types: Collection[str], *, after: int, upto: int
    ) -> Iterator[list[Happening[Any]]]:
        """The events of these types in order, page by page.

        Raises: FeedUnavailable, LogUnavailable; what `feed_of` raises.
        """
        wanted, at = frozenset(types), after
        feed = self._feed_of(source) if at < upto else None
        while feed is not None and at < upto:
            records = feed.read(at, min(FEED_PAGE, upto - at))
            if not records:
                raise FeedUnavailable(f"{source} has no record behind {at}, and {upto} were passed")
            places = [_place_of(record) for record in records]
            at = int(places[-1].sequence)
            rows = (
                (int(place.sequence), place.type, record if place.type in wanted else None)
                for place, record in zip(places, records, strict=True)
            )
            yield read_happenings(source, rows, skips_unreadable=True)
