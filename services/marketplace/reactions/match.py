"""How do two come together? Place and need are held, then the match is confirmed; on a "no" both are taken back.

Every step waits for the one before (architecture 2.2). `proposal.py` chooses the matches to propose.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from services.marketplace.domain.need import HoldNeed, MeetNeed, NeedStatus, ReleaseNeed
from services.marketplace.domain.offer import MatchStatus
from services.marketplace.domain.places import AskReopen, ConfirmMatch, LapseOpenMatches, match_id_of
from services.marketplace.views.match import MATCHES, MatchDocument
from services.marketplace.views.need import NEEDS
from services.marketplace.views.search import SEARCHES, SearchStatus
from shared.events.actors.organisation import OrganisationSuspended
from shared.events.employment.placement import (
    PlacementDeclined,
    PlacementNeverStarted,
    PlacementNotProposed,
    PlacementStarted,
)
from shared.events.marketplace.agreement import (
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementWithdrawn,
)
from shared.events.marketplace.engagement import (
    EngagementEnded,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
)
from shared.events.marketplace.need import NeedExpired, NeedHeld, NeedWithdrawn, SearchClosed, SearchHeld
from shared.events.marketplace.offer import (
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchLapsed,
    MatchProposed,
    PlaceHeld,
)
from shared.events.process import ReactionRefused
from shared.events.registry import type_of
from shared.events.vocabulary import LapseReason, ReopenCause
from shared.kernel.identity import noun_id_of
from shared.kernel.reaction import Reaction
from shared.kernel.read_model import Ask, all_found, events_of
from shared.kernel.recorded import Recorded
from shared.service.tables import Timer

ANSWER_WITHIN = timedelta(days=28)  # an unanswered proposal lapses after four weeks (assumed)
BETWEEN = "/"  # offer and match in the name of a match's deadline; it stands in no id
SERVICE = "marketplace"

Met: TypeAlias = AgreementFulfilled | AgreementPartlyFulfilled | EngagementStarted | PlacementStarted
CameToNothing: TypeAlias = (
    AgreementFailed
    | AgreementWithdrawn
    | ReferralDeclined
    | TrialEnded
    | PlacementNotProposed
    | PlacementDeclined
    | PlacementNeverStarted
)
NeedGone: TypeAlias = NeedWithdrawn | NeedExpired | SearchClosed
Promised: TypeAlias = NeedHeld | SearchHeld
FreesPlace: TypeAlias = CameToNothing | EngagementEnded


# --- hold, then confirm ---------------------------------------------------------------------------
def hold_need(event: Recorded[PlaceHeld], _: Ask) -> Iterable[HoldNeed]:
    """A held place asks for the need, so that both are taken together."""
    held = event.data
    yield HoldNeed(need_id=held.need_id, match_id=held.match_id, offer_id=event.noun_id, at=event.time)


def confirm_match(event: Recorded[Promised], _: Ask) -> Iterable[ConfirmMatch]:
    """Place and need are held: the match is confirmed."""
    yield ConfirmMatch(offer_id=event.data.offer_id, match_id=event.data.match_id, at=event.time)


HOLD_NEED = Reaction(name="hold_need", on=(PlaceHeld,), react=hold_need)
CONFIRM_MATCH = Reaction(name="confirm_match", on=events_of(Promised), react=confirm_match)


# --- on a "no" ------------------------------------------------------------------------------------
def lapse_match_of_taken_need(event: Recorded[ReactionRefused], _: Ask) -> Iterable[LapseOpenMatches]:
    """The need was taken by another match: this match lapses and its place is free."""
    if event.data.reaction == HOLD_NEED.name:
        offer_id, need_id = noun_id_of(event.data.trigger_stream), noun_id_of(event.data.target)
        match_ids = (match_id_of(offer_id, need_id),)
        yield LapseOpenMatches(
            offer_id=offer_id, match_ids=match_ids, reason=LapseReason.NEED_TAKEN, at=event.time
        )


def release_need_of_unconfirmed_match(event: Recorded[ReactionRefused], _: Ask) -> Iterable[ReleaseNeed]:
    """The offer would not confirm the match: the need is open again."""
    if event.data.reaction == CONFIRM_MATCH.name:
        offer_id, need_id = noun_id_of(event.data.target), noun_id_of(event.data.trigger_stream)
        yield ReleaseNeed(need_id=need_id, match_id=match_id_of(offer_id, need_id), at=event.time)


def take_back_match_without_placement(
    event: Recorded[ReactionRefused], ask: Ask
) -> Iterable[ReleaseNeed | AskReopen]:
    """Another service refused a confirmed match: the search is open again, and the host is asked for the place.

    Today such a service publishes an event of its own, as employment does with PlacementNotProposed; older logs hold
    only the refusal.
    Raises: LookupError while the view lacks the match; the event is parked and tried again.
    """
    refused = event.data
    if event.service == SERVICE or refused.trigger_type != type_of(MatchConfirmed).wire_name(SERVICE):
        return
    offer_id = noun_id_of(refused.trigger_stream)
    stands = (MatchStatus.CONFIRMED, MatchStatus.REOPEN_ASKED)
    for match in all_found(ask, MATCHES, offer_id=offer_id, status=stands):
        if match.get("confirmed_by") == refused.trigger_id:
            yield ReleaseNeed(need_id=match["need_id"], match_id=match["id"], at=event.time)
            cause = ReopenCause.PLACEMENT_DECLINED
            yield AskReopen(offer_id=offer_id, match_id=match["id"], cause=cause, at=event.time)
            return
    raise LookupError("the match that was refused is not in the view yet")


def release_need_of_lapsed_match(event: Recorded[MatchLapsed], ask: Ask) -> Iterable[ReleaseNeed]:
    """A match that held the need lapsed: the need is open again."""
    match = ask.get(MATCHES, event.data.match_id)
    if event.data.was_held and match is not None:
        yield ReleaseNeed(need_id=match["need_id"], match_id=event.data.match_id, at=event.time)


def lapse_other_matches_of_need(event: Recorded[Promised | NeedGone], ask: Ask) -> Iterable[LapseOpenMatches]:
    """When a need is promised, withdrawn or expired, its other matches lapse.

    Unless the need is open again by now: then they may be new ones, proposed since.
    """
    if _is_open(event.noun_id, ask):
        return
    holder = event.data.match_id if isinstance(event.data, NeedHeld | SearchHeld) else None
    reason = LapseReason.NEED_TAKEN if holder else LapseReason.NEED_WITHDRAWN
    for match in all_found(ask, MATCHES, need_id=event.noun_id, status=MatchStatus.PROPOSED):
        if match["id"] != holder:
            yield LapseOpenMatches(
                offer_id=match["offer_id"], match_ids=(match["id"],), reason=reason, at=event.time
            )


def lapse_matches_of_suspended(
    event: Recorded[OrganisationSuspended], ask: Ask
) -> Iterable[LapseOpenMatches]:
    """A suspended organisation's open matches lapse; what is agreed goes on (handbook 7.6)."""
    by_offer: dict[str, list[str]] = {}
    for match in _open_matches_of(event.noun_id, ask):
        by_offer.setdefault(match["offer_id"], []).append(match["id"])
    for offer_id, match_ids in by_offer.items():
        yield LapseOpenMatches(
            offer_id=offer_id,
            match_ids=tuple(match_ids),
            reason=LapseReason.ORGANISATION_SUSPENDED,
            at=event.time,
        )


