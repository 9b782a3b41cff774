"""What does the marketplace do when something happened? Hold, confirm, draft, refer; and take back on a no.

What it proposes to whom stands in `proposing.py`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from services.marketplace.domain.agreement import DraftAgreement, agreement_id_of
from services.marketplace.domain.engagement import ReferVolunteer
from services.marketplace.domain.need import HoldNeed, MeetNeed, ReleaseNeed
from services.marketplace.domain.places import THE_MATCHER, AskReopen, ConfirmMatch, LapseMatches, match_id_of
from services.marketplace.views.market_days import MARKET_DAYS, is_trading_at
from services.marketplace.views.matches import MATCHES
from services.marketplace.views.needs import NEEDS, SEARCHES
from shared.events.actors.organisation import OrganisationSuspended
from shared.events.employment.placement import (
    PlacementDeclined,
    PlacementNeverStarted,
    PlacementStarted,
)
from shared.events.marketplace.agreement import (
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementWithdrawn,
    Commitment,
)
from shared.events.marketplace.engagement import (
    EngagementEnded,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
)
from shared.events.marketplace.need import (
    NeedExpired,
    NeedHeld,
    NeedWithdrawn,
    SearchClosed,
    SearchHeld,
)
from shared.events.marketplace.offer import MatchConfirmed, MatchLapsed, OfferTerms, PlaceHeld
from shared.events.process import ReactionRefused
from shared.events.vocabulary import LapseReason, OfferKind, Party, ReciprocityKind, ReopenCause
from shared.kernel.identity import derived_id
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask, Document, all_found
from shared.kernel.recorded import Recorded

__all__ = ["REACTIONS", "agreement_id_of", "engagement_id_of"]

INITIATED_BY = {THE_MATCHER: "party", "broker": "broker"}
PROPOSE_PLACEMENT = "propose_placement"  # the reaction of employment to a confirmed match of a work offer


# --- hold, then confirm (architecture 2.2) ------------------------------------------------------
def hold_need(event: Recorded[Any], _: Ask) -> Iterable[Any]:
    """A held place asks for the need, so that both are taken together."""
    yield HoldNeed(
        need_id=event.data.need_id, match_id=event.data.match_id, offer_id=event.noun_id, at=event.time
    )


def confirm_match(event: Recorded[Any], _: Ask) -> Iterable[Any]:
    """Place and need are held: the match is confirmed."""
    yield ConfirmMatch(offer_id=event.data.offer_id, match_id=event.data.match_id, at=event.time)


def lapse_match_of_taken_need(event: Recorded[Any], _: Ask) -> Iterable[Any]:
    """The need was taken by another match: this one lapses and its place is free."""
    if event.data.reaction == hold_need.__name__:
        offer_id, need_id = _id(event.data.trigger_stream), _id(event.data.target)
        lapsed = (match_id_of(offer_id, need_id),)
        yield LapseMatches(offer_id=offer_id, match_ids=lapsed, reason=LapseReason.NEED_TAKEN, at=event.time)


def release_need_of_unconfirmed_match(event: Recorded[Any], _: Ask) -> Iterable[Any]:
    """The offer would not confirm the match: the need is open again."""
    if event.data.reaction == confirm_match.__name__:
        offer_id, need_id = _id(event.data.target), _id(event.data.trigger_stream)
        yield ReleaseNeed(need_id=need_id, match_id=match_id_of(offer_id, need_id), at=event.time)


def release_need_of_lapsed_match(event: Recorded[Any], ask: Ask) -> Iterable[Any]:
    """A match that held the need lapsed: the need is open again."""
    match = ask.get(MATCHES, event.data.match_id)
    if event.data.was_held and match is not None:
        yield ReleaseNeed(need_id=match["need_id"], match_id=event.data.match_id, at=event.time)


def lapse_other_matches_of_need(event: Recorded[Any], ask: Ask) -> Iterable[Any]:
    """A need that is promised, withdrawn or expired leaves its other matches without ground.

    Unless it is open again by now: then they may be new ones, proposed since.
    """
    need = ask.get(NEEDS, event.noun_id) or ask.get(SEARCHES, event.noun_id) or {}
    if need.get("status") == "open":
        return
    holder = getattr(event.data, "match_id", None)
    reason = LapseReason.NEED_TAKEN if holder else LapseReason.NEED_WITHDRAWN
    for match in all_found(ask, MATCHES, need_id=event.noun_id, status="proposed"):
        if match["id"] != holder:
            yield LapseMatches(
                offer_id=match["offer_id"], match_ids=(match["id"],), reason=reason, at=event.time
            )


def lapse_matches_of_suspended(event: Recorded[Any], ask: Ask) -> Iterable[Any]:
    """A suspended organisation's open matches lapse; what is agreed goes on (handbook 7.6)."""
    by_offer: dict[str, list[str]] = {}
    for match in _open_matches_of(event.noun_id, ask):
        by_offer.setdefault(match["offer_id"], []).append(match["id"])
    for offer_id, match_ids in by_offer.items():
        yield LapseMatches(
            offer_id=offer_id,
            match_ids=tuple(match_ids),
            reason=LapseReason.ORGANISATION_SUSPENDED,
            at=event.time,
        )


