"""When did something last happen for a person? A profile is kept for so long after it."""

from collections.abc import Iterable
from datetime import datetime
from typing import NotRequired, TypeAlias, TypedDict, assert_never

from shared.events.actors.person import ConsentGiven, PersonAmended, PersonRegistered
from shared.events.employment.placement import PlacementProposed, PlacementStarted
from shared.events.marketplace.engagement import (
    CounsellingHeld,
    CounsellingRequested,
    EngagementEnded,
    EngagementStarted,
    VolunteerHoursLogged,
    VolunteerReferred,
)
from shared.events.marketplace.need import SearchAmended, SearchPosted
from shared.kernel.read_model import Ask, ReadModel, all_found, events_of
from shared.kernel.recorded import Happening

ByThemself: TypeAlias = PersonRegistered | PersonAmended | ConsentGiven
NamesPerson: TypeAlias = (
    SearchPosted | SearchAmended | CounsellingRequested | CounsellingHeld | VolunteerReferred
)
OfEngagement: TypeAlias = EngagementStarted | VolunteerHoursLogged | EngagementEnded
OfSearch: TypeAlias = PlacementProposed | PlacementStarted
Activity: TypeAlias = ByThemself | NamesPerson | OfEngagement | OfSearch


class ActivityDocument(TypedDict):
    """A stream that is about a person, and when something last happened in it (ISO 8601, UTC)."""

    id: NotRequired[str]
    person_id: str
    at: str


def activity(document: ActivityDocument | None, event: Happening[Activity]) -> ActivityDocument | None:
    """The stream with its latest moment; a stream of which no event names the person is left out."""
    person_id = _person_in(event) or (document["person_id"] if document else None)
    if person_id is None:
        return None
    at = event.time.isoformat()
    return {"person_id": person_id, "at": max(at, document["at"]) if document else at}


def _person_in(event: Happening[Activity]) -> str | None:
    match event.data:
        case PersonRegistered() | PersonAmended() | ConsentGiven():
            return event.noun_id
        case (
            SearchPosted()
            | SearchAmended()
            | CounsellingRequested()
            | CounsellingHeld()
            | VolunteerReferred()
        ):
            return event.data.person_id
        case EngagementStarted() | VolunteerHoursLogged() | EngagementEnded():
            return None
        case PlacementProposed() | PlacementStarted():
            return None
        case _:
            assert_never(event.data)


def by_search(event: Happening[Activity]) -> Iterable[str]:
    """A placement knows the search that it came from, and not whose it is."""
    if isinstance(event.data, PlacementProposed | PlacementStarted):
        return (event.data.search_id,)
    return (event.noun_id,)


ACTIVITIES = ReadModel(
    name="activities",
    version=1,
    on=events_of(Activity),
    evolve=activity,
    keys=by_search,
    columns={"person_id": lambda document: document["person_id"]},
)


def last_activity(ask: Ask, person_id: str) -> datetime | None:
    """When something last happened for a person that they have a part in."""
    times = [document["at"] for document in all_found(ask, ACTIVITIES, person_id=person_id)]
    return datetime.fromisoformat(max(times)) if times else None
