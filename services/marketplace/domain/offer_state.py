"""What do the rules about an offer read? Its terms, whether it is on the board, and what became of its matches."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from shared.events.marketplace.offer import (
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchLapsed,
    MatchProposed,
    OfferAmended,
    OfferConfirmedCurrent,
    OfferEvent,
    OfferExhausted,
    OfferExpired,
    OfferPosted,
    OfferReturned,
    OfferSubmitted,
    OfferTerms,
    OfferWithdrawn,
    PlaceHeld,
    PlaceReopenAsked,
    PlaceReopened,
)
from shared.events.vocabulary import Side


class OfferStatus(StrEnum):
    """Where an offer is in its life."""

    UNKNOWN = "unknown"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    POSTED = "posted"
    EXHAUSTED = "exhausted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class MatchStatus(StrEnum):
    """Where a match is: from HELD on it takes a place, until the place is reopened or the match is over."""

    PROPOSED = "proposed"
    HELD = "held"
    CONFIRMED = "confirmed"
    REOPEN_ASKED = "reopen_asked"
    OVER = "over"


TAKES_A_PLACE = frozenset({MatchStatus.HELD, MatchStatus.CONFIRMED, MatchStatus.REOPEN_ASKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One match of the offer with a need or a search."""

    need_id: str
    need_party: str
    is_search: bool
    status: MatchStatus = MatchStatus.PROPOSED
    accepted_by: frozenset[Side] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The state that the rules read; `terms` is None before anything was submitted."""

    status: OfferStatus = OfferStatus.UNKNOWN
    organisation_id: str = ""
    terms: OfferTerms | None = None
    current_until: datetime | None = None
    matches: Mapping[str, Match] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def n_taken(self) -> int:
        """Places that held or confirmed matches take."""
        return sum(match.status in TAKES_A_PLACE for match in self.matches.values())

    @property
    def n_free(self) -> int:
        """Places that are left."""
        return max(0, self.terms.places - self.n_taken) if self.terms else 0

    def first(self, status: MatchStatus) -> str | None:
        """The earliest match in this status."""
        return next((match_id for match_id, match in self.matches.items() if match.status == status), None)


def evolve(offer: Offer, event: OfferEvent) -> Offer:
    """The offer after an event."""
    match event:
        case OfferSubmitted():
            return replace(
                offer, status=OfferStatus.SUBMITTED, organisation_id=event.organisation_id, terms=event.terms
            )
        case OfferReturned():
            return replace(offer, status=OfferStatus.RETURNED)
        case OfferPosted():
            return replace(
                offer,
                status=OfferStatus.POSTED,
                organisation_id=event.organisation_id,
                terms=event.terms,
                current_until=event.current_until,
            )
        case OfferAmended():
            return replace(offer, terms=event.terms)
        case OfferConfirmedCurrent():
            return replace(offer, current_until=event.current_until)
        case OfferExhausted():
            return replace(offer, status=OfferStatus.EXHAUSTED)
        case OfferWithdrawn():
            return replace(offer, status=OfferStatus.WITHDRAWN)
        case OfferExpired():
            return replace(offer, status=OfferStatus.EXPIRED)
        case PlaceReopened():
            return _with_match(_reopened(offer), offer.first(MatchStatus.REOPEN_ASKED), MatchStatus.OVER)
        case _:
            return _evolve_match(offer, event)


def _evolve_match(
    offer: Offer,
    event: MatchProposed
    | MatchAccepted
    | MatchDeclined
    | MatchLapsed
    | PlaceHeld
    | MatchConfirmed
    | PlaceReopenAsked,
) -> Offer:
    match event:
        case MatchProposed():
            proposed = Match(need_id=event.need_id, need_party=event.need_party, is_search=event.is_search)
            return replace(offer, matches=MappingProxyType({**offer.matches, event.match_id: proposed}))
        case MatchAccepted():
            return _accepted(offer, event)
        case MatchDeclined() | MatchLapsed():
            return _with_match(offer, event.match_id, MatchStatus.OVER)
        case PlaceHeld():
            return _with_match(offer, event.match_id, MatchStatus.HELD)
        case MatchConfirmed():
            return _with_match(offer, event.match_id, MatchStatus.CONFIRMED)
        case PlaceReopenAsked():
            return _with_match(offer, event.match_id, MatchStatus.REOPEN_ASKED)
        case _:
            assert_never(event)


def _reopened(offer: Offer) -> Offer:
    return replace(offer, status=OfferStatus.POSTED) if offer.status == OfferStatus.EXHAUSTED else offer


def _accepted(offer: Offer, event: MatchAccepted) -> Offer:
    known = offer.matches.get(event.match_id)
    if known is None:
        return offer
    accepted = replace(known, accepted_by=known.accepted_by | {event.by})
    return replace(offer, matches=MappingProxyType({**offer.matches, event.match_id: accepted}))


def _with_match(offer: Offer, match_id: str | None, status: MatchStatus) -> Offer:
    known = offer.matches.get(match_id or "")
    if known is None or match_id is None:
        return offer
    return replace(
        offer, matches=MappingProxyType({**offer.matches, match_id: replace(known, status=status)})
    )
