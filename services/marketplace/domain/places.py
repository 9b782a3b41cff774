"""The offer's places: matches are proposed, answered and held for a place; it is confirmed, freed and opened again.

The offer's stream guards that no more places are taken than there are: the second yes holds a place, and the last place
goes to one match. What needs both sides is held here first, then in the need's stream, and only then confirmed
(architecture 2.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never

from services.marketplace.domain.offer import (
    OFFER,
    STANDS,
    MatchStatus,
    Offer,
    OfferStatus,
    current_until,
    evolve,
    lapse_open,
    last_day_is_over,
    offer_is_on_the_board,
)
from shared.events.marketplace.offer import (
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchLapsed,
    MatchProposed,
    MatchReason,
    OfferConfirmedCurrent,
    OfferEvent,
    OfferExhausted,
    PlaceHeld,
    PlaceReopenAsked,
    PlaceReopened,
)
from shared.events.vocabulary import DeclineReason, LapseReason, ReopenCause, Side
from shared.kernel.decider import Decider
from shared.kernel.identity import derived_id
from shared.kernel.quantity import Share
from shared.kernel.refusal import require
from shared.kernel.text import Id

MOST_PROPOSALS = 10  # a posting is answered with at most ten proposals (architecture 7)
THE_MATCHER = "matcher"


# --- commands -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A need or a search that the offer may fit; `score` in [0, 1].

    The match's id follows from offer and need; where `match_id` is given, it must be that id.
    """

    need_id: str
    need_party: Id
    is_search: bool
    match_id: str | None = None
    score: Share | None = None
    reasons: tuple[MatchReason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeMatches:
    """Bring the offer and needs together; `proposed_by` is the matcher, or the role of who proposes."""

    offer_id: str
    proposals: tuple[Proposal, ...]
    proposed_by: str = THE_MATCHER
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeFittingMatches(ProposeMatches):
    """Propose for the matcher: of what was answered meanwhile it proposes nothing."""


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
class LapseOpenMatches(LapseMatches):
    """Ask for a reaction or the ticker whether these matches are still open, and end those that are."""


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
    ProposeMatches
    | ProposeFittingMatches
    | AcceptMatch
    | DeclineMatch
    | LapseMatches
    | LapseOpenMatches
    | ConfirmMatch
    | AskReopen
    | ReopenPlace
)


# --- rules about matches: each reads as one sentence --------------------------------------------
def offer_has_a_place_left(offer: Offer, _: object) -> bool:
    """Choose another offer, or wait until a place is free; matches have taken every place of this offer."""
    return offer.n_free > 0


def offer_was_current_then(offer: Offer, command: ProposeMatches | AcceptMatch) -> bool:
    """Choose a day on which the offer was still current; it has expired since.

    A list that is imported later may name who took it.
    """
    if offer.status != OfferStatus.EXPIRED or offer.current_until is None:
        return True
    return command.at < offer.current_until and not last_day_is_over(offer, command.at)


def proposals_are_ten_at_most(_: Offer, command: ProposeMatches) -> bool:
    """Propose at most ten matches at once."""
    return len(command.proposals) <= MOST_PROPOSALS


def sides_are_different_parties(offer: Offer, command: ProposeMatches) -> bool:
    """Propose a need or a search of somebody else; nobody is matched with themselves."""
    return all(
        proposal.is_search or proposal.need_party != offer.organisation_id for proposal in command.proposals
    )


def offer_and_need_have_one_match(_: Offer, command: ProposeMatches) -> bool:
    """Leave out the match's id, or state the id that follows from offer and need: the two have one match."""
    return all(
        proposal.match_id in {None, match_id_of(command.offer_id, proposal.need_id)}
        for proposal in command.proposals
    )


def pairs_may_be_proposed(offer: Offer, command: ProposeMatches) -> bool:
    """Propose a pair once; one of these is recorded as declined, as over, or with another party."""
    return all(_may_be_proposed(offer, command.offer_id, proposal) for proposal in command.proposals)


def each_need_is_named_once(_: Offer, command: ProposeMatches) -> bool:
    """Name each need or search once; an offer and a need have one match."""
    return len({proposal.need_id for proposal in command.proposals}) == len(command.proposals)


def something_is_named(_: Offer, command: ProposeMatches | LapseMatches) -> bool:
    """Name at least one match."""
    return bool(command.proposals if isinstance(command, ProposeMatches) else command.match_ids)


def matches_may_lapse(offer: Offer, command: LapseMatches) -> bool:
    """Name matches of this offer that wait for an answer; of the others it is recorded how they ended."""
    return all(
        _may_lapse(offer, command, match_id) or _has_lapsed(offer, command, match_id)
        for match_id in command.match_ids
    )


def match_was_proposed(offer: Offer, command: AcceptMatch | DeclineMatch | ConfirmMatch | AskReopen) -> bool:
    """Name a match that was proposed for this offer."""
    return command.match_id in offer.matches


def match_is_open(offer: Offer, command: AcceptMatch | DeclineMatch) -> bool:
    """Choose a match that still waits for an answer; this match is decided."""
    return offer.matches[command.match_id].status == MatchStatus.PROPOSED


def person_answers_first(offer: Offer, command: AcceptMatch | DeclineMatch) -> bool:
    """Wait until the person has said yes; in a search the person answers first, then the organisation.

    Rule: P02
    """
    match = offer.matches[command.match_id]
    return not match.is_search or command.by == Side.NEED or Side.NEED in match.accepted_by


