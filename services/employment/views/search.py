"""Whose search for work led to a placement? Kept so that a person finds their own; of volunteers nothing is kept."""

from typing import NotRequired, TypeAlias, TypedDict

from shared.events.marketplace.need import SearchAmended, SearchPosted
from shared.events.vocabulary import OfferKind
from shared.kernel.read_model import ReadModel, events_of
from shared.kernel.recorded import Happening

OfSearch: TypeAlias = SearchPosted | SearchAmended


class SearchDocument(TypedDict):
    """A search for work, and the random id of the person who searches."""

    id: NotRequired[str]
    person_id: str


def search(_: SearchDocument | None, event: Happening[OfSearch]) -> SearchDocument | None:
    """The search as posted, if it is for work."""
    return {"person_id": event.data.person_id} if event.data.terms.kind == OfferKind.WORK else None


SEARCHES = ReadModel(
    name="searches",
    version=1,
    on=events_of(OfSearch),
    evolve=search,
    columns={"person_id": lambda document: document["person_id"]},
)