# --- what follows a confirmed match, by kind ----------------------------------------------------
def engagement_id_of(match_id: str) -> str:
    """The id of the engagement that this match leads to."""
    return derived_id("engagement", match_id)


def draft_agreement(event: Recorded[Any], ask: Ask) -> Iterable[Any]:
    """A confirmed exchange becomes a draft: A gives what it offered; B adds its own before anybody signs."""
    match: MatchConfirmed = event.data
    if match.terms.kind != OfferKind.EXCHANGE:
        return
    proposed = ask.get(MATCHES, match.match_id) or {}
    yield DraftAgreement(
        agreement_id=agreement_id_of(match.match_id),
        party_a=match.offer_party,
        party_b=match.need_party,
        commitments=(
            Commitment(giver=Party.A, category=match.terms.category, description=_in_words(match.terms)),
        ),
        reciprocity=ReciprocityKind.ONE_SIDED,
        match_id=match.match_id,
        offer_id=match.offer_id,
        need_id=match.need_id,
        market_day_id=_market_day_at(match.terms.market_day_id, event.time, ask),
        initiated_by=INITIATED_BY.get(proposed.get("proposed_by", THE_MATCHER), "lab"),
        at=event.time,
    )


def _market_day_at(market_day_id: str | None, at: datetime, ask: Ask) -> str | None:
    """The market day of the offer while it is traded there; later the agreement is one outside of it (rule M06)."""
    day = ask.get(MARKET_DAYS, market_day_id) if market_day_id else None
    return market_day_id if day is not None and is_trading_at(day, at) else None


def _in_words(terms: OfferTerms) -> str:
    """Title and description together, as they were judged when they were posted: a voucher stays one (rule M01)."""
    return f"{terms.title}: {terms.description}" if terms.description else terms.title


def refer_volunteer(event: Recorded[Any], _: Ask) -> Iterable[Any]:
    """A confirmed match of volunteering becomes a referral."""
    match = event.data
    if (
        match.terms.kind == OfferKind.VOLUNTEERING
        and match.is_search
        and match.terms.volunteering is not None
    ):
        yield ReferVolunteer(
            engagement_id=engagement_id_of(match.match_id),
            match_id=match.match_id,
            offer_id=match.offer_id,
            search_id=match.need_id,
            person_id=match.need_party,
            host_id=match.offer_party,
            form=match.terms.volunteering.form,
            at=event.time,
        )


def meet_need(event: Recorded[Any], _: Ask) -> Iterable[Any]:
    """Delivered or started: the need is met."""
    need_id, match_id = _need_and_match(event)
    if need_id and match_id:
        yield MeetNeed(need_id=need_id, match_id=match_id, at=event.time)


def release_need(event: Recorded[Any], _: Ask) -> Iterable[Any]:
    """It came to nothing: the need is open again."""
    need_id, match_id = _need_and_match(event)
    if need_id and match_id:
        yield ReleaseNeed(need_id=need_id, match_id=match_id, at=event.time)