# --- what came of a confirmed match -----------------------------------------------------------------
def meet_need(event: Recorded[Met], _: Ask) -> Iterable[MeetNeed]:
    """Delivered or started: the need is met."""
    need_id, match_id = _need_of(event.data), event.data.match_id
    if need_id and match_id:
        yield MeetNeed(need_id=need_id, match_id=match_id, at=event.time)


def release_need(event: Recorded[CameToNothing], _: Ask) -> Iterable[ReleaseNeed]:
    """The match failed: the need is open again."""
    need_id, match_id = _need_of(event.data), event.data.match_id
    if need_id and match_id:
        yield ReleaseNeed(need_id=need_id, match_id=match_id, at=event.time)


def ask_to_reopen_place(event: Recorded[FreesPlace], _: Ask) -> Iterable[AskReopen]:
    """A taken place became free: the host is asked whether it is open again."""
    offer_id, match_id = event.data.offer_id, event.data.match_id
    if offer_id and match_id:
        yield AskReopen(offer_id=offer_id, match_id=match_id, cause=_cause(event.data), at=event.time)


def _need_of(data: Met | CameToNothing) -> str | None:
    if isinstance(data, AgreementFulfilled | AgreementPartlyFulfilled | AgreementFailed | AgreementWithdrawn):
        return data.need_id
    return data.search_id


