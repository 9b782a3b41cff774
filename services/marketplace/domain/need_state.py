"""What do the rules about a need or a search read? Its terms, and which match it is promised to."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from shared.events.marketplace.need import (
    NeedAmended,
    NeedConfirmedCurrent,
    NeedEvent,
    NeedExpired,
    NeedHeld,
    NeedMet,
    NeedPosted,
    NeedReleased,
    NeedTerms,
    NeedWithdrawn,
    SearchAmended,
    SearchClosed,
    SearchHeld,
    SearchListed,
    SearchMet,
    SearchPosted,
    SearchReleased,
    SearchTerms,
)


class NeedStatus(StrEnum):
    """Where a need or a search is in its life."""

    UNKNOWN = "unknown"
    OPEN = "open"
    HELD = "held"
    MET = "met"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """The state that the rules read; `party` is the organisation, or the person of a search."""

    status: NeedStatus = NeedStatus.UNKNOWN
    is_search: bool = False
    party: str = ""
    terms: NeedTerms | SearchTerms | None = None
    held_by: str | None = None
    current_until: datetime | None = None
    listed_since: date | None = None


def evolve(need: Need, event: NeedEvent) -> Need:
    """The need after an event."""
    match event:
        case NeedPosted():
            return Need(
                status=NeedStatus.OPEN,
                party=event.organisation_id,
                terms=event.terms,
                current_until=event.current_until,
            )
        case SearchPosted():
            return Need(status=NeedStatus.OPEN, is_search=True, party=event.person_id, terms=event.terms)
        case NeedAmended() | SearchAmended():
            return replace(need, terms=event.terms)
        case NeedConfirmedCurrent():
            return replace(need, current_until=event.current_until)
        case NeedHeld() | SearchHeld():
            return replace(need, status=NeedStatus.HELD, held_by=event.match_id)
        case NeedReleased() | SearchReleased():
            return replace(need, status=NeedStatus.OPEN, held_by=None)
        case NeedMet() | SearchMet():
            return replace(need, status=NeedStatus.MET)
        case SearchListed():
            return replace(need, listed_since=event.waiting_since)
        case NeedWithdrawn() | SearchClosed():
            return replace(need, status=NeedStatus.WITHDRAWN)
        case NeedExpired():
            return replace(need, status=NeedStatus.EXPIRED)
        case _:
            assert_never(event)
