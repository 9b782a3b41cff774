"""Do the views show offers, needs, matches, agreements and engagements as they stand?"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
import pytest

from services.marketplace.app import MARKETPLACE
from services.marketplace.views.agreement import AGREEMENTS, AgreementDocument
from services.marketplace.views.counselling import COUNSELLINGS, CounsellingDocument
from services.marketplace.views.engagement import ENGAGEMENTS, EngagementDocument
from services.marketplace.views.market_day import MARKET_DAYS, MarketDayDocument, is_trading_at
from services.marketplace.views.match import MATCHES, MatchDocument
from services.marketplace.views.need import NEEDS, NeedDocument
from services.marketplace.views.offer import OFFERS, OfferDocument, n_free
from services.marketplace.views.organisation import ORGANISATIONS, OrganisationDocument
from services.marketplace.views.person import PersonDocument
from services.marketplace.views.search import SEARCHES, SearchDocument
from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.events.marketplace.agreement import (
    AgreementContactMade,
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
    AgreementSealRefused,
    AgreementSigned,
    AgreementWithdrawn,
    CommitmentConfirmed,
    CommitmentDelivered,
    CommitmentDisputed,
)
from shared.events.marketplace.engagement import (
    CounsellingCorrected,
    CounsellingHeld,
    CounsellingRequested,
    EngagementEnded,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
    TrialStarted,
    VolunteerHoursConfirmed,
    VolunteerHoursCorrected,
    VolunteerHoursDisputed,
    VolunteerHoursLogged,
)
from shared.events.marketplace.market_day import (
    MarketDayCompleted,
    MarketDayParticipantAttended,
    MarketDayScheduled,
)
from shared.events.marketplace.need import (
    NeedAmended,
    NeedConfirmedCurrent,
    NeedExpired,
    NeedHeld,
    NeedMet,
    NeedReleased,
    NeedWithdrawn,
    SearchAmended,
    SearchClosed,
    SearchHeld,
    SearchListed,
    SearchMet,
    SearchReleased,
)
from shared.events.marketplace.offer import (
    MatchDeclined,
    MatchLapsed,
    OfferAmended,
    OfferConfirmedCurrent,
    OfferExhausted,
    OfferExpired,
    OfferReturned,
    OfferSubmitted,
    OfferWithdrawn,
    PlaceReopenAsked,
    PlaceReopened,
)
from shared.events.vocabulary import (
    Category,
    CorrectionReason,
    DeclineReason,
    EndReason,
    FailureReason,
    LapseReason,
    OfferKind,
    Party,
    ReciprocityKind,
    ReopenCause,
    Sector,
    Side,
)
from shared.kernel.read_model import ReadModel
from shared.testing.views import documents, history
from tests.marketplace.scenes import (
    AT,
    DRAFTED,
    EXCHANGE,
    FIRST_DAY,
    GIVES_A,
    GIVES_B,
    MATCH_ID,
    NEED,
    NEED_POSTED,
    POSTED,
    PROPOSED,
    REFERRED,
    SEARCH,
    SEARCH_POSTED,
    SEARCH_PROPOSED,
    VOLUNTEERING,
    accepted,
    another,
    confirmed,
    held,
)

D = TypeVar("D")

LINKS: dict[str, Any] = {"offer_id": "of1", "search_id": "s1", "match_id": "m1"}
ASKED = PlaceReopenAsked(match_id=MATCH_ID, cause=ReopenCause.NEVER_STARTED)


FORMS: dict[str, Any] = {
    "offers": OfferDocument,
    "needs": NeedDocument,
    "searches": SearchDocument,
    "matches": MatchDocument,
    "agreements": AgreementDocument,
    "engagements": EngagementDocument,
    "counsellings": CounsellingDocument,
    "market_days": MarketDayDocument,
    "organisations": OrganisationDocument,
    "persons": PersonDocument,
}


def shown(view: ReadModel[D, Any], stream: str, *events: Any, key: str | None = None) -> D:
    """The document of a stream after these events; also says that it has the declared form."""
    document: Any = documents(view, *history(stream, *events))[key or stream.partition("-")[2]]
    form = FORMS[view.name]
    msgspec.convert(document, form)
    assert set(document) <= set(form.__annotations__)
    answered: D = document
    return answered


def offer(*events: Any) -> OfferDocument:
    """The offer after these events."""
    return shown(OFFERS, "offer-of1", *events)


# --- offers ---------------------------------------------------------------------------------------
def test_an_offer_shows_its_terms_and_how_long_it_is_current() -> None:
    document = offer(POSTED)
    assert document["status"] == "posted"
    assert document["terms"]["title"] == EXCHANGE.title
    assert datetime.fromisoformat(document["current_until"]) == POSTED.current_until
    later = OfferConfirmedCurrent(
        kind=OfferKind.EXCHANGE, current_until=POSTED.current_until + timedelta(days=1)
    )
    assert offer(POSTED, later)["current_until"] > document["current_until"]


@pytest.mark.parametrize(
    ("event", "status"),
    [(OfferExhausted(), "exhausted"), (OfferExpired(), "expired"), (OfferWithdrawn(), "withdrawn")],
)
def test_an_offer_shows_that_it_is_off_the_board(event: Any, status: str) -> None:
    assert offer(POSTED, event)["status"] == status


def test_why_an_offer_was_returned_is_gone_once_it_is_submitted_again() -> None:
    submitted = OfferSubmitted(organisation_id="host", terms=VOLUNTEERING)
    returned = offer(submitted, OfferReturned(reason="Zu kurz"))
    assert (returned["status"], returned["reason"]) == ("returned", "Zu kurz")
    again = offer(submitted, OfferReturned(reason="Zu kurz"), submitted)
    assert again["status"] == "submitted"
    assert "reason" not in again


def test_places_are_taken_from_the_hold_on_and_free_when_it_lapses() -> None:
    posted = replace(POSTED, terms=replace(EXCHANGE, places=2))
    taken = (posted, *held(PROPOSED))
    assert n_free(offer(posted)) == 2
    assert n_free(offer(*taken)) == 1
    assert n_free(offer(*taken, confirmed(PROPOSED))) == 1
    assert (
        n_free(offer(*taken, MatchLapsed(match_id=MATCH_ID, reason=LapseReason.NEED_TAKEN, was_held=True)))
        == 2
    )


def test_a_reopened_place_is_free_and_the_offer_back_on_the_board() -> None:
    full = (POSTED, *held(PROPOSED), confirmed(PROPOSED), OfferExhausted(), ASKED)
    assert offer(*full)["reopen_asked"] == [MATCH_ID]
    reopened = offer(*full, PlaceReopened(free_places=1))
    assert (reopened["status"], reopened["reopen_asked"], n_free(reopened)) == ("posted", [], 1)


def test_more_places_bring_an_exhausted_offer_back() -> None:
    full = (POSTED, *held(PROPOSED), confirmed(PROPOSED), OfferExhausted())
    more_places = OfferAmended(organisation_id="host", terms=replace(EXCHANGE, places=2))
    same = OfferAmended(organisation_id="host", terms=replace(EXCHANGE, title="Neuer Titel"))
    assert offer(*full, more_places)["status"] == "posted"
    assert offer(*full, same)["status"] == "exhausted"


# --- needs and searches ---------------------------------------------------------------------------
def test_a_need_shows_its_terms_and_how_it_stands() -> None:
    hold, release = NeedHeld(match_id="m1", offer_id="of1"), NeedReleased(match_id="m1")
    steps = [
        ((), "open"),
        ((hold,), "held"),
        ((hold, release), "open"),
        ((hold, NeedMet()), "met"),
        ((NeedWithdrawn(),), "withdrawn"),
        ((NeedExpired(),), "expired"),
    ]
    for events, status in steps:
        assert shown(NEEDS, "need-n1", NEED_POSTED, *events)["status"] == status
    better = NeedAmended(organisation_id="seeker", terms=replace(NEED, n_people=3))
    later = NeedConfirmedCurrent(current_until=AT + timedelta(days=100))
    document = shown(NEEDS, "need-n1", NEED_POSTED, better, later)
    assert document["terms"]["n_people"] == 3
    assert datetime.fromisoformat(document["current_until"]) == AT + timedelta(days=100)


def test_a_search_shows_when_something_was_last_proposed_and_whether_it_is_listed() -> None:
    listed = SearchListed(waiting_since=date(2026, 3, 2))
    searching = history("need-s1", SEARCH_POSTED, listed)
    waiting = documents(SEARCHES, *searching)["s1"]
    assert (waiting["listed"], waiting["waiting_since"]) == ("yes", "2026-03-02")
    assert waiting["last_proposed_at"] is None
    proposed = documents(SEARCHES, *searching, *history("offer-of1", SEARCH_PROPOSED))["s1"]
    assert proposed["listed"] == "no"
    assert proposed["last_proposed_at"] is not None


def test_a_search_shows_how_it_stands() -> None:
    hold = SearchHeld(match_id="m1", offer_id="of1")
    steps = [
        ((SearchAmended(person_id="person", terms=replace(SEARCH, level=2)),), "open"),
        ((hold,), "held"),
        ((hold, SearchReleased(match_id="m1")), "open"),
        ((hold, SearchMet(match_id="m1")), "met"),
        ((SearchClosed(closed_on=FIRST_DAY),), "closed"),
    ]
    for events, status in steps:
        assert shown(SEARCHES, "need-s1", SEARCH_POSTED, *events)["status"] == status


def test_a_proposal_of_an_organisations_need_makes_no_search() -> None:
    assert documents(SEARCHES, *history("offer-of1", PROPOSED)) == {}
    assert documents(SEARCHES, *history("offer-of1", SEARCH_PROPOSED)) == {}


# --- matches --------------------------------------------------------------------------------------
def test_a_match_shows_its_answers_and_its_end() -> None:
    steps = [
        ((), "proposed"),
        ((accepted(MATCH_ID, Side.NEED),), "proposed"),
        (held(PROPOSED)[1:], "held"),
        ((*held(PROPOSED)[1:], confirmed(PROPOSED)), "confirmed"),
        ((*held(PROPOSED)[1:], confirmed(PROPOSED), ASKED), "reopen_asked"),
        ((MatchLapsed(match_id=MATCH_ID, reason=LapseReason.NO_ANSWER),), "lapsed"),
        ((MatchDeclined(match_id=MATCH_ID, by=Side.NEED, reason=DeclineReason.OTHER),), "declined"),
    ]
    for events, status in steps:
        document = shown(MATCHES, "offer-of1", PROPOSED, *events, key=MATCH_ID)
        assert (document["status"], document["offer_id"]) == (status, "of1")
    half = shown(MATCHES, "offer-of1", PROPOSED, accepted(MATCH_ID, Side.NEED), key=MATCH_ID)
    assert half["accepted_by"] == ["need"]


def test_a_match_that_is_proposed_again_starts_anew() -> None:
    gone = (accepted(MATCH_ID, Side.NEED), MatchLapsed(match_id=MATCH_ID, reason=LapseReason.NO_ANSWER))
    document = shown(MATCHES, "offer-of1", PROPOSED, *gone, PROPOSED, key=MATCH_ID)
    assert (document["status"], document["accepted_by"]) == ("proposed", [])
    assert "lapse_reason" not in document


def test_every_match_of_an_offer_is_a_document() -> None:
    assert set(documents(MATCHES, *history("offer-of1", PROPOSED, another(2)))) == {
        MATCH_ID,
        another(2).match_id,
    }


# --- agreements -----------------------------------------------------------------------------------
SIGNED = (AgreementSigned(by=Party.A), AgreementSigned(by=Party.B))
SEALED = AgreementSealed(
    party_a="host",
    party_b="seeker",
    commitments=(GIVES_A, GIVES_B),
    reciprocity=ReciprocityKind.MUTUAL,
    contact_by=date(2026, 3, 16),
)
CONFIRMED = CommitmentConfirmed(number=1, giver_id="host", receiver_id="seeker", category=Category.KNOW_HOW)


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((), "drafted"),
        (SIGNED, "drafted"),
        ((*SIGNED, SEALED), "sealed"),
        ((*SIGNED, AgreementSealRefused(reason="Bis wann?")), "drafted"),
        ((*SIGNED, SEALED, AgreementFulfilled()), "fulfilled"),
        ((*SIGNED, SEALED, AgreementPartlyFulfilled(n_confirmed=1, n_commitments=2)), "partly_fulfilled"),
        ((*SIGNED, SEALED, AgreementFailed(reason=FailureReason.QUALITY)), "failed"),
        ((AgreementWithdrawn(by=Party.B),), "withdrawn"),
    ],
)
def test_an_agreement_shows_how_it_stands(events: tuple[Any, ...], status: str) -> None:
    assert shown(AGREEMENTS, "agreement-ag1", DRAFTED, *events)["status"] == status


def test_a_refused_seal_shows_why_and_takes_the_signatures_back() -> None:
    document = shown(AGREEMENTS, "agreement-ag1", DRAFTED, *SIGNED, AgreementSealRefused(reason="Bis wann?"))
    assert (document["signed_by"], document["seal_refused"]) == ([], "Bis wann?")


def test_contact_is_awaited_then_in_time_or_late() -> None:
    contact = AGREEMENTS.columns["contact"]
    sealed = (DRAFTED, *SIGNED, SEALED)
    assert contact(shown(AGREEMENTS, "agreement-ag1", DRAFTED)) is None
    assert contact(shown(AGREEMENTS, "agreement-ag1", *sealed)) == "awaited"
    for in_time, contact_status in ((True, "in_time"), (False, "late")):
        document = shown(AGREEMENTS, "agreement-ag1", *sealed, AgreementContactMade(in_time=in_time))
        assert contact(document) == contact_status


def test_each_commitment_shows_how_far_it_is() -> None:
    steps = [
        CommitmentDelivered(number=1),
        CommitmentDisputed(number=1),
        CommitmentDelivered(number=1),
        CONFIRMED,
    ]
    statuses = []
    for n in range(len(steps) + 1):
        document = shown(AGREEMENTS, "agreement-ag1", DRAFTED, *SIGNED, SEALED, *steps[:n])
        first, second = document["commitments"]
        statuses.append(first["status"])
        assert second["status"] == "promised"
    assert statuses == ["promised", "reported", "disputed", "reported", "confirmed"]


# --- engagements, counsellings, market days, organisations ------------------------------------------
STARTED = EngagementStarted(**LINKS, host_id="host", started_on=FIRST_DAY)
LOGGED = VolunteerHoursLogged(entry_id="h1", worked_on=FIRST_DAY, hours=Decimal("2.5"), civic=True)


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((), "referred"),
        ((TrialStarted(started_on=FIRST_DAY),), "in_trial"),
        ((STARTED,), "engaged"),
        ((ReferralDeclined(**LINKS),), "declined"),
        ((TrialEnded(**LINKS, ended_on=FIRST_DAY, reason=EndReason.DID_NOT_FIT),), "ended"),
        ((STARTED, EngagementEnded(**LINKS, ended_on=FIRST_DAY, reason=EndReason.TERM_OVER)), "ended"),
    ],
)
def test_an_engagement_shows_how_it_stands(events: tuple[Any, ...], status: str) -> None:
    assert shown(ENGAGEMENTS, "engagement-e1", REFERRED, *events)["status"] == status


def test_each_entry_of_hours_shows_whether_it_counts() -> None:
    confirmed_hours = VolunteerHoursConfirmed(
        entry_id="h1", worked_on=FIRST_DAY, hours=Decimal("2.5"), civic=True, host_id="host"
    )
    for events, status in (
        ((), "logged"),
        ((confirmed_hours,), "confirmed"),
        ((VolunteerHoursDisputed(entry_id="h1"),), "disputed"),
    ):
        document = shown(ENGAGEMENTS, "engagement-e1", REFERRED, STARTED, LOGGED, *events)
        assert document["entries"]["h1"]["status"] == status
        assert document["entries"]["h1"]["hours"] == "2.5"
    corrected = VolunteerHoursCorrected(
        entry_id="h1",
        corrects=4,
        reason=CorrectionReason.TYPED_WRONG,
        worked_on=date(2026, 2, 28),
        hours=Decimal("1.5"),
        civic=False,
    )
    document = shown(ENGAGEMENTS, "engagement-e1", REFERRED, STARTED, LOGGED, confirmed_hours, corrected)
    entry = document["entries"]["h1"]
    assert (entry["status"], entry["worked_on"], entry["hours"]) == ("confirmed", "2026-02-28", "1.5")
    assert not entry["civic"]


def test_a_counselling_shows_whether_it_took_place() -> None:
    asked = CounsellingRequested(person_id="person")
    assert shown(COUNSELLINGS, "counselling-c1", asked)["status"] == "requested"
    done = shown(
        COUNSELLINGS, "counselling-c1", asked, CounsellingHeld(person_id="person", held_on=FIRST_DAY)
    )
    assert (done["status"], done["held_on"]) == ("held", "2026-03-01")
    corrected = CounsellingCorrected(
        corrects=2, reason=CorrectionReason.TYPED_WRONG, held_on=date(2026, 2, 27)
    )
    held = CounsellingHeld(person_id="person", held_on=FIRST_DAY)
    other = shown(COUNSELLINGS, "counselling-c1", asked, held, corrected)
    assert (other["status"], other["held_on"]) == ("held", "2026-02-27")


def test_a_market_day_shows_who_attended_and_when_it_is_traded() -> None:
    opens = AT
    closes = AT + timedelta(hours=2)
    scheduled = MarketDayScheduled(
        name="Marktplatz", held_on=FIRST_DAY, trading_opens_at=opens, trading_closes_at=closes
    )
    attended = MarketDayParticipantAttended(organisation_id="host")
    day = shown(MARKET_DAYS, "market_day-d1", scheduled, attended, MarketDayCompleted(n_attended=1))
    assert (day["status"], day["attended"], day["n_attended"]) == ("completed", ["host"], 1)
    moments = [
        opens - timedelta(seconds=1),
        opens,
        closes + timedelta(hours=12),
        closes + timedelta(hours=13),
    ]
    assert [is_trading_at(day, at) for at in moments] == [False, True, True, False]


def test_an_organisation_is_known_by_whether_it_may_post() -> None:
    described = {"name": "Verein", "sector": Sector.NON_PROFIT, "district": "Barmen"}
    status = ORGANISATIONS.columns["status"]
    steps: list[tuple[Any, str]] = [
        (OrganisationRegistered(**described), "registered"),  # type: ignore[arg-type]
        (OrganisationVerified(), "verified"),
        (OrganisationAmended(**(described | {"name": "Neuer Name"})), "verified"),  # type: ignore[arg-type]
        (OrganisationSuspended(), "suspended"),
        (OrganisationReinstated(), "verified"),
    ]
    for n, (_, expected) in enumerate(steps, start=1):
        document = shown(ORGANISATIONS, "organisation-host", *(event for event, _ in steps[:n]))
        assert status(document) == expected
    assert shown(ORGANISATIONS, "organisation-host", *(event for event, _ in steps))["name"] == "Neuer Name"


def test_every_view_is_found_by_its_columns_only() -> None:
    assert len({view.name for view in MARKETPLACE.views}) == len(MARKETPLACE.views)
    assert all(view.columns for view in MARKETPLACE.views)
