"""What does each fact hold after the events of its noun?"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import asdict

from services.reporting.app import REPORTING
from services.reporting.facts.fact import EVERYWHERE
from shared.eventlog.layouts import whole_columns
from shared.kernel.recorded import Recorded
from tests.reporting.histories import happened, rows_after, source_of
from tests.shared.events.examples import EXAMPLES

FIRST, LATER = date(2017, 3, 1), date(2017, 5, 2)


def examples(*names: str, on: date = FIRST, **fields: Any) -> list[Recorded[Any]]:
    """The examples of these events, one day, in this order."""
    by_name = {cls.__name__: example for cls, example in EXAMPLES.items()}
    return [happened(on, *by_name[name], **fields) for name in names]


def held(fact: str, *events: Recorded[Any]) -> dict[str, Any]:
    """What the only row of a fact holds, without what it doesn't know."""
    (row,) = rows_after(events)[fact].values()
    return {
        name: value for name, value in asdict(row).items() if value is not None and name not in EVERYWHERE
    }


# --- actors -----------------------------------------------------------------------------------------
def test_an_organisation_keeps_its_first_day_and_takes_its_newest_sector() -> None:
    assert held(
        "organisation", *examples("OrganisationRegistered"), *examples("OrganisationVerified", on=LATER)
    ) == {
        "sector": "non_profit",
        "district": "Elberfeld",
        "registered_on": "2017-03-01",
        "verified_on": "2017-05-02",
        "is_suspended": 0,
    }
    amended = held(
        "organisation", *examples("OrganisationRegistered"), *examples("OrganisationAmended", on=LATER)
    )
    assert (amended["district"], amended["registered_on"]) == ("Barmen", "2017-03-01")


def test_a_suspension_lasts_until_the_organisation_is_reinstated() -> None:
    events = examples("OrganisationRegistered", "OrganisationSuspended")
    assert held("organisation", *events)["is_suspended"] == 1
    assert held("organisation", *events, *examples("OrganisationReinstated"))["is_suspended"] == 0


# --- the board --------------------------------------------------------------------------------------
def test_an_offer_is_posted_with_its_terms() -> None:
    assert held("offer", *examples("OfferPosted")) == {
        "organisation_id": "5b1d",
        "kind": "exchange",
        "category": "know_how",
        "district": "Vohwinkel",
        "n_places": 2,
        "market_day_id": "da41",
        "is_additional": 0,
        "posted_on": "2017-03-01",
        "status": "posted",
    }


def test_an_amended_offer_keeps_its_day_of_posting() -> None:
    amended = held("offer", *examples("OfferPosted"), *examples("OfferAmended", on=LATER))
    assert (amended["kind"], amended["form"], amended["is_additional"]) == ("work", "job", 1)
    assert (amended["posted_on"], amended["status"]) == ("2017-03-01", "posted")


@pytest.mark.parametrize(
    ("event", "status"),
    [("OfferExhausted", "exhausted"), ("OfferExpired", "expired"), ("OfferWithdrawn", "withdrawn")],
)
def test_an_offer_ends_and_a_reopened_place_brings_it_back(event: str, status: str) -> None:
    ended = [*examples("OfferPosted"), *examples(event, on=LATER)]
    assert (held("offer", *ended)["status"], held("offer", *ended)["ended_on"]) == (status, "2017-05-02")
    again = held("offer", *ended, *examples("PlaceReopened", on=LATER))
    assert (again["status"], again.get("ended_on")) == ("posted", None)


def test_an_offer_knows_when_it_was_last_said_to_be_current() -> None:
    assert held("offer", *examples("OfferConfirmedCurrent", on=LATER)) == {"confirmed_on": "2017-05-02"}


def test_a_need_is_posted_matched_and_met() -> None:
    events = [*examples("NeedPosted"), *examples("MatchConfirmed", "NeedMet", on=LATER)]
    assert held("need", *events) == {
        "organisation_id": "c0de",
        "kind": "exchange",
        "category": "know_how",
        "district": "Elberfeld",
        "is_search": 0,
        "posted_on": "2017-03-01",
        "first_confirmed_on": "2017-05-02",
        "met_on": "2017-05-02",
    }


def test_only_the_first_confirmation_of_a_need_counts() -> None:
    events = [*examples("MatchConfirmed"), *examples("MatchConfirmed", on=LATER)]
    assert held("need", *events)["first_confirmed_on"] == "2017-03-01"