CAUSES = {
    PlacementNeverStarted: ReopenCause.NEVER_STARTED,
    PlacementDeclined: ReopenCause.PLACEMENT_DECLINED,
    TrialEnded: ReopenCause.TRIAL_FAILED,
    ReferralDeclined: ReopenCause.TRIAL_FAILED,
    EngagementEnded: ReopenCause.ENGAGEMENT_ENDED,
    AgreementFailed: ReopenCause.AGREEMENT_FAILED,
    AgreementWithdrawn: ReopenCause.AGREEMENT_FAILED,
}


def ask_to_reopen_place(event: Recorded[Any], _: Ask) -> Iterable[Any]:
    """A taken place became free: the host is asked whether it is open again."""
    if event.data.offer_id and event.data.match_id:
        cause = CAUSES[type(event.data)]
        yield AskReopen(
            offer_id=event.data.offer_id, match_id=event.data.match_id, cause=cause, at=event.time
        )


def take_back_match_without_placement(event: Recorded[Any], ask: Ask) -> Iterable[Any]:
    """Employment would not take the match: the search is open again, and the employer is asked for the place.

    Raises: LookupError while the view lacks the match; the event is parked and tried again.
    """
    if event.data.reaction != PROPOSE_PLACEMENT:
        return
    offer_id, placement_id = _id(event.data.trigger_stream), _id(event.data.target)
    for match in all_found(ask, MATCHES, offer_id=offer_id, status=("confirmed", "reopen_asked")):
        if derived_id("placement", match["id"]) == placement_id:
            yield ReleaseNeed(need_id=match["need_id"], match_id=match["id"], at=event.time)
            cause = ReopenCause.PLACEMENT_DECLINED
            yield AskReopen(offer_id=offer_id, match_id=match["id"], cause=cause, at=event.time)
            return
    raise LookupError("the match of the placement is not in the view yet")


def _id(stream: str) -> str:
    return stream.partition("-")[2]


def _open_matches_of(organisation_id: str, ask: Ask) -> Iterator[Document]:
    yield from all_found(ask, MATCHES, offer_party=organisation_id, status="proposed")
    yield from all_found(ask, MATCHES, need_party=organisation_id, status="proposed")


def _need_and_match(event: Recorded[Any]) -> tuple[str | None, str | None]:
    need_id = getattr(event.data, "search_id", None) or getattr(event.data, "need_id", None)
    return need_id, event.data.match_id


REACTIONS = (
    Reaction(name="hold_need", on=(PlaceHeld,), react=hold_need),
    Reaction(name="confirm_match", on=(NeedHeld, SearchHeld), react=confirm_match),
    Reaction(name="lapse_match_of_taken_need", on=(ReactionRefused,), react=lapse_match_of_taken_need),
    Reaction(
        name="release_need_of_unconfirmed_match",
        on=(ReactionRefused,),
        react=release_need_of_unconfirmed_match,
    ),
    Reaction(
        name="take_back_match_without_placement",
        on=(ReactionRefused,),
        react=take_back_match_without_placement,
    ),
    Reaction(name="release_need_of_lapsed_match", on=(MatchLapsed,), react=release_need_of_lapsed_match),
    Reaction(
        name="lapse_other_matches_of_need",
        on=(NeedHeld, SearchHeld, NeedWithdrawn, NeedExpired, SearchClosed),
        react=lapse_other_matches_of_need,
    ),
    Reaction(
        name="lapse_matches_of_suspended", on=(OrganisationSuspended,), react=lapse_matches_of_suspended
    ),
    Reaction(name="draft_agreement", on=(MatchConfirmed,), react=draft_agreement),
    Reaction(name="refer_volunteer", on=(MatchConfirmed,), react=refer_volunteer),
    Reaction(
        name="meet_need",
        on=(AgreementFulfilled, AgreementPartlyFulfilled, EngagementStarted, PlacementStarted),
        react=meet_need,
    ),
    Reaction(
        name="release_need",
        on=(
            AgreementFailed,
            AgreementWithdrawn,
            ReferralDeclined,
            TrialEnded,
            PlacementDeclined,
            PlacementNeverStarted,
        ),
        react=release_need,
    ),
    Reaction(name="ask_to_reopen_place", on=tuple(CAUSES), react=ask_to_reopen_place),
)
