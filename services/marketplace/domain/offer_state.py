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
    """Where a match is: from HELD to REOPEN_ASKED it takes a place; FREED is one whose place was reopened."""

    PROPOSED = "proposed"
    HELD = "held"
    CONFIRMED = "confirmed"
    REOPEN_ASKED = "reopen_asked"
    DECLINED = "declined"
    LAPSED = "lapsed"
    FREED = "freed"


STANDS = frozenset({MatchStatus.CONFIRMED, MatchStatus.REOPEN_ASKED})
TAKES_A_PLACE = STANDS | {MatchStatus.HELD}


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
    """The state that the rules read; `terms` is None before anything was submitted.

    `reopen_asked` are the matches whose place became free, in the order in which the host was asked.
    """

    status: OfferStatus = OfferStatus.UNKNOWN
    organisation_id: str = ""
    terms: OfferTerms | None = None
    current_until: datetime | None = None
    matches: Mapping[str, Match] = field(default_factory=lambda: MappingProxyType({}))
    reopen_asked: tuple[str, ...] = ()

    @property
    def n_taken(self) -> int:
        """Places that held or confirmed matches take."""
        return sum(match.status in TAKES_A_PLACE for match in self.matches.values())

    @property
    def n_free(self) -> int:
        """Places that are left."""
        return max(0, self.terms.places - self.n_taken) if self.terms else 0

    @property
    def is_full(self) -> bool:
        """Whether matches that stand take every place; a held one may still be given back."""
        n_standing = sum(match.status in STANDS for match in self.matches.values())
        return self.terms is not None and n_standing >= self.terms.places


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
            return _amended(offer, event)
        case OfferConfirmedCurrent():
            return replace(offer, current_until=event.current_until)
        case OfferExhausted():
            return replace(offer, status=OfferStatus.EXHAUSTED)
        case OfferWithdrawn():
            return replace(offer, status=OfferStatus.WITHDRAWN)
        case OfferExpired():
            return replace(offer, status=OfferStatus.EXPIRED)
        case PlaceReopened():
            return _reopened(offer)
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
        case MatchDeclined():
            return _with_match(offer, event.match_id, MatchStatus.DECLINED)
        case MatchLapsed():
            return _with_match(offer, event.match_id, MatchStatus.LAPSED)
        case PlaceHeld():
            return _with_match(offer, event.match_id, MatchStatus.HELD)
        case MatchConfirmed():
            return _with_match(offer, event.match_id, MatchStatus.CONFIRMED)
        case PlaceReopenAsked():
            asked = _with_match(offer, event.match_id, MatchStatus.REOPEN_ASKED)
            return replace(asked, reopen_asked=(*offer.reopen_asked, event.match_id))
        case _:
            assert_never(event)


def _amended(offer: Offer, event: OfferAmended) -> Offer:
    amended = replace(offer, terms=event.terms)
    more = amended.status == OfferStatus.EXHAUSTED and not amended.is_full
    return replace(amended, status=OfferStatus.POSTED) if more else amended


def _reopened(offer: Offer) -> Offer:
    """The place that was asked about first is free; an exhausted offer is open again."""
    freed = _with_match(offer, next(iter(offer.reopen_asked), None), MatchStatus.FREED)
    status = OfferStatus.POSTED if offer.status == OfferStatus.EXHAUSTED else offer.status
    return replace(freed, status=status, reopen_asked=offer.reopen_asked[1:])


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
