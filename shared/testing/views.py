"""What does a view hold after these events? `documents(VIEW, *history("offer-1", event, …))`."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from shared.events.registry import EVERY_SERVICE, type_of
from shared.kernel.read_model import ReadModel, Wanted, has_value
from shared.kernel.recorded import Recorded

D = TypeVar("D")

BEGINNING = datetime(2026, 1, 5, 9, tzinfo=UTC)


def history(stream: str, *events: Any, service: str | None = None, after: int = 0) -> list[Recorded[Any]]:
    """The events as they would lie in a log: one stream, an hour apart, positions from `after` on."""
    return [_recorded(stream, event, number, service, after) for number, event in enumerate(events, start=1)]


def documents(view: ReadModel[D, Any], *events: Recorded[Any]) -> dict[str, D]:
    """The view's documents by key; also asserts that a replay gives the same, and that no given document is changed."""
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

    documents: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)

    def get(self, model: ReadModel[D, Any], key: str) -> D | None:
        """The document with this key, or None."""
        document: Any = self.documents.get(model.name, {}).get(key)
        return None if document is None else cast("D", {**document, "id": key})

    def find(
        self,
        model: ReadModel[D, Any],
        *,
        limit: int = 100,
        after: str = "",
        **columns: Wanted,
    ) -> list[D]:
        """Documents whose columns have these values, ordered by key, after key `after`."""
        matching: Any = [
            {**document, "id": key}
            for key, document in sorted(self.documents.get(model.name, {}).items())
            if key > after and all(has_value(document.get(name), wanted) for name, wanted in columns.items())
        ]
        answered: list[D] = matching[:limit]
        return answered

    def changed(self, model: ReadModel[D, Any], *, after: int = 0, limit: int = 1000) -> list[tuple[int, D]]:
        """Every document, as written at position 1."""
        return [(1, document) for document in self.find(model, limit=limit)] if after < 1 else []


def _fold(view: ReadModel[D, Any], events: tuple[Recorded[Any], ...]) -> dict[str, D]:
    folded: dict[str, D] = {}
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


def _recorded(stream: str, event: Any, number: int, service: str | None, after: int) -> Recorded[Any]:
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