def _cause(data: FreesPlace) -> ReopenCause:
    match data:
        case AgreementFailed() | AgreementWithdrawn():
            return ReopenCause.AGREEMENT_FAILED
        case ReferralDeclined() | TrialEnded():
            return ReopenCause.TRIAL_FAILED
        case PlacementNotProposed() | PlacementDeclined():
            return ReopenCause.PLACEMENT_DECLINED
        case PlacementNeverStarted():
            return ReopenCause.NEVER_STARTED
        case EngagementEnded():
            return ReopenCause.ENGAGEMENT_ENDED
        case _:
            assert_never(data)


def _is_open(need_id: str, ask: Ask) -> bool:
    need, search = ask.get(NEEDS, need_id), ask.get(SEARCHES, need_id)
    is_open_need = need is not None and need["status"] == NeedStatus.OPEN
    return is_open_need or (search is not None and search["status"] == SearchStatus.OPEN)


def _open_matches_of(organisation_id: str, ask: Ask) -> Iterator[MatchDocument]:
    yield from all_found(ask, MATCHES, offer_party=organisation_id, status=MatchStatus.PROPOSED)
    as_need = all_found(ask, MATCHES, need_party=organisation_id, status=MatchStatus.PROPOSED)
    yield from (
        match for match in as_need if not match["is_search"]
    )  # a search is a person's, whatever their id is


# --- matches that wait for an answer ----------------------------------------------------------------
Answered: TypeAlias = MatchProposed | MatchAccepted | MatchDeclined | MatchLapsed | PlaceHeld


def unanswered_at(event: Recorded[Answered]) -> datetime | None:
    """Four weeks after the proposal, or after the first yes; never, once both have answered."""
    waits = isinstance(event.data, MatchProposed | MatchAccepted)
    return event.time + ANSWER_WITHIN if waits else None


def deadline_of(event: Recorded[Answered]) -> str:
    """Each match has a deadline of its own, though the matches of an offer share one stream."""
    return f"match-{event.noun_id}{BETWEEN}{event.data.match_id}"


def lapse_unanswered(deadline: str, due_at: datetime) -> LapseOpenMatches:
    """What the ticker sends for one match."""
    offer_id, _, match_id = deadline.partition(BETWEEN)
    return LapseOpenMatches(offer_id=offer_id, match_ids=(match_id,), reason=LapseReason.NO_ANSWER, at=due_at)


MATCH_REACTIONS = (
    HOLD_NEED,
    CONFIRM_MATCH,
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
        on=events_of(Promised | NeedGone),
        react=lapse_other_matches_of_need,
    ),
    Reaction(
        name="lapse_matches_of_suspended", on=(OrganisationSuspended,), react=lapse_matches_of_suspended
    ),
    Reaction(name="meet_need", on=events_of(Met), react=meet_need),
    Reaction(name="release_need", on=events_of(CameToNothing), react=release_need),
    Reaction(name="ask_to_reopen_place", on=events_of(FreesPlace), react=ask_to_reopen_place),
)
MATCH_TIMERS = (
    Timer(
        kind="match_goes_unanswered",
        on=events_of(Answered),
        due=unanswered_at,
        command=lapse_unanswered,
        stream=deadline_of,
    ),
)
