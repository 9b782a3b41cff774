"""Whose search led to a placement? What the marketplace publishes, kept so that a person finds their own."""

from typing import NotRequired, TypeAlias, TypedDict

from shared.events.marketplace.need import SearchAmended, SearchPosted
from shared.kernel.read_model import ReadModel, events_of
from shared.kernel.recorded import Happening

OfSearch: TypeAlias = SearchPosted | SearchAmended


class SearchDocument(TypedDict):
    """A search, and the random id of the person who searches."""

    id: NotRequired[str]
    person_id: str


def search(_: SearchDocument | None, event: Happening[OfSearch]) -> SearchDocument:
    """The search as posted."""
    return {"person_id": event.data.person_id}


SEARCHES = ReadModel(
    name="searches",
    version=1,
    on=events_of(OfSearch),
    evolve=search,
    columns={"person_id": lambda document: document["person_id"]},
)
