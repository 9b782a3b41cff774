"""What does a view hold after these events? `documents(VIEW, *history("offer-1", event, …))`."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.events.registry import EVERY_SERVICE, type_of
from shared.kernel.recorded import Recorded
from shared.kernel.view import Column, Document, View

BEGINNING = datetime(2026, 1, 5, 9, tzinfo=UTC)


def history(stream: str, *events: Any, service: str | None = None, after: int = 0) -> list[Recorded]:
    """The events as they would lie in a log: one stream, an hour apart, positions from `after` on."""
    return [_recorded(stream, event, number, service, after) for number, event in enumerate(events, start=1)]


def documents(view: View, *events: Recorded) -> dict[str, Document]:
    """The view's documents by key; also says that it replays to the same, and changes no document it is given."""
    first, second = _fold(view, events), _fold(view, events)
    assert first == second, "a replay gives the same documents"
    for document in first.values():
        assert json.loads(json.dumps(document)) == document, "a document holds what JSON holds"
        for column in view.columns.values():
            assert column(document) is None or isinstance(column(document), str | int)
    return first


@dataclass(frozen=True, slots=True)
class Holding:
    """A reader of views that hold these documents, by view and key; columns are looked up in the documents."""

    documents: Mapping[str, Mapping[str, Document]] = field(default_factory=dict)

    def get(self, view: str, key: str) -> Document | None:
        """The document with this key, or None."""
        document = self.documents.get(view, {}).get(key)
        return None if document is None else {**document, "id": key}

    def find(
        self, view: str, *, limit: int = 100, after: str = "", **columns: Column | tuple[Column, ...]
    ) -> list[Document]:
        """Documents whose columns have these values, ordered by key, after key `after`."""
        found = [
            {**document, "id": key}
            for key, document in sorted(self.documents.get(view, {}).items())
            if key > after and all(_is(document.get(name), wanted) for name, wanted in columns.items())
        ]
        return found[:limit]

    def changed(self, view: str, *, after: int = 0, limit: int = 1000) -> list[tuple[int, Document]]:
        """Every document, as written at position 1."""
        return [(1, one) for one in self.find(view, limit=limit)] if after < 1 else []


def _is(value: Column, wanted: Column | tuple[Column, ...]) -> bool:
    return value in wanted if isinstance(wanted, tuple) else value == wanted


def _fold(view: View, events: tuple[Recorded, ...]) -> dict[str, Document]:
    folded: dict[str, Document] = {}
    for event in events:
        if not isinstance(event.data, view.on):
            continue
        for key in view.keys(event):
            before = copy.deepcopy(folded.get(key))
            after = view.evolve(folded.get(key), event)
            assert folded.get(key) == before, "a document that is given is not changed"
            folded.pop(key, None)
            if after is not None:
                folded[key] = after
    return folded


def _recorded(stream: str, event: Any, number: int, service: str | None, after: int) -> Recorded:
    registered = type_of(type(event))
    owner = service or ("actors" if registered.owner == EVERY_SERVICE else registered.owner)
    moment = BEGINNING + timedelta(hours=number)
    return Recorded(
        position=after + number,
        id=f"{stream}-event-{number}",
        source=f"urn:kosilab:05124000:{owner}:1",
        service=owner,
        stream=stream,
        version=number,
        type=registered.wire_name(owner),
        audience=registered.audience,
        time=moment,
        recorded_at=moment,
        previous=0,
        command_id=f"{stream}-command-{number}",
        data=event,
        record=b"",
    )