def decline_has_a_reason(offer: Offer, command: DeclineMatch) -> bool:
    """Give a reason code; an organisation that says no gives its reason, a person need not.

    Rule: M10, P02
    """
    match = offer.matches[command.match_id]
    return command.reason is not None or (match.is_search and command.by == Side.NEED)


# --- rules about places -------------------------------------------------------------------------
def place_is_held_for_the_match(offer: Offer, command: ConfirmMatch) -> bool:
    """Confirm a match only while a place is held for it."""
    return offer.matches[command.match_id].status == MatchStatus.HELD


def a_place_became_free(offer: Offer, _: ReopenPlace) -> bool:
    """Open a place again only after a taken place became free."""
    return bool(offer.reopen_asked)


def offer_goes_on(offer: Offer, command: ReopenPlace) -> bool:
    """Choose a later last day for the offer first; its last day has passed."""
    return not last_day_is_over(offer, command.at)


# --- decide: one function per command -----------------------------------------------------------
def propose(offer: Offer, command: ProposeMatches) -> list[OfferEvent]:
    """A match is proposed once, and again after it lapsed; never again once it was declined or confirmed.

    For a person's search score and reasons stay out of the event (rule P01).
    """
    require(
        offer,
        command,
        something_is_named,
        proposals_are_ten_at_most,
        each_need_is_named_once,
        offer_and_need_have_one_match,
    )
    if not isinstance(command, ProposeFittingMatches):
        require(offer, command, pairs_may_be_proposed)
    new = {
        match_id_of(command.offer_id, proposal.need_id): proposal
        for proposal in command.proposals
        if may_be_proposed(offer, match_id_of(command.offer_id, proposal.need_id))
    }
    if not new:
        return []
    if offer.status != OfferStatus.EXPIRED:
        require(offer, command, offer_is_on_the_board)
    require(offer, command, offer_was_current_then, offer_has_a_place_left, sides_are_different_parties)
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
        if offer.terms is not None
    ]


def accept(offer: Offer, command: AcceptMatch) -> list[OfferEvent]:
    """The second yes holds the place; it is confirmed once the need is held too."""
    require(offer, command, match_was_proposed)
    match = offer.matches[command.match_id]
    if command.by in match.accepted_by and match.ended is None:
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
    is_a_persons = match.is_search and command.by == Side.NEED
    declined = MatchDeclined(
        match_id=command.match_id, by=command.by, reason=None if is_a_persons else command.reason
    )
    if match.ended == declined:
        return []
    require(offer, command, match_is_open, person_answers_first, decline_has_a_reason)
    return [declined]


def lapse(offer: Offer, command: LapseMatches) -> list[OfferEvent]:
    """Open matches lapse; a held match, to which both said yes, lapses only when its need was taken."""
    if not isinstance(command, LapseOpenMatches):
        require(offer, command, something_is_named, matches_may_lapse)
    return [
        MatchLapsed(
            match_id=match_id,
            reason=command.reason,
            was_held=offer.matches[match_id].status == MatchStatus.HELD,
        )
        for match_id in dict.fromkeys(command.match_ids)
        if _may_lapse(offer, command, match_id)
    ]


def _may_lapse(offer: Offer, command: LapseMatches, match_id: str) -> bool:
    ends = {MatchStatus.PROPOSED}
    if command.reason == LapseReason.NEED_TAKEN:
        ends.add(MatchStatus.HELD)
    return match_id in offer.matches and offer.matches[match_id].status in ends


def _has_lapsed(offer: Offer, command: LapseMatches, match_id: str) -> bool:
    ended = offer.matches[match_id].ended if match_id in offer.matches else None
    return isinstance(ended, MatchLapsed) and ended.reason == command.reason


def confirm(offer: Offer, command: ConfirmMatch) -> list[OfferEvent]:
    """Both are held: the match stands, and with the last place the offer is exhausted and its open matches lapse.

    The terms are those to which both said yes. An offer that was withdrawn meanwhile keeps its word, but does not come
    back to the board as exhausted.
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
        terms=match.held_terms or offer.terms,
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


def decide(offer: Offer, command: PlacesCommand) -> Sequence[OfferEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case ProposeFittingMatches():
            return propose(offer, command)
        case ProposeMatches():
            return propose(offer, command)
        case AcceptMatch():
            return accept(offer, command)
        case DeclineMatch():
            return decline(offer, command)
        case LapseOpenMatches():
            return lapse(offer, command)
        case LapseMatches():
            return lapse(offer, command)
        case ConfirmMatch():
            return confirm(offer, command)
        case AskReopen():
            return ask_reopen(offer, command)
        case ReopenPlace():
            return reopen(offer, command)
        case _:
            assert_never(command)


def match_id_of(offer_id: str, need_id: str) -> str:
    """The id of the match of an offer and a need: there is one per pair."""
    return derived_id("match", offer_id, need_id)


def _may_be_proposed(offer: Offer, offer_id: str, proposal: Proposal) -> bool:
    """Whether the pair is new, has lapsed, or was proposed in the same words and still waits or stands."""
    match_id = match_id_of(offer_id, proposal.need_id)
    match = offer.matches.get(match_id)
    if match is None or may_be_proposed(offer, match_id):
        return True
    recorded = (match.need_party, match.is_search)
    goes_on = match.ended is None and match.status != MatchStatus.FREED
    return goes_on and recorded == (proposal.need_party, proposal.is_search)


def may_be_proposed(offer: Offer, match_id: str) -> bool:
    """Whether the match is new, or has lapsed without a no."""
    match = offer.matches.get(match_id)
    return match is None or match.status == MatchStatus.LAPSED


PLACES = Decider(name=OFFER.name, initial=OFFER.initial, decide=decide, evolve=OFFER.evolve)
