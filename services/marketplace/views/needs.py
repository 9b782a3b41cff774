"""Which needs are on the board, and which searches does the counsellor know?"""

from typing import Any

from services.marketplace.views.plain import plain
from shared.events.marketplace.need import (
    NeedAmended,
    NeedConfirmedCurrent,
    NeedExpired,
    NeedHeld,
    NeedMet,
    NeedPosted,
    NeedReleased,
    NeedWithdrawn,
    SearchAmended,
    SearchClosed,
    SearchHeld,
    SearchListed,
    SearchMet,
    SearchPosted,
    SearchReleased,
)
from shared.events.marketplace.offer import MatchProposed
from shared.kernel.read_model import Document, ReadModel
from shared.kernel.recorded import Happening

STATUS = {
    NeedHeld: "held",
    NeedReleased: "open",
    NeedMet: "met",
    NeedWithdrawn: "withdrawn",
    NeedExpired: "expired",
    SearchHeld: "held",
    SearchReleased: "open",
    SearchMet: "met",
    SearchClosed: "closed",
}


def evolve_need(document: Document | None, event: Happening[Any]) -> Document | None:
    """An organisation's need as the board shows it."""
    need = document or {}
    data = event.data
    match data:
        case NeedPosted() | NeedAmended():
            need = need | {"organisation_id": data.organisation_id, "terms": plain(data.terms)}
            if isinstance(data, NeedPosted):
                until = data.current_until.isoformat()
                need |= {"status": "open", "posted_at": event.time.isoformat(), "current_until": until}
            return need
        case NeedConfirmedCurrent():
            return need | {"current_until": data.current_until.isoformat()}
        case _:
            return need | {"status": STATUS[type(data)]}


def evolve_search(document: Document | None, event: Happening[Any]) -> Document | None:
    """A person's search; `listed` once nothing was proposed for 60 days (rule P08: nobody waits unseen)."""
    search = document or {}
    data = event.data
    match data:
        case SearchPosted() | SearchAmended():
            search = search | {"person_id": data.person_id, "terms": plain(data.terms)}
            if isinstance(data, SearchPosted):
                posted = {"status": "open", "posted_at": event.time.isoformat()}
                search |= posted | {"last_proposed_at": None, "listed": "no"}
            return search
        case MatchProposed():
            proposed = {"last_proposed_at": event.time.isoformat(), "listed": "no"}
            return search | proposed if document else None
        case SearchListed():
            return search | {"listed": "yes", "waiting_since": data.waiting_since.isoformat()}
        case _:
            return search | {"status": STATUS[type(data)]}


def search_key(event: Happening[Any]) -> tuple[str, ...]:
    """The search itself, or the one that a match was proposed for."""
    if isinstance(event.data, MatchProposed):
        return (event.data.need_id,) if event.data.is_search else ()
    return (event.noun_id,)


NEEDS = ReadModel(
    name="needs",
    version=1,
    on=(
        NeedPosted,
        NeedAmended,
        NeedConfirmedCurrent,
        NeedHeld,
        NeedReleased,
        NeedMet,
        NeedWithdrawn,
        NeedExpired,
    ),
    evolve=evolve_need,
    columns={
        "organisation_id": lambda need: need.get("organisation_id"),
        "status": lambda need: need.get("status"),
        "kind": lambda need: need.get("terms", {}).get("kind"),
        "category": lambda need: need.get("terms", {}).get("category"),
        "district": lambda need: need.get("terms", {}).get("district"),
    },
)

SEARCHES = ReadModel(
    name="searches",
    version=2,
    on=(
        SearchPosted,
        SearchAmended,
        SearchHeld,
        SearchReleased,
        SearchMet,
        SearchListed,
        SearchClosed,
        MatchProposed,
    ),
    evolve=evolve_search,
    keys=search_key,
    columns={
        "person_id": lambda search: search.get("person_id"),
        "status": lambda search: search.get("status"),
        "kind": lambda search: search.get("terms", {}).get("kind"),
        "listed": lambda search: search.get("listed"),
    },
)
