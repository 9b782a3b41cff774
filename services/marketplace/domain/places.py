"""The offer's places: held for a match, confirmed once the need is held too, freed and opened again.

What needs both sides is held here first, then in the need's stream, and only then confirmed (architecture 2.2).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.marketplace.domain.matching import (
    AcceptMatch,
    DeclineMatch,
    LapseMatches,
    Proposal,
    ProposeMatches,
    match_was_proposed,
)
from services.marketplace.domain.offer_state import STANDS, MatchStatus, Offer, OfferStatus, evolve
from services.marketplace.domain.posting import (
    current_until,
    lapse_open,
    last_day_is_over,
    offer_is_on_the_board,
)
from shared.events.marketplace.offer import (
    MatchConfirmed,
    OfferConfirmedCurrent,
    OfferEvent,
    OfferExhausted,
    PlaceReopenAsked,
    PlaceReopened,
)
from shared.events.vocabulary import LapseReason, ReopenCause
from shared.kernel.refusal import require

__all__ = [  # all commands about matches and places in one place to import from
    "AcceptMatch",
    "AskReopen",
    "ConfirmMatch",
    "DeclineMatch",
    "LapseMatches",
    "PlacesCommand",
    "Proposal",
    "ProposeMatches",
    "ReopenPlace",
]


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmMatch:
    """The need is held too: the match stands."""

    offer_id: str
    match_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskReopen:
    """A taken place became free: ask the host whether it is open again."""

    offer_id: str
    match_id: str
    cause: ReopenCause
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenPlace:
    """The host says that the place which became free is open again."""

    offer_id: str
    at: datetime


PlacesCommand: TypeAlias = ConfirmMatch | AskReopen | ReopenPlace


# --- rules: each reads as one sentence --------------------------------------------------------
def place_is_held_for_the_match(offer: Offer, command: ConfirmMatch) -> bool:
    """A place is held for the match that is confirmed."""
    return offer.matches[command.match_id].status == MatchStatus.HELD


def a_place_became_free(offer: Offer, _: ReopenPlace) -> bool:
    """A place that was taken became free, and the host has been asked."""
    return bool(offer.reopen_asked)


def offer_goes_on(offer: Offer, command: ReopenPlace) -> bool:
    """The offer's last day has not passed."""
    return not last_day_is_over(offer, command.at)


# --- decide: one function per command ---------------------------------------------------------
def confirm(offer: Offer, command: ConfirmMatch) -> list[OfferEvent]:
    """Both are held: the match stands, and with the last place the offer is exhausted and its open matches lapse.

    An offer that was withdrawn meanwhile keeps its word, but does not come back to the board as exhausted.
    """
    require(offer, command, match_was_proposed)
    match = offer.matches[command.match_id]
    if match.status in STANDS or offer.terms is None:
        return []
    require(offer, command, place_is_held_for_the_match)
    confirmed = MatchConfirmed(
        match_id=command.match_id,
        offer_id=command.offer_id,
        need_id=match.need_id,
        is_search=match.is_search,
        offer_party=offer.organisation_id,
        need_party=match.need_party,
        terms=offer.terms,
    )
    after = evolve(offer, confirmed)
    if after.status != OfferStatus.POSTED or not after.is_full:
        return [confirmed]
    return [confirmed, OfferExhausted(), *lapse_open(after, LapseReason.OFFER_EXHAUSTED)]


def ask_reopen(offer: Offer, command: AskReopen) -> list[OfferEvent]:
    """The host is asked once for each place that became free."""
    require(offer, command, match_was_proposed)
    if offer.matches[command.match_id].status != MatchStatus.CONFIRMED:
        return []
    return [PlaceReopenAsked(match_id=command.match_id, cause=command.cause)]


def reopen(offer: Offer, command: ReopenPlace) -> list[OfferEvent]:
    """One place that became free is open again; who opens it says that the offer still stands."""
    require(offer, command, a_place_became_free, offer_is_on_the_board, offer_goes_on)
    reopened = PlaceReopened(free_places=offer.n_free + 1)
    until = None if offer.terms is None else current_until(offer.terms, command.at)
    if offer.terms is None or until is None or (offer.current_until and until <= offer.current_until):
        return [reopened]
    return [reopened, OfferConfirmedCurrent(kind=offer.terms.kind, current_until=until)]
