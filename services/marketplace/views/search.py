"""Which searches of persons are there, and to which was nothing proposed for a long time?"""

from enum import StrEnum
from typing import NotRequired, TypeAlias, TypedDict, assert_never

from services.marketplace.views.plain import plain
from services.marketplace.views.staff import kinds_of
from shared.events.marketplace.need import (
    SearchAmended,
    SearchClosed,
    SearchEvent,
    SearchHeld,
    SearchListed,
    SearchMet,
    SearchPosted,
    SearchReleased,
)
from shared.events.marketplace.offer import MatchProposed
from shared.events.vocabulary import Category, DistanceClass, HoursBand, OfferKind
from shared.kernel.read_model import Ask, ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Caller, Query, Role
from shared.service.visible import NOTHING, Visible

ShownEvent: TypeAlias = SearchEvent | MatchProposed


class SearchStatus(StrEnum):
    """Where a search is in its life."""

    OPEN = "open"
    HELD = "held"
    MET = "met"
    CLOSED = "closed"


class Listed(StrEnum):
    """Whether a search stands on the counsellor's list."""

    YES = "yes"
    NO = "no"


class SearchTermsDocument(TypedDict):
    """What a person looks for: bands and classes, no place and no words (rule P03)."""

    kind: OfferKind
    hours: HoursBand
    distance: DistanceClass
    from_month: str
    kldb3: str | None
    level: int | None
    category: Category | None


class SearchDocument(TypedDict):
    """A person's search; `last_proposed_at` is None while nothing was proposed."""

    person_id: str
    terms: SearchTermsDocument
    status: SearchStatus
    posted_at: str
    last_proposed_at: str | None
    listed: Listed
    id: NotRequired[str]
    waiting_since: NotRequired[str]


def evolve(search: SearchDocument | None, event: Happening[ShownEvent]) -> SearchDocument | None:
    """A person's search; `listed` once nothing was proposed for 60 days (rule P08: nobody waits unseen)."""
    data = event.data
    if isinstance(data, SearchPosted):
        return {
            "person_id": data.person_id,
            "terms": plain(data.terms),
            "status": SearchStatus.OPEN,
            "posted_at": event.time.isoformat(),
            "last_proposed_at": None,
            "listed": Listed.NO,
        }
    if search is None:
        return None
    match data:
        case SearchAmended():
            terms: SearchTermsDocument = plain(data.terms)
            return search | {"person_id": data.person_id, "terms": terms}
        case MatchProposed():
            return search | {"last_proposed_at": event.time.isoformat(), "listed": Listed.NO}
        case SearchListed():
            return search | {"listed": Listed.YES, "waiting_since": data.waiting_since.isoformat()}
        case SearchHeld():
            return search | {"status": SearchStatus.HELD}
        case SearchReleased():
            return search | {"status": SearchStatus.OPEN}
        case SearchMet():
            return search | {"status": SearchStatus.MET}
        case SearchClosed():
            return search | {"status": SearchStatus.CLOSED}
        case _:
            assert_never(data)


def search_key(event: Happening[ShownEvent]) -> tuple[str, ...]:
    """The search itself, or the search that a match was proposed for."""
    if isinstance(event.data, MatchProposed):
        return (event.data.need_id,) if event.data.is_search else ()
    return (event.noun_id,)


SEARCHES = ReadModel(
    name="searches",
    version=2,
    on=events_of(ShownEvent),
    evolve=evolve,
    keys=search_key,
    columns={
        "person_id": lambda search: search["person_id"],
        "status": lambda search: search["status"],
        "kind": lambda search: search["terms"]["kind"],
        "listed": lambda search: search["listed"],
    },
)


def searches_visible(caller: Caller | None, _: Ask) -> tuple[Visible, ...]:
    """Counsellors see searches for work, coordinators those for volunteering, persons their own."""
    if caller is None:
        return NOTHING
    return (Visible(columns={"person_id": caller.actor}),) if caller.role == Role.PERSON else kinds_of(caller)


SEARCH_QUERY = Query(
    nouns="searches",
    view=SEARCHES,
    roles=frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.PERSON}),
    filters=("status", "kind", "listed"),
    words={"status": SearchStatus, "kind": OfferKind, "listed": Listed},
    visible=searches_visible,
)