@pytest.mark.parametrize("event", ["NeedWithdrawn", "NeedExpired"])
def test_a_need_closes(event: str) -> None:
    assert held("need", *examples("NeedPosted"), *examples(event, on=LATER))["closed_on"] == "2017-05-02"


def test_a_search_is_a_need_without_a_person() -> None:
    row = held("need", *examples("SearchPosted"), *examples("SearchClosed", on=LATER))
    assert row == {"kind": "work", "is_search": 1, "posted_on": "2017-03-01", "closed_on": "2017-05-02"}


@pytest.mark.parametrize(
    ("event", "outcome", "reason"),
    [
        ("MatchConfirmed", "confirmed", None),
        ("MatchDeclined", "declined", "dates_do_not_fit"),
        ("MatchLapsed", "lapsed", "need_taken"),
    ],
)
def test_a_match_ends_one_way_or_another(event: str, outcome: str, reason: str | None) -> None:
    row = held("match", *examples("MatchProposed"), *examples(event, on=LATER))
    assert (row["kind"], row["offer_id"], row["offer_party"]) == ("exchange", "0ffe", "5b1d")
    assert (row["proposed_on"], row["ended_on"]) == ("2017-03-01", "2017-05-02")
    assert (row["outcome"], row.get("reason")) == (outcome, reason)


# --- agreements ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("event", "outcome", "reason"),
    [
        ("AgreementFulfilled", "fulfilled", None),
        ("AgreementPartlyFulfilled", "partly_fulfilled", None),
        ("AgreementFailed", "failed", "capacity_gone"),
    ],
)
def test_an_agreement_is_sealed_and_closed(event: str, outcome: str, reason: str | None) -> None:
    row = held("agreement", *examples("AgreementSealed", "AgreementContactMade"), *examples(event, on=LATER))
    assert (row["party_a"], row["party_b"], row["n_commitments"]) == ("5b1d", "c0de", 2)
    assert (row["sealed_on"], row["closed_on"], row["is_contact_in_time"]) == ("2017-03-01", "2017-05-02", 1)
    assert (row["outcome"], row.get("failure_reason"), row["reciprocity"]) == (outcome, reason, "mutual")


def test_a_draft_is_no_agreement_yet() -> None:
    assert rows_after(examples("AgreementDrafted", "AgreementSigned"))["agreement"] == {}


def test_a_confirmed_commitment_is_a_row_of_its_own() -> None:
    rows = rows_after(examples("CommitmentConfirmed"))["commitment"]
    assert list(rows) == ["a9e3:1"]
    assert held("commitment", *examples("CommitmentConfirmed")) == {
        "agreement_id": "a9e3",
        "giver_id": "5b1d",
        "receiver_id": "c0de",
        "category": "know_how",
        "n_minutes": 270,
        "confirmed_on": "2017-03-01",
    }


# --- market days --------------------------------------------------------------------------------------
def test_a_market_day_and_who_attended_it() -> None:
    events = examples("MarketDayScheduled", "MarketDayParticipantAttended", "MarketDayCompleted")
    assert held("market_day", *events) == {"held_on": "2026-09-18", "n_attended": 60}
    assert held("attendance", *events) == {"market_day_id": "da41", "organisation_id": "5b1d"}


# --- volunteering -------------------------------------------------------------------------------------
def test_an_engagement_knows_its_stages_and_no_volunteer() -> None:
    events = examples("VolunteerReferred", "TrialStarted", "EngagementStarted", "EngagementEnded")
    assert held("engagement", *events) == {
        "host_id": "5b1d",
        "offer_id": "0ffe",
        "form": "regular",
        "referred_on": "2017-03-01",
        "trial_on": "2026-02-02",
        "started_on": "2026-02-17",
        "ended_on": "2027-02-16",
        "end_reason": "moved_on",
    }


def test_a_referral_or_a_trial_may_come_to_nothing() -> None:
    declined = held("engagement", *examples("VolunteerReferred"), *examples("ReferralDeclined", on=LATER))
    assert (declined["ended_on"], declined["end_reason"]) == ("2017-05-02", "declined")
    ended = held("engagement", *examples("VolunteerReferred", "TrialStarted", "TrialEnded"))
    assert (ended["ended_on"], ended["end_reason"]) == ("2026-02-16", "did_not_fit")


def test_counselling_is_requested_and_held() -> None:
    row = held("counselling", *examples("CounsellingRequested", "CounsellingHeld"))
    assert row["requested_on"] == "2017-03-01"
    assert row["held_on"] == "2026-01-20"
    corrected = examples("CounsellingRequested", "CounsellingHeld", "CounsellingCorrected")
    assert held("counselling", *corrected) == row | {"held_on": "2026-01-19"}


