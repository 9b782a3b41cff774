"""What does the marketplace do when something happened? Propose, hold, confirm, draft, refer; and take back on a no."""

from collections.abc import Iterable, Iterator
from typing import Any

from services.marketplace.domain.agreement_commands import DraftAgreement
from services.marketplace.domain.engagement_commands import ReferVolunteer
from services.marketplace.domain.need import HoldNeed, MeetNeed, ReleaseNeed
from services.marketplace.domain.places import AskReopen, ConfirmMatch, LapseMatches
from services.marketplace.proposing import PROPOSING
from shared.events.actors import OrganisationSuspended
from shared.events.employment import PlacementDeclined, PlacementNeverStarted, PlacementStarted
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
from shared.events.marketplace.offer import MatchConfirmed, MatchLapsed, PlaceHeld
from shared.events.process import ReactionRefused
from shared.events.vocabulary import LapseReason, OfferKind, Party, ReciprocityKind, ReopenCause
from shared.kernel.identity import derived_id
from shared.kernel.reaction import Reaction
from shared.kernel.recorded import Recorded
from shared.kernel.view import Ask, Document

PAGE = 500


# --- hold, then confirm (architecture 2.2) ------------------------------------------------------
def hold_need(event: Recorded, _: Ask) -> Iterable[Any]:
    """A held place asks for the need, so that both are taken together."""
    yield HoldNeed(
        need_id=event.data.need_id, match_id=event.data.match_id, offer_id=event.noun_id, at=event.time
    )


def confirm_match(event: Recorded, _: Ask) -> Iterable[Any]:
    """Place and need are held: the match is confirmed."""
    yield ConfirmMatch(offer_id=event.data.offer_id, match_id=event.data.match_id, at=event.time)


def lapse_match_of_taken_need(event: Recorded, ask: Ask) -> Iterable[Any]:
    """The need was taken by another match: this one lapses and its place is free."""
    if event.data.reaction == hold_need.__name__:
        need_id = event.data.target.partition("-")[2]
        offer_id = event.data.trigger_stream.partition("-")[2]
        for match in ask.find("matches", offer_id=offer_id, need_id=need_id):
            yield LapseMatches(
                offer_id=offer_id, match_ids=(match["id"],), reason=LapseReason.NEED_TAKEN, at=event.time
            )


def release_need_of_unconfirmed_match(event: Recorded, ask: Ask) -> Iterable[Any]:
    """The offer would not confirm the match: the need is open again."""
    if event.data.reaction == confirm_match.__name__:
        need_id = event.data.trigger_stream.partition("-")[2]
        offer_id = event.data.target.partition("-")[2]
        for match in ask.find("matches", offer_id=offer_id, need_id=need_id):
            yield ReleaseNeed(need_id=need_id, match_id=match["id"], at=event.time)


def release_need_of_lapsed_match(event: Recorded, ask: Ask) -> Iterable[Any]:
    """A match that held the need lapsed: the need is open again."""
    match = ask.get("matches", event.data.match_id)
    if event.data.was_held and match is not None:
        yield ReleaseNeed(need_id=match["need_id"], match_id=event.data.match_id, at=event.time)


def lapse_other_matches_of_need(event: Recorded, ask: Ask) -> Iterable[Any]:
    """A need that is promised, withdrawn or expired leaves its other matches without ground."""
    holder = getattr(event.data, "match_id", None)
    reason = LapseReason.NEED_TAKEN if holder else LapseReason.NEED_WITHDRAWN
    for match in ask.find("matches", need_id=event.noun_id, status="proposed", limit=PAGE):
        if match["id"] != holder:
            yield LapseMatches(
                offer_id=match["offer_id"], match_ids=(match["id"],), reason=reason, at=event.time
            )


def lapse_matches_of_suspended(event: Recorded, ask: Ask) -> Iterable[Any]:
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
def agreement_id_of(match_id: str) -> str:
    """The id of the agreement that this match leads to: the same whenever it is asked."""
    return derived_id("agreement", match_id)


def engagement_id_of(match_id: str) -> str:
    """The id of the engagement that this match leads to."""
    return derived_id("engagement", match_id)


def draft_agreement(event: Recorded, ask: Ask) -> Iterable[Any]:
    """A confirmed exchange becomes a draft: A gives what it offered; B adds its own before anybody signs."""
    match = event.data
    if match.terms.kind == OfferKind.EXCHANGE:
        description = match.terms.title if not match.terms.description else match.terms.description
        given = Commitment(giver=Party.A, category=match.terms.category, description=description)
        proposed = ask.get("matches", match.match_id) or {}
        yield DraftAgreement(
            agreement_id=agreement_id_of(match.match_id),
            party_a=match.offer_party,
            party_b=match.need_party,
            commitments=(given,),
            reciprocity=ReciprocityKind.ONE_SIDED,
            match_id=match.match_id,
            offer_id=match.offer_id,
            need_id=match.need_id,
            market_day_id=match.terms.market_day_id,
            initiated_by="party"
            if proposed.get("proposed_by") == "matcher"
            else proposed.get("proposed_by", "party"),
            at=event.time,
        )


def refer_volunteer(event: Recorded, _: Ask) -> Iterable[Any]:
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


def meet_need(event: Recorded, _: Ask) -> Iterable[Any]:
    """Delivered or started: the need is met."""
    need_id, match_id = _need_and_match(event)
    if need_id and match_id:
        yield MeetNeed(need_id=need_id, match_id=match_id, at=event.time)


def release_need(event: Recorded, _: Ask) -> Iterable[Any]:
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


def ask_to_reopen_place(event: Recorded, _: Ask) -> Iterable[Any]:
    """A taken place became free: the host is asked whether it is open again."""
    if event.data.offer_id and event.data.match_id:
        cause = CAUSES[type(event.data)]
        yield AskReopen(
            offer_id=event.data.offer_id, match_id=event.data.match_id, cause=cause, at=event.time
        )


def _open_matches_of(organisation_id: str, ask: Ask) -> Iterator[Document]:
    yield from ask.find("matches", offer_party=organisation_id, status="proposed", limit=PAGE)
    yield from ask.find("matches", need_party=organisation_id, status="proposed", limit=PAGE)


def _need_and_match(event: Recorded) -> tuple[str | None, str | None]:
    need_id = getattr(event.data, "search_id", None) or getattr(event.data, "need_id", None)
    return need_id, event.data.match_id


REACTIONS = (
    *PROPOSING,
    Reaction(on=(PlaceHeld,), react=hold_need),
    Reaction(on=(NeedHeld, SearchHeld), react=confirm_match),
    Reaction(on=(ReactionRefused,), react=lapse_match_of_taken_need),
    Reaction(on=(ReactionRefused,), react=release_need_of_unconfirmed_match),
    Reaction(on=(MatchLapsed,), react=release_need_of_lapsed_match),
    Reaction(
        on=(NeedHeld, SearchHeld, NeedWithdrawn, NeedExpired, SearchClosed), react=lapse_other_matches_of_need
    ),
    Reaction(on=(OrganisationSuspended,), react=lapse_matches_of_suspended),
    Reaction(on=(MatchConfirmed,), react=draft_agreement),
    Reaction(on=(MatchConfirmed,), react=refer_volunteer),
    Reaction(
        on=(AgreementFulfilled, AgreementPartlyFulfilled, EngagementStarted, PlacementStarted),
        react=meet_need,
    ),
    Reaction(
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
    Reaction(on=tuple(CAUSES), react=ask_to_reopen_place),
)
