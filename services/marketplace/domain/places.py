"""The offer's places: matches proposed, accepted, declined; a place held, confirmed, freed.

The second yes holds a place, and the last place goes to one. What needs both sides is held here first, then in the
need's stream, and only then confirmed (architecture 2.2).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from services.marketplace.domain.offer_state import TAKES_A_PLACE, MatchStatus, Offer
from services.marketplace.domain.posting import offer_is_on_the_board
from shared.events.marketplace.offer import (
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchLapsed,
    MatchProposed,
    MatchReason,
    OfferEvent,
    OfferExhausted,
    PlaceHeld,
    PlaceReopenAsked,
    PlaceReopened,
)
from shared.events.vocabulary import DeclineReason, LapseReason, ReopenCause, Side
from shared.kernel.refusal import require


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A need or a search that the offer may fit; `score` in [0, 1]."""

    match_id: str
    need_id: str
    need_party: str
    is_search: bool
    score: Decimal | None = None
    reasons: tuple[MatchReason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeMatches:
    """Bring the offer and needs together; `proposed_by` is matcher, broker or counsellor."""

    offer_id: str
    proposals: tuple[Proposal, ...]
    proposed_by: str = "matcher"
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptMatch:
    """One side says yes to a proposed match."""

    offer_id: str
    match_id: str
    by: Side
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineMatch:
    """One side says no to a proposed match."""

    offer_id: str
    match_id: str
    by: Side
    reason: DeclineReason | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseMatches:
    """End matches that nobody answers, or that have become impossible."""

    offer_id: str
    match_ids: tuple[str, ...]
    reason: LapseReason
    at: datetime


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


PlacesCommand: TypeAlias = (
    ProposeMatches | AcceptMatch | DeclineMatch | LapseMatches | ConfirmMatch | AskReopen | ReopenPlace
)
MatchCommand: TypeAlias = AcceptMatch | DeclineMatch | ConfirmMatch | AskReopen


# --- rules: each reads as one sentence --------------------------------------------------------
def offer_has_a_place_left(offer: Offer, _: PlacesCommand) -> bool:
    """The offer still has a place that no held or confirmed match has taken."""
    return offer.n_free > 0


def sides_are_different_parties(offer: Offer, command: ProposeMatches) -> bool:
    """Nobody is matched with themself."""
    return all(proposal.need_party != offer.organisation_id for proposal in command.proposals)


def match_was_proposed(offer: Offer, command: MatchCommand) -> bool:
    """The match was proposed for this offer."""
    return command.match_id in offer.matches


def match_is_open(offer: Offer, command: MatchCommand) -> bool:
    """The match still waits for an answer."""
    return offer.matches[command.match_id].status == MatchStatus.PROPOSED


def person_agreed_first(offer: Offer, command: AcceptMatch) -> bool:
    """For a person's search the person says yes first, then the organisation.

    Rule: P02
    """
    match = offer.matches[command.match_id]
    return not match.is_search or command.by == Side.NEED or Side.NEED in match.accepted_by


def decline_has_a_reason(offer: Offer, command: DeclineMatch) -> bool:
    """An organisation that says no gives a reason code; a person need not.

    Rule: M10, P02
    """
    match = offer.matches[command.match_id]
    return command.reason is not None or (match.is_search and command.by == Side.NEED)


def place_is_held_for_the_match(offer: Offer, command: ConfirmMatch) -> bool:
    """A place is held for the match that is confirmed."""
    return offer.matches[command.match_id].status == MatchStatus.HELD


def a_place_became_free(offer: Offer, _: ReopenPlace) -> bool:
    """A place that was taken became free, and the host has been asked."""
    return offer.first(MatchStatus.REOPEN_ASKED) is not None


# --- decide: one function per command ---------------------------------------------------------
def propose(offer: Offer, command: ProposeMatches) -> list[OfferEvent]:
    """A match is proposed once; for a person's search score and reasons stay out of the event (rule P01)."""
    new = [proposal for proposal in command.proposals if proposal.match_id not in offer.matches]
    if not new or offer.terms is None:
        return []
    require(offer, command, offer_is_on_the_board, offer_has_a_place_left, sides_are_different_parties)
    return [
        MatchProposed(
            match_id=proposal.match_id,
            need_id=proposal.need_id,
            is_search=proposal.is_search,
            need_party=proposal.need_party,
            offer_party=offer.organisation_id,
            kind=offer.terms.kind,
            proposed_by=command.proposed_by,
            score=None if proposal.is_search else proposal.score,
            reasons=() if proposal.is_search else proposal.reasons,
        )
        for proposal in new
    ]


def accept(offer: Offer, command: AcceptMatch) -> list[OfferEvent]:
    """The second yes holds the place; it is confirmed once the need is held too."""
    require(offer, command, match_was_proposed)
    match = offer.matches[command.match_id]
    if command.by in match.accepted_by:
        return []
    require(offer, command, match_is_open, person_agreed_first, offer_is_on_the_board, offer_has_a_place_left)
    accepted = MatchAccepted(match_id=command.match_id, by=command.by)
    if not match.accepted_by:
        return [accepted]
    return [
        accepted,
        PlaceHeld(match_id=command.match_id, need_id=match.need_id, is_search=match.is_search),
    ]


def decline(offer: Offer, command: DeclineMatch) -> list[OfferEvent]:
    """A no ends the match; a person's reason is not kept (rule P02)."""
    require(offer, command, match_was_proposed)
    match = offer.matches[command.match_id]
    if match.status == MatchStatus.OVER:
        return []
    require(offer, command, match_is_open, decline_has_a_reason)
    is_a_persons = match.is_search and command.by == Side.NEED
    return [
        MatchDeclined(
            match_id=command.match_id, by=command.by, reason=None if is_a_persons else command.reason
        )
    ]


def lapse(offer: Offer, command: LapseMatches) -> list[OfferEvent]:
    """Open or held matches end and their places are free; what is confirmed or over stays as it is."""
    status = {one: offer.matches[one].status for one in command.match_ids if one in offer.matches}
    return [
        MatchLapsed(match_id=match_id, reason=command.reason, was_held=status[match_id] == MatchStatus.HELD)
        for match_id in status
        if status[match_id] in {MatchStatus.PROPOSED, MatchStatus.HELD}
    ]


def confirm(offer: Offer, command: ConfirmMatch) -> list[OfferEvent]:
    """Both are held: the match stands, and with the last place the offer is exhausted."""
    require(offer, command, match_was_proposed)
    match = offer.matches[command.match_id]
    if match.status in TAKES_A_PLACE - {MatchStatus.HELD} or offer.terms is None:
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
    n_final = sum(one.status in TAKES_A_PLACE - {MatchStatus.HELD} for one in offer.matches.values()) + 1
    return [confirmed, OfferExhausted()] if n_final >= offer.terms.places else [confirmed]


def ask_reopen(offer: Offer, command: AskReopen) -> list[OfferEvent]:
    """The host is asked once for each place that became free."""
    require(offer, command, match_was_proposed)
    if offer.matches[command.match_id].status != MatchStatus.CONFIRMED:
        return []
    return [PlaceReopenAsked(match_id=command.match_id, cause=command.cause)]


def reopen(offer: Offer, command: ReopenPlace) -> list[OfferEvent]:
    """One place that became free is open again."""
    require(offer, command, a_place_became_free, offer_is_on_the_board)
    return [PlaceReopened(free_places=offer.n_free + 1)]
