"""Does the marketplace carry each process on by itself, and take it back on every no?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.marketplace.app import MARKETPLACE
from services.marketplace.domain.agreement import (
    SealAgreement,
    SignAgreement,
    WithdrawAgreement,
    agreement_id_of,
)
from services.marketplace.domain.commitments import ConfirmDelivery, ReportDelivery, ReportFailure
from services.marketplace.domain.engagement import (
    DeclineReferral,
    EndEngagement,
    EndTrial,
    StartEngagement,
    StartTrial,
    engagement_id_of,
)
from services.marketplace.domain.market_day import ScheduleMarketDay
from services.marketplace.domain.need import CloseSearch, HoldNeed, PostNeed, PostSearch, WithdrawNeed
from services.marketplace.domain.offer import CheckOffer, PostOffer, WithdrawOffer
from services.marketplace.domain.places import (
    AcceptMatch,
    LapseMatches,
    Proposal,
    ProposeMatches,
    ReopenPlace,
    match_id_of,
)
from shared.events.employment.placement import (
    PlacementDeclined,
    PlacementNeverStarted,
    PlacementNotProposed,
    PlacementStarted,
)
from shared.events.marketplace.agreement import AgreementDrafted
from shared.events.marketplace.engagement import VolunteerReferred
from shared.events.marketplace.need import NeedHeld, NeedReleased, SearchReleased
from shared.events.marketplace.offer import MatchConfirmed, MatchLapsed, PlaceReopenAsked
from shared.events.process import ReactionRefused
from shared.events.vocabulary import (
    EndReason,
    FailureReason,
    LapseReason,
    NeverStartedReason,
    Party,
    ReopenCause,
    Side,
    WorkForm,
)
from shared.service.ids import reaction_command_id
from shared.service.reactor import OWN
from shared.service.reading import read_records
from tests.marketplace.desk import Desk
from tests.marketplace.scenes import (
    AT,
    EXCHANGE,
    FIRST_DAY,
    NEED,
    SEARCH,
    VOLUNTEER_SEARCH,
    VOLUNTEERING,
    WORK,
)

OFFER = PostOffer(offer_id="of1", organisation_id="host", terms=EXCHANGE, at=AT)
CHECK = CheckOffer(offer_id="of1", at=AT)
POST_NEED = PostNeed(need_id="n1", organisation_id="seeker", terms=NEED, at=AT)
MATCH, AGREEMENT = match_id_of("of1", "n1"), agreement_id_of(match_id_of("of1", "n1"))
SEARCH_MATCH = match_id_of("of1", "s1")
ENGAGEMENT = engagement_id_of(SEARCH_MATCH)
LINKS = {"offer_id": "of1", "search_id": "s1", "match_id": SEARCH_MATCH}


def yes(match_id: str = MATCH, offer_id: str = "of1", *sides: Side) -> list[AcceptMatch]:
    """Both sides say yes, or only these."""
    asked = sides or (Side.NEED, Side.OFFER)
    return [AcceptMatch(offer_id=offer_id, match_id=match_id, by=side, at=AT) for side in asked]


@pytest.fixture
def agreed(desk: Desk) -> Desk:
    """An exchange to which both said yes."""
    desk.done(OFFER, POST_NEED, *yes())
    return desk


@pytest.fixture
def referred(desk: Desk) -> Desk:
    """A volunteer to whom the host said yes too."""
    desk.done(replace(OFFER, terms=VOLUNTEERING), CHECK)
    desk.done(PostSearch(need_id="s1", person_id="person", terms=VOLUNTEER_SEARCH, at=AT))
    desk.done(*yes(SEARCH_MATCH))
    return desk


@pytest.fixture
def hired(desk: Desk) -> Desk:
    """A match of a work offer that stands."""
    desk.done(replace(OFFER, terms=WORK), CHECK)
    desk.done(PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT))
    desk.done(*yes(SEARCH_MATCH))
    return desk


def statuses(desk: Desk, need: str = "n1") -> tuple[str, str, str]:
    """How offer, need (or search) and their match stand."""
    view = "needs" if need.startswith("n") else "searches"
    match = desk.document("matches", match_id_of("of1", need))
    return (desk.document("offers", "of1")["status"], desk.document(view, need)["status"], match["status"])


# --- hold, then confirm ---------------------------------------------------------------------------
def test_the_second_yes_holds_place_and_need_and_confirms(agreed: Desk) -> None:
    assert statuses(agreed) == ("exhausted", "held", "confirmed")
    assert agreed.refusals() == {}


def test_of_two_offers_that_hold_one_need_the_second_lets_its_match_lapse(desk: Desk) -> None:
    desk.done(OFFER, replace(OFFER, offer_id="of2", organisation_id="other"), POST_NEED)
    second = match_id_of("of2", "n1")
    for command in (*yes(), *yes(second, "of2")):
        desk.send(command)  # before any reaction
    desk.settle()
    assert len(desk.events(MatchConfirmed)) == 1
    assert desk.events(MatchLapsed) == [
        MatchLapsed(match_id=second, reason=LapseReason.NEED_TAKEN, was_held=True)
    ]
    assert desk.refusals() == {"hold_need": "need_is_open"}
    assert desk.document("offers", "of2")["taken"] == []
    assert desk.document("needs", "n1")["status"] == "held"


def test_open_matches_of_a_need_that_is_promised_lapse(desk: Desk) -> None:
    desk.done(OFFER, replace(OFFER, offer_id="of2", organisation_id="other"), POST_NEED, *yes())
    assert desk.document("matches", match_id_of("of2", "n1"))["lapse_reason"] == "need_taken"


@pytest.mark.parametrize("gone", [WithdrawNeed(need_id="n1", at=AT)])
def test_open_matches_of_a_need_that_is_gone_lapse(desk: Desk, gone: Any) -> None:
    desk.done(OFFER, POST_NEED, gone)
    assert desk.document("matches", MATCH)["lapse_reason"] == "need_withdrawn"


def test_open_matches_of_a_closed_search_lapse(desk: Desk) -> None:
    desk.done(replace(OFFER, terms=WORK), CHECK)
    desk.done(PostSearch(need_id="s1", person_id="person", terms=SEARCH, at=AT))
    desk.done(CloseSearch(need_id="s1", at=AT))
    assert desk.document("matches", SEARCH_MATCH)["lapse_reason"] == "need_withdrawn"


def test_a_need_with_more_matches_than_a_page_leaves_none_open(desk: Desk) -> None:
    desk.done(POST_NEED)
    with desk.store.log.bulk():
        for number in range(520):
            offer_id = f"of{number:03d}"
            desk.send(replace(OFFER, offer_id=offer_id, organisation_id="other"))
            proposal = Proposal(need_id="n1", need_party="seeker", is_search=False)
            desk.send(ProposeMatches(offer_id=offer_id, proposals=(proposal,), proposed_by="broker", at=AT))
    while desk.projector.step():
        pass
    with desk.store.transaction() as tx:  # what was posted is not of interest here
        desk.store.cursors.move_cursor(OWN, expected=1, to=desk.store.log.head().position, within=tx)
    desk.done(WithdrawNeed(need_id="n1", at=AT))
    assert len(desk.events(MatchLapsed)) == 520


def test_a_held_match_that_is_lapsed_before_its_need_answers_gives_the_need_back(desk: Desk) -> None:
    desk.done(OFFER, POST_NEED, *yes(MATCH, "of1", Side.NEED))
    desk.send(yes(MATCH, "of1", Side.OFFER)[0])
    desk.send(LapseMatches(offer_id="of1", match_ids=(MATCH,), reason=LapseReason.NEED_TAKEN, at=AT))
    desk.settle()
    assert desk.events(NeedHeld) == [NeedHeld(match_id=MATCH, offer_id="of1")]
    assert desk.events(NeedReleased) == [NeedReleased(match_id=MATCH)]
    assert desk.refusals() == {"confirm_match": "place_is_held_for_the_match"}


def test_an_offer_withdrawn_after_the_second_yes_keeps_its_word(desk: Desk) -> None:
    desk.done(OFFER, POST_NEED, *yes(MATCH, "of1", Side.NEED))
    desk.send(yes(MATCH, "of1", Side.OFFER)[0])
    desk.send(WithdrawOffer(offer_id="of1", at=AT))
    desk.settle()
    assert statuses(desk) == ("withdrawn", "held", "confirmed")
    assert desk.document("agreements", AGREEMENT)["status"] == "drafted"


def test_reactions_that_are_asked_again_change_nothing(agreed: Desk) -> None:
    head = agreed.store.log.head().position
    with agreed.store.transaction() as tx:
        agreed.store.cursors.move_cursor(OWN, expected=head, to=0, within=tx)
    agreed.settle()
    assert agreed.store.log.head().position == head


# --- suspended ------------------------------------------------------------------------------------
@pytest.mark.parametrize("suspended", ["host", "seeker"])
def test_open_matches_of_a_suspended_organisation_lapse(desk: Desk, suspended: str) -> None:
    desk.done(OFFER, POST_NEED)
    desk.suspend(suspended)
    desk.settle()
    assert desk.document("matches", MATCH)["lapse_reason"] == "organisation_suspended"


@pytest.mark.parametrize("suspended", ["host", "seeker"])
def test_what_is_agreed_with_a_suspended_organisation_goes_on(agreed: Desk, suspended: str) -> None:
    agreed.suspend(suspended)
    agreed.settle()
    agreed.done(*(SignAgreement(agreement_id=AGREEMENT, by=party, at=AT) for party in Party))
    agreed.done(SealAgreement(agreement_id=AGREEMENT, notary="notary", at=AT))
    assert statuses(agreed) == ("exhausted", "held", "confirmed")


def test_a_yes_that_was_under_way_when_the_other_was_suspended_still_becomes_an_agreement(desk: Desk) -> None:
    desk.done(OFFER, POST_NEED, *yes(MATCH, "of1", Side.NEED))
    desk.send(yes(MATCH, "of1", Side.OFFER)[0])
    desk.suspend("host")
    desk.settle()
    assert desk.document("agreements", AGREEMENT)["status"] == "drafted"


# --- exchange -------------------------------------------------------------------------------------
def test_a_confirmed_exchange_is_drafted_with_what_was_offered(agreed: Desk) -> None:
    (drafted,) = agreed.events(AgreementDrafted)
    assert (drafted.party_a, drafted.party_b) == ("host", "seeker")
    assert (drafted.match_id, drafted.offer_id, drafted.need_id) == (MATCH, "of1", "n1")
    (given,) = drafted.commitments
    assert (given.giver, given.description) == (Party.A, "Hilfe bei der Buchhaltung")
    assert (drafted.initiated_by, drafted.market_day_id) == ("party", None)


def test_a_voucher_that_was_welcome_as_an_offer_is_so_in_the_draft(desk: Desk) -> None:
    voucher = replace(EXCHANGE, title="Gutschein der Druckerei", description="50 Euro")
    desk.done(replace(OFFER, terms=voucher), POST_NEED, *yes())
    (drafted,) = desk.events(AgreementDrafted)
    assert drafted.commitments[0].description == "Gutschein der Druckerei: 50 Euro"
    assert desk.refusals() == {}


@pytest.mark.parametrize(
    ("proposed_by", "initiated_by"), [("broker", "broker"), ("coordinator", "lab"), ("matcher", "party")]
)
def test_the_draft_says_who_brought_the_parties_together(
    desk: Desk, proposed_by: str, initiated_by: str
) -> None:
    desk.done(OFFER, replace(POST_NEED, terms=replace(NEED, district="Elberfeld", n_people=1)))
    desk.done(LapseMatches(offer_id="of1", match_ids=(MATCH,), reason=LapseReason.NO_ANSWER, at=AT))
    proposal = Proposal(need_id="n1", need_party="seeker", is_search=False)
    desk.done(ProposeMatches(offer_id="of1", proposals=(proposal,), proposed_by=proposed_by, at=AT), *yes())
    (drafted,) = desk.events(AgreementDrafted)
    assert drafted.initiated_by == initiated_by


@pytest.mark.parametrize(("hours_later", "market_day_id"), [(1, "day"), (30, None)])
def test_the_draft_belongs_to_the_market_day_while_that_is_traded(
    desk: Desk, hours_later: int, market_day_id: str | None
) -> None:
    opens = datetime(2026, 3, 6, 15, tzinfo=UTC)
    day = ScheduleMarketDay(
        market_day_id="day",
        name="Marktplatz",
        held_on=date(2026, 3, 6),
        trading_opens_at=opens,
        trading_closes_at=opens + timedelta(hours=2),
        at=AT,
    )
    at = opens + timedelta(hours=hours_later)
    desk.done(day, replace(OFFER, terms=replace(EXCHANGE, market_day_id="day")), POST_NEED)
    desk.done(*(replace(command, at=at) for command in yes()))
    (drafted,) = desk.events(AgreementDrafted)
    assert drafted.market_day_id == market_day_id


def test_a_need_is_met_when_the_agreement_is_fulfilled_and_not_before(agreed: Desk) -> None:
    agreed.done(*(SignAgreement(agreement_id=AGREEMENT, by=party, at=AT) for party in Party))
    agreed.done(SealAgreement(agreement_id=AGREEMENT, notary="notary", at=AT))
    agreed.done(ReportDelivery(agreement_id=AGREEMENT, number=1, at=AT))
    assert statuses(agreed)[1] == "held"
    agreed.done(ConfirmDelivery(agreement_id=AGREEMENT, number=1, at=AT))
    assert statuses(agreed) == ("exhausted", "met", "confirmed")


@pytest.mark.parametrize("end", ["failed", "withdrawn"])
def test_what_comes_to_nothing_opens_the_need_and_asks_for_the_place(agreed: Desk, end: str) -> None:
    if end == "failed":
        agreed.done(*(SignAgreement(agreement_id=AGREEMENT, by=party, at=AT) for party in Party))
        agreed.done(SealAgreement(agreement_id=AGREEMENT, notary="notary", at=AT))
        agreed.done(ReportFailure(agreement_id=AGREEMENT, reason=FailureReason.QUALITY, at=AT))
    else:
        agreed.done(WithdrawAgreement(agreement_id=AGREEMENT, by=Party.B, at=AT))
    assert statuses(agreed) == ("exhausted", "open", "reopen_asked")
    assert agreed.events(PlaceReopenAsked) == [
        PlaceReopenAsked(match_id=MATCH, cause=ReopenCause.AGREEMENT_FAILED)
    ]
    agreed.done(ReopenPlace(offer_id="of1", at=AT))
    assert statuses(agreed)[0] == "posted"


def test_a_need_that_is_open_again_is_proposed_to_those_whose_match_lapsed_for_it(desk: Desk) -> None:
    desk.done(OFFER, replace(OFFER, offer_id="of2", organisation_id="other"), POST_NEED, *yes())
    desk.done(WithdrawAgreement(agreement_id=AGREEMENT, by=Party.A, at=AT))
    assert desk.document("matches", match_id_of("of2", "n1"))["status"] == "proposed"
    assert desk.document("matches", MATCH)["status"] == "reopen_asked"


def test_a_reopened_place_is_proposed_to_those_whose_match_lapsed_for_it(desk: Desk) -> None:
    desk.done(OFFER, POST_NEED, replace(POST_NEED, need_id="n2", organisation_id="other"), *yes())
    assert desk.document("matches", match_id_of("of1", "n2"))["lapse_reason"] == "offer_exhausted"
    desk.done(
        WithdrawAgreement(agreement_id=AGREEMENT, by=Party.A, at=AT), ReopenPlace(offer_id="of1", at=AT)
    )
    assert desk.document("matches", match_id_of("of1", "n2"))["status"] == "proposed"


# --- volunteering ---------------------------------------------------------------------------------
def test_a_confirmed_volunteer_is_referred(referred: Desk) -> None:
    (referral,) = referred.events(VolunteerReferred)
    assert (referral.person_id, referral.host_id, referral.match_id) == ("person", "host", SEARCH_MATCH)
    assert statuses(referred, "s1") == ("exhausted", "held", "confirmed")


def test_a_search_is_met_when_the_engagement_starts(referred: Desk) -> None:
    referred.done(StartEngagement(engagement_id=ENGAGEMENT, started_on=FIRST_DAY, at=AT))
    assert statuses(referred, "s1") == ("exhausted", "met", "confirmed")


def test_a_failed_trial_opens_the_search_and_the_place_once_the_host_says_so(referred: Desk) -> None:
    referred.done(StartTrial(engagement_id=ENGAGEMENT, started_on=FIRST_DAY, at=AT))
    referred.done(EndTrial(engagement_id=ENGAGEMENT, ended_on=FIRST_DAY, reason=EndReason.DID_NOT_FIT, at=AT))
    assert statuses(referred, "s1") == ("exhausted", "open", "reopen_asked")
    referred.done(ReopenPlace(offer_id="of1", at=AT))
    assert statuses(referred, "s1")[0] == "posted"
    assert len(referred.matches()) == 1, "the two have tried"


def test_a_declined_referral_opens_both(referred: Desk) -> None:
    referred.done(DeclineReferral(engagement_id=ENGAGEMENT, at=AT))
    assert statuses(referred, "s1") == ("exhausted", "open", "reopen_asked")


def test_an_ended_engagement_asks_for_the_place_and_leaves_the_search_met(referred: Desk) -> None:
    referred.done(StartEngagement(engagement_id=ENGAGEMENT, started_on=FIRST_DAY, at=AT))
    end = EndEngagement(engagement_id=ENGAGEMENT, ended_on=FIRST_DAY, reason=EndReason.BY_PERSON, at=AT)
    referred.done(end)
    assert statuses(referred, "s1") == ("exhausted", "met", "reopen_asked")
    (asked,) = referred.events(PlaceReopenAsked)
    assert asked.cause == ReopenCause.ENGAGEMENT_ENDED


def test_a_year_later_an_engagement_ends_and_its_place_is_open_again(referred: Desk) -> None:
    referred.done(StartEngagement(engagement_id=ENGAGEMENT, started_on=FIRST_DAY, at=AT))
    referred.tick(timedelta(days=365))
    later = AT + timedelta(days=366)
    end = EndEngagement(engagement_id=ENGAGEMENT, ended_on=later.date(), reason=EndReason.MOVED_ON, at=later)
    referred.done(end, ReopenPlace(offer_id="of1", at=later))
    assert referred.document("offers", "of1")["status"] == "posted"
    referred.tick(timedelta(days=366 + 89))
    assert referred.document("offers", "of1")["status"] == "posted"
    referred.tick(timedelta(days=366 + 90))
    assert referred.document("offers", "of1")["status"] == "expired"


# --- work -----------------------------------------------------------------------------------------
def test_a_search_is_met_when_the_placement_starts(hired: Desk) -> None:
    started = PlacementStarted(
        **LINKS, employer_id="host", form=WorkForm.JOB, additional=False, started_on=FIRST_DAY
    )
    hired.tell("placement-p1", started)
    hired.settle()
    assert statuses(hired, "s1") == ("exhausted", "met", "confirmed")


@pytest.mark.parametrize(
    ("ended", "cause"),
    [
        (
            PlacementNeverStarted(**LINKS, reason=NeverStartedReason.OTHER_PLACE_FOUND),
            ReopenCause.NEVER_STARTED,
        ),
        (PlacementDeclined(**LINKS, reason=EndReason.BY_HOST), ReopenCause.PLACEMENT_DECLINED),
    ],
)
def test_work_that_never_starts_opens_search_and_place_once_the_host_says_so(
    hired: Desk, ended: Any, cause: ReopenCause
) -> None:
    hired.tell("placement-p1", ended)
    hired.settle()
    assert statuses(hired, "s1") == ("exhausted", "open", "reopen_asked")
    assert hired.events(PlaceReopenAsked) == [PlaceReopenAsked(match_id=SEARCH_MATCH, cause=cause)]
    assert hired.events(SearchReleased) == [SearchReleased(match_id=SEARCH_MATCH)]
    hired.done(ReopenPlace(offer_id="of1", at=AT))
    assert hired.document("offers", "of1")["status"] == "posted"


NOT_PROPOSED = PlacementNotProposed(
    **LINKS,
    rule="hours_are_possible",
    sentence="Weekly hours are more than 0 and at most 60, with at most four decimals.",
)


def refused_placement(trigger_id: str) -> ReactionRefused:
    """How a log of before says that employment would not take the match that this event confirmed."""
    return ReactionRefused(
        reaction="propose_placement",
        trigger_id=trigger_id,
        trigger_type="kosilab.marketplace.MatchConfirmed.v1",
        trigger_stream="offer-of1",
        target="placement-p1",
        command="ProposePlacement",
        rule=NOT_PROPOSED.rule,
        sentence=NOT_PROPOSED.sentence,
    )


def confirming_event(desk: Desk) -> str:
    """The id of the event that confirmed the match."""
    recorded = read_records(stored.record for stored in desk.store.log.read(limit=5000))
    (event_id,) = (event.id for event in recorded if isinstance(event.data, MatchConfirmed))
    return event_id


def own_commands(desk: Desk, after: int) -> list[tuple[str, str]]:
    """Stream and command id of every record behind this position."""
    recorded = read_records(stored.record for stored in desk.store.log.read(after=after, limit=5000))
    return [(event.stream, event.command_id) for event in recorded]


def test_a_match_that_becomes_no_placement_is_taken_back(hired: Desk) -> None:
    head = hired.store.log.head().position
    event_id = hired.tell("placement-p1", NOT_PROPOSED)
    hired.settle()
    assert statuses(hired, "s1") == ("exhausted", "open", "reopen_asked")
    cause = ReopenCause.PLACEMENT_DECLINED
    assert hired.events(PlaceReopenAsked) == [PlaceReopenAsked(match_id=SEARCH_MATCH, cause=cause)]
    assert own_commands(hired, head) == [
        ("need-s1", reaction_command_id(event_id, "release_need", "need-s1")),
        ("offer-of1", reaction_command_id(event_id, "ask_to_reopen_place", "offer-of1")),
    ]


def test_a_refusal_in_an_older_log_takes_the_match_back_by_the_same_commands_as_before(hired: Desk) -> None:
    head = hired.store.log.head().position
    refused = refused_placement(confirming_event(hired))
    event_id = hired.tell("reaction-r1", refused, service="employment")
    hired.settle()
    assert statuses(hired, "s1") == ("exhausted", "open", "reopen_asked")
    name = "take_back_match_without_placement"
    assert own_commands(hired, head) == [
        ("need-s1", reaction_command_id(event_id, name, "need-s1")),
        ("offer-of1", reaction_command_id(event_id, name, "offer-of1")),
    ]


def test_a_match_is_taken_back_once_whichever_way_employment_says_no(hired: Desk) -> None:
    refused = refused_placement(confirming_event(hired))
    hired.tell("reaction-r1", refused, service="employment")
    hired.settle()
    head = hired.store.log.head().position
    hired.tell("placement-p1", NOT_PROPOSED)
    hired.tell("reaction-r2", refused, service="employment")
    hired.settle()
    assert own_commands(hired, head) == []
    assert hired.events(SearchReleased) == [SearchReleased(match_id=SEARCH_MATCH)]


def test_a_refusal_that_is_faster_than_the_view_is_tried_again(hired: Desk) -> None:
    with pytest.raises(LookupError, match="not in the view yet"):
        hired.tell("reaction-r1", refused_placement("another event"), service="employment")


@pytest.mark.parametrize(
    ("trigger_type", "service"),
    [
        ("kosilab.marketplace.SearchPosted.v1", "employment"),
        ("kosilab.employment.MatchConfirmed.v1", "employment"),
        ("kosilab.marketplace.MatchConfirmed.v1", "marketplace"),
    ],
)
def test_only_a_confirmed_match_that_another_service_refuses_is_taken_back(
    hired: Desk, trigger_type: str, service: str
) -> None:
    refused = replace(refused_placement(confirming_event(hired)), trigger_type=trigger_type)
    hired.tell("reaction-r1", refused, service=service)
    hired.settle()
    assert statuses(hired, "s1") == ("exhausted", "held", "confirmed")


# --- the tables -----------------------------------------------------------------------------------
def test_a_hold_that_comes_late_finds_what_it_left(agreed: Desk) -> None:
    head = agreed.store.log.head().position
    agreed.send(HoldNeed(need_id="n1", match_id=MATCH, offer_id="of1", at=AT))
    assert agreed.store.log.head().position == head


def test_every_reaction_has_a_name_and_a_sentence_of_its_own() -> None:
    names = [reaction.name for reaction in MARKETPLACE.reactions]
    assert len(set(names)) == len(names)
    assert all(reaction.react.__doc__ for reaction in MARKETPLACE.reactions)
