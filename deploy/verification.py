"""Are the read models right? All logs are replayed in memory from the beginning, and the results compared."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from deploy.instance import Instance, Unit
from services.reporting.facts.tables import FACTS
from shared.kernel.read_model import Document
from shared.kernel.recorded import Recorded
from shared.service.feeds import Feed
from shared.service.projector import fold_documents, views_cursor
from shared.service.reading import read_records

PAGE = 2000
TRIES = 20

Found = TypeVar("Found")


class TooBusy(Exception):  # noqa: N818 - says what is the case
    """The read models change too fast to be compared."""


def verified(instance: Instance) -> Iterator[tuple[str, int]]:
    """Each read model with the number of its documents that differ from the replay.

    Raises: TooBusy, LogUnavailable.
    """
    for service, unit in instance.units.items():
        for name, differing in _differing_documents(unit, instance.feeds_of(service)).items():
            yield f"{service}.{name}", differing
        if unit.facts is not None:
            yield f"{service}.facts", _differing_facts(unit)


def _differing_documents(unit: Unit, feeds: Mapping[str, Feed]) -> dict[str, int]:
    views = unit.app.tables.views

    def passed() -> dict[str, int]:
        return {source: unit.store.cursors.cursor(views_cursor(source)) for source in feeds}

    at, found = _at_rest(passed, lambda: {view.name: unit.store.views.all_documents(view) for view in views})
    expected: dict[str, dict[str, Document | None]] = {view.name: {} for view in views}
    for source, feed in feeds.items():
        for events in _read_upto(feed, at[source]):
            for view in views:
                fold_documents(view, events, expected[view.name])
    return {
        name: n_differing(
            {key: _stored(one) for key, one in documents.items() if one is not None}, found[name]
        )
        for name, documents in expected.items()
    }


def _read_upto(feed: Feed, last: int) -> Iterator[list[Recorded[Any]]]:
    position = 0
    while position < last:
        events = [event for event in read_records(feed.read(position, PAGE)) if event.position <= last]
        yield events
        position = events[-1].position


def _stored(document: Document) -> Document:
    """The document as it comes back from the database."""
    stored: Document = msgspec.json.decode(msgspec.json.encode(document))
    return stored


def _differing_facts(unit: Unit) -> int:
    facts = unit.facts
    if facts is None:
        return 0
    at, found = _at_rest(facts.positions, lambda: {fact.name: facts.tables.rows(fact) for fact in FACTS})
    expected = facts.replay(at)
    return sum(n_differing(expected[fact.name], found[fact.name]) for fact in FACTS)


def n_differing(expected: dict[str, Document], found: dict[str, Document]) -> int:
    """How many keys have different documents, or a document on one side only."""
    return sum(1 for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))


def _at_rest(passed: Callable[[], dict[str, int]], read: Callable[[], Found]) -> tuple[dict[str, int], Found]:
    """What is read, with its positions, which did not move meanwhile."""
    for _ in range(TRIES):
        before = passed()
        found = read()
        if passed() == before:
            return before, found
    msg = "The read models move too fast to be compared: try when less is going on, or stop the worker."
    raise TooBusy(msg)
