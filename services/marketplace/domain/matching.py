"""The offer's matches: proposed with reasons, answered by both sides, or lapsed.

The second yes holds a place, and the last place goes to one; what becomes of a held place is in `places.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol, TypeAlias

from services.marketplace.domain.offer_state import MatchStatus, Offer, OfferStatus
from services.marketplace.domain.posting import last_day_is_over, offer_is_on_the_board
from shared.events.marketplace.offer import (
    MatchAccepted,
    MatchDeclined,
    MatchLapsed,
    MatchProposed,
    MatchReason,
    OfferEvent,
    PlaceHeld,
)
from shared.events.vocabulary import DeclineReason, LapseReason, Side
from shared.kernel.identity import derived_id
from shared.kernel.refusal import require

MOST_PROPOSALS = 10  # a posting is answered with at most ten proposals (architecture 7)
THE_MATCHER = "matcher"


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A need or a search that the offer may fit; `score` in [0, 1].

    The match's id follows from offer and need; whoever names it names that one.
    """

    need_id: str
    need_party: str
    is_search: bool
    match_id: str | None = None
    score: Decimal | None = None
    reasons: tuple[MatchReason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeMatches:
    """Bring the offer and needs together; `proposed_by` is the matcher, or the role of who proposes."""

    offer_id: str
    proposals: tuple[Proposal, ...]
    proposed_by: str = THE_MATCHER
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


MatchingCommand: TypeAlias = ProposeMatches | AcceptMatch | DeclineMatch | LapseMatches


class NamesMatch(Protocol):
    """A command that is about one match."""

    @property
    def match_id(self) -> str:
        """The match."""
        ...


# --- rules: each reads as one sentence --------------------------------------------------------
def offer_has_a_place_left(offer: Offer, _: object) -> bool:
    """The offer still has a place that no held or confirmed match has taken."""
    return offer.n_free > 0


def offer_was_current_then(offer: Offer, command: ProposeMatches | AcceptMatch) -> bool:
    """An offer that has expired was still current on the day of which is told.

    Who took it then is known later at times: from a list that is imported, for instance.
    """
    if offer.status != OfferStatus.EXPIRED or offer.current_until is None:
        return True
    return command.at < offer.current_until and not last_day_is_over(offer, command.at)


def proposals_are_ten_at_most(_: Offer, command: ProposeMatches) -> bool:
    """An offer is answered with at most ten proposals at once."""
    return len(command.proposals) <= MOST_PROPOSALS


def sides_are_different_parties(offer: Offer, command: ProposeMatches) -> bool:
    """Nobody is matched with themself."""
    return all(proposal.need_party != offer.organisation_id for proposal in command.proposals)


def offer_and_need_have_one_match(_: Offer, command: ProposeMatches) -> bool:
    """An offer and a need have one match, whose id follows from theirs."""
    return all(
        proposal.match_id in {None, match_id_of(command.offer_id, proposal.need_id)}
        for proposal in command.proposals
    )


def match_was_proposed(offer: Offer, command: NamesMatch) -> bool:
    """The match was proposed for this offer."""
    return command.match_id in offer.matches


def match_is_open(offer: Offer, command: AcceptMatch | DeclineMatch) -> bool:
    """The match still waits for an answer."""
    return offer.matches[command.match_id].status == MatchStatus.PROPOSED


def person_answers_first(offer: Offer, command: AcceptMatch | DeclineMatch) -> bool:
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


# --- decide: one function per command ---------------------------------------------------------
def propose(offer: Offer, command: ProposeMatches) -> list[OfferEvent]:
    """A match is proposed once, and again after it lapsed; what was declined or has stood is not.

    For a person's search score and reasons stay out of the event (rule P01).
    """
    new = {
        match_id_of(command.offer_id, proposal.need_id): proposal
        for proposal in command.proposals
        if may_be_proposed(offer, match_id_of(command.offer_id, proposal.need_id))
    }
    if not new or offer.terms is None:
        return []
    if offer.status != OfferStatus.EXPIRED:
        require(offer, command, offer_is_on_the_board)
    require(
        offer,
        command,
        offer_was_current_then,
        offer_has_a_place_left,
        proposals_are_ten_at_most,
        sides_are_different_parties,
        offer_and_need_have_one_match,
    )
    return [
        MatchProposed(
            match_id=match_id,
            need_id=proposal.need_id,
            is_search=proposal.is_search,
            need_party=proposal.need_party,
            offer_party=offer.organisation_id,
            kind=offer.terms.kind,
            proposed_by=command.proposed_by,
            score=None if proposal.is_search else proposal.score,
            reasons=() if proposal.is_search else proposal.reasons,
        )
        for match_id, proposal in new.items()
    ]


def accept(offer: Offer, command: AcceptMatch) -> list[OfferEvent]:
    """The second yes holds the place; it is confirmed once the need is held too."""
    require(offer, command, match_was_proposed)
    match = offer.matches[command.match_id]
    if command.by in match.accepted_by:
        return []
    require(offer, command, match_is_open, person_answers_first)
    if offer.status != OfferStatus.EXPIRED:
        require(offer, command, offer_is_on_the_board)
    require(offer, command, offer_was_current_then, offer_has_a_place_left)
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
    if match.status == MatchStatus.DECLINED:
        return []
    require(offer, command, match_is_open, person_answers_first, decline_has_a_reason)
    is_a_persons = match.is_search and command.by == Side.NEED
    return [
        MatchDeclined(
            match_id=command.match_id, by=command.by, reason=None if is_a_persons else command.reason
        )
    ]


def lapse(offer: Offer, command: LapseMatches) -> list[OfferEvent]:
    """Open matches end; a held one, to which both said yes, only when its need was taken."""
    ends = {MatchStatus.PROPOSED}
    if command.reason == LapseReason.NEED_TAKEN:
        ends.add(MatchStatus.HELD)
    known = {one: offer.matches[one].status for one in command.match_ids if one in offer.matches}
    return [
        MatchLapsed(match_id=match_id, reason=command.reason, was_held=status == MatchStatus.HELD)
        for match_id, status in known.items()
        if status in ends
    ]


def match_id_of(offer_id: str, need_id: str) -> str:
    """The id of the match of an offer and a need: there is one per pair."""
    return derived_id("match", offer_id, need_id)


def may_be_proposed(offer: Offer, match_id: str) -> bool:
    """Whether the match is new, or has lapsed without a no."""
    known = offer.matches.get(match_id)
    return known is None or known.status == MatchStatus.LAPSED