def test_confirmed_hours_are_whole_minutes_on_the_day_they_were_worked() -> None:
    assert rows_after(examples("VolunteerHoursLogged"))["volunteer_hours"] == {}
    row = held("volunteer_hours", *examples("VolunteerHoursConfirmed"))
    assert (row["n_minutes"], row["worked_on"], row["is_civic"]) == (150, "2026-02-24", 1)
    corrected = held("volunteer_hours", *examples("VolunteerHoursConfirmed", "VolunteerHoursCorrected"))
    assert corrected == row | {"n_minutes": 90}


# --- work ---------------------------------------------------------------------------------------------
def test_a_placement_knows_its_stages_and_no_search() -> None:
    row = held("placement", *examples("PlacementProposed", "PlacementContracted", "PlacementStarted"))
    assert (row["employer_id"], row["form"], row["is_additional"]) == ("5b1d", "entry_qualification", 1)
    assert {"proposed_on", "contracted_on", "starts_on", "started_on", "kldb"} <= set(row)
    assert "search" not in " ".join(row)


@pytest.mark.parametrize(
    ("events", "column"),
    [
        (["PlacementDeclined"], "declined_on"),
        (["PlacementNeverStarted"], "never_started_on"),
        (["PlacementConverted"], "converted_on"),
        (["PlacementEnded"], "ended_on"),
    ],
)
def test_a_placement_ends_in_several_ways(events: list[str], column: str) -> None:
    assert column in held("placement", *examples("PlacementProposed", *events))


@pytest.mark.parametrize(
    ("event", "answers"),
    [
        ("PlacementRetentionConfirmed", {"confirmed", "confirmed_elsewhere"}),
        ("PlacementRetentionDenied", {"denied"}),
        ("PlacementRetentionUnknown", {"unknown"}),
        ("PlacementRetentionCorrected", {"confirmed_elsewhere"}),
    ],
)
def test_an_answer_to_a_retention_check_stays(event: str, answers: set[str]) -> None:
    (answered,) = examples(event, on=LATER)
    column = f"retention_{answered.data.milestone}"
    assert held("placement", *examples("PlacementProposed"), answered)[column] in answers
    (due,) = examples("RetentionCheckFellDue")
    late_due = happened(LATER, due.stream, type(due.data)(milestone=answered.data.milestone, due_on=LATER))
    assert held("placement", answered, late_due)[column] in answers, "a late reminder changes no answer"
    assert held("placement", late_due)[column] == "due"


# --- what holds for all ---------------------------------------------------------------------------------
def test_every_row_says_its_lab_and_whether_anything_of_it_was_simulated() -> None:
    (plain,) = rows_after(examples("OfferPosted"))["offer"].values()
    assert (plain.lab, plain.is_synthetic) == (None, 0)
    events = [*examples("OfferPosted", lab="north"), *examples("OfferAmended", lab="south", synthetic=True)]
    (marked,) = rows_after(events)["offer"].values()
    assert (marked.lab, marked.is_synthetic) == ("north", 1), "the first lab, any simulation"


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 12, 31, 22, 30, tzinfo=UTC), "2026-12-31"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "2027-01-01"),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "2026-07-02"),
    ],
)
def test_days_are_days_in_the_city(at: datetime, day: str) -> None:
    (event,) = examples("OfferPosted")
    moved = Recorded(**{name: getattr(event, name) for name in event.__slots__ if name != "time"}, time=at)
    assert held("offer", moved)["posted_on"] == day


@pytest.mark.parametrize("fact", REPORTING.facts, ids=lambda fact: fact.name)
def test_a_fact_listens_to_one_source_only_and_holds_what_its_columns_say(fact: Any) -> None:
    assert source_of(fact) in REPORTING.follows
    whole = whole_columns(fact)
    for row in rows_after(examples(*(cls.__name__ for cls in fact.on)))[fact.name].values():
        assert type(row) is fact.row
        assert set(asdict(row)) == set(fact.columns)
        for name, value in asdict(row).items():
            assert value is None or type(value) is (int if name in whole else str), name


@pytest.mark.parametrize("fact", REPORTING.facts, ids=lambda fact: fact.name)
def test_no_fact_holds_a_person(fact: Any) -> None:
    rows = rows_after(examples(*(cls.__name__ for cls in fact.on)))[fact.name]
    assert "90c2" not in str(rows), "the person's id of the examples"
    assert not any("person" in name or "search_id" in name for name in fact.columns)
