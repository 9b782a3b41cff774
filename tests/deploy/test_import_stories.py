"""Do the rows of a list become the whole story: agreements kept or not, engagements, hours, placements that lasted?"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shared.events.vocabulary import EndReason, FailureReason, Party, WorkForm
from tests.deploy.office import ENGAGEMENTS, JOBS, ORGANISATIONS, TODAY, VOLUNTEERING, Office, counts_of

AGREEMENTS = (
    "Nr.;Marktplatz;Partner A;Partner B;Kategorie A;Leistung A;Stunden A;Kategorie B;Leistung B;einzulösen bis;"
    "besiegelt am;Kontakt am;Ergebnis;Ergebnis am;Grund;Makler\n"
)
OPEN = "1;23.09.2016;O-1;O-2;Sachmittel;Brötchen;;Know-how;Lesestunde;01.03.2017;23.09.2016;30.09.2016;offen;;;x\n"
PLACEMENTS = (
    "Nr.;Stelle;TN-Nr.;Vorschlag am;Vertrag am;Beginn geplant;Arbeitsaufnahme;Nichtantritt;Verbleib 3;Verbleib 6;"
    "Verbleib 12;übernommen am;Ende;Grund Ende\n"
)


@pytest.fixture(scope="module")
def known_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a city that knows three organisations, a place for a volunteer and two jobs."""
    with Office(tmp_path_factory.mktemp("known")) as office:
        office.take_all(ORGANISATIONS, VOLUNTEERING, JOBS)
    return office.folder


@pytest.fixture
def office(tmp_path: Path, known_city: Path) -> Iterator[Office]:
    """An office of that city."""
    with Office(tmp_path, original=known_city) as opened:
        yield opened


def names(office: Office, stream: str) -> list[str]:
    """The events in the streams of a noun, in their order."""
    return [type(event.data).__name__ for event in office.events() if event.stream.startswith(f"{stream}-")]


# --- agreements -----------------------------------------------------------------------------------
def test_an_agreement_of_a_market_day_is_sealed_by_its_closing_gong_and_open_until_the_list_says_more(
    office: Office,
) -> None:
    office.take_all(AGREEMENTS + OPEN)
    assert names(office, "agreement") == [
        "AgreementDrafted",
        "AgreementSigned",
        "AgreementSigned",
        "AgreementSealed",
        "AgreementContactMade",
    ]
    (sealed,) = office.events("AgreementSealed")
    assert sealed.time == datetime(2016, 9, 23, 17, tzinfo=UTC)
    assert (sealed.data.initiated_by, sealed.data.contact_by) == ("broker", date(2016, 10, 7))
    assert [commitment.giver for commitment in sealed.data.commitments] == [Party.A, Party.B]
    assert {commitment.due_on for commitment in sealed.data.commitments} == {date(2017, 3, 1)}


def test_a_market_day_of_which_no_file_has_told_yet_is_scheduled_with_its_first_agreement(
    tmp_path: Path,
) -> None:
    office = Office(tmp_path)
    office.take_all("\n".join(line.rpartition(";")[0] for line in ORGANISATIONS.splitlines()))
    rehearsed = office.take(AGREEMENTS + OPEN, dry_run=True)
    assert office.counts()["MarketDayScheduled"] == 0
    assert rehearsed == office.take(AGREEMENTS + OPEN)
    assert counts_of(rehearsed) == (1, 0, 0, 0)
    assert office.counts()["MarketDayScheduled"] == 1


def test_an_agreement_of_a_market_day_is_not_sealed_on_another_day(office: Office) -> None:
    report = office.take(AGREEMENTS + OPEN.replace(";23.09.2016;30.09.2016", ";25.09.2016;30.09.2016"))
    assert [line.column for line in report.rejected] == ["besiegelt am"]
    assert "seal_falls_between_the_gongs" in report.rejected[0].reason


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("erfüllt;10.02.2017;", ["CommitmentConfirmed"] * 2 + ["AgreementFulfilled"]),
        ("teilweise;10.02.2017;", ["CommitmentConfirmed", "AgreementPartlyFulfilled"]),
        ("gescheitert;10.02.2017;keine Zeit", ["AgreementFailed"]),
    ],
)
def test_a_later_state_of_the_list_tells_what_became_of_an_agreement_and_then_it_stays(
    office: Office, outcome: str, expected: list[str]
) -> None:
    office.take_all(AGREEMENTS + OPEN)
    later = AGREEMENTS + OPEN.replace("offen;;", outcome)
    assert counts_of(office.take(later)) == (0, 1, 0, 0)
    assert [name for name in names(office, "agreement")[5:] if name != "CommitmentDelivered"] == expected
    assert counts_of(office.take(later)) == (0, 0, 1, 0)
    report = office.take(AGREEMENTS + OPEN)
    assert [line.column for line in report.rejected] == ["Ergebnis am"]
    for other in ("erfüllt;10.02.2017;", "teilweise;10.02.2017;", "gescheitert;10.02.2017;Qualität"):
        if other.split(";")[0] != outcome.split(";", maxsplit=1)[0]:
            report = office.take(AGREEMENTS + OPEN.replace("offen;;", other))
            assert report.rejected[0].column in {"Ergebnis", "Ergebnis am"}


def test_a_failed_agreement_keeps_its_reason_and_one_without_a_reason_is_rejected(office: Office) -> None:
    failed = OPEN.replace("offen;;", "gescheitert;10.02.2017;")
    report = office.take(AGREEMENTS + failed)
    assert [(line.column, line.reason) for line in report.rejected] == [
        ("Grund", "is empty and must be filled, since the agreement failed")
    ]
    office.take_all(AGREEMENTS + failed.replace("10.02.2017;;x", "10.02.2017;Bedarf entfallen;x"))
    assert office.events("AgreementFailed")[0].data.reason == FailureReason.NEED_GONE


def test_an_agreement_with_one_commitment_is_one_sided_and_never_partly_fulfilled(office: Office) -> None:
    alone = OPEN.replace("Know-how;Lesestunde", ";")
    report = office.take(AGREEMENTS + alone.replace("offen;;", "teilweise;10.02.2017;"))
    assert [(line.column, line.reason) for line in report.rejected] == [
        ("Ergebnis", "can't be partly fulfilled, since only one side gives something")
    ]
    office.take_all(AGREEMENTS + alone)
    assert office.events("AgreementSealed")[0].data.reciprocity == "one_sided"


@pytest.mark.parametrize(
    ("told_in_file", "corrected", "column"),
    [
        ("Lesestunde", "Vorlesestunde", "Nr."),
        ("23.09.2016;30.09.2016", "23.09.2016;01.10.2016", "Kontakt am"),
        ("O-1;O-2", "O-1;O-3", "Nr."),
        ("01.03.2017;", "01.04.2017;", "Nr."),
        ("01.03.2017;23.09.2016", "01.03.2017;24.09.2016", "besiegelt am"),
    ],
)
def test_what_is_sealed_is_sealed_whatever_a_later_list_says(
    office: Office, told_in_file: str, corrected: str, column: str
) -> None:
    office.take_all(AGREEMENTS + OPEN)
    before = office.records()
    report = office.take(AGREEMENTS + OPEN.replace(told_in_file, corrected))
    assert [line.column for line in report.rejected] == [column]
    assert office.records() == before


@pytest.mark.parametrize(
    ("right", "wrong", "column"),
    [
        ("O-1;O-2", "O-1;O-1", "Partner B"),
        ("Brötchen", "100 € bar", "Leistung A"),
        ("O-1;O-2", "O-1;O-9", "Partner B"),
        ("1;23.09.2016;", "1;24.12.2016;", "Marktplatz"),
        ("Know-how;Lesestunde", "Know-how;", "Leistung B"),
    ],
)
def test_an_agreement_that_cannot_be_is_rejected_by_the_column_at_fault(
    office: Office, right: str, wrong: str, column: str
) -> None:
    before = office.records()
    report = office.take(AGREEMENTS + OPEN.replace(right, wrong))
    assert [line.column for line in report.rejected] == [column]
    assert office.records() == before


# --- agreements that come from an offer and a need -------------------------------------------------
EXCHANGE = """Nr.;Organisation;Art;Angebot;Kategorie;eingestellt am
A-1;O-1;Tausch;Brötchen für das Fest;Sachmittel;23.08.2016
A-2;O-3;Tausch;Brot;Sachmittel;23.08.2016
"""
WANTED = """Nr.;Organisation;Gesuch;Kategorie;eingestellt am
G-1;O-2;Frühstück für das Lesefest;Sachmittel;24.08.2016
"""
LINKED = AGREEMENTS.replace("Partner B;", "Partner B;Angebots-Nr.;Gesuch-Nr.;") + OPEN.replace(
    "O-1;O-2;", "O-1;O-2;A-1;G-1;"
)
KEPT = LINKED.replace("offen;;", "erfüllt;10.02.2017;")
FAILED = LINKED.replace("offen;;", "gescheitert;10.02.2017;keine Zeit")


def test_an_agreement_that_names_offer_and_need_comes_from_their_match_and_meets_the_need(
    office: Office,
) -> None:
    office.take_all(EXCHANGE, WANTED)
    assert counts_of(office.take(KEPT)) == (1, 0, 0, 0)
    assert names(office, "need") == ["NeedPosted", "NeedHeld", "NeedMet"]
    (confirmed,) = office.events("MatchConfirmed")
    assert confirmed.time == datetime(2016, 9, 23, 15, tzinfo=UTC)
    (sealed,) = office.events("AgreementSealed")
    assert len(sealed.data.commitments) == 2
    assert {event.stream for event in office.events("AgreementDrafted")} == {sealed.stream}
    assert counts_of(office.take(KEPT)) == (0, 0, 1, 0)
    assert office.refusals() == 0


def test_a_need_and_an_offer_that_have_expired_since_are_met_all_the_same_but_not_after_that(
    office: Office,
) -> None:
    office.take_all(EXCHANGE, WANTED)
    office.instance.units["marketplace"].ticker.step(TODAY)
    office.instance.settle()
    assert office.counts()["NeedExpired"] == 1
    late = LINKED.replace("1;23.09.2016;O-1", "2;;O-1").replace(";23.09.2016;30.09.2016", ";23.12.2016;")
    assert counts_of(office.take(late)) == (1, 0, 0, 0)
    assert office.counts()["MatchConfirmed"] == 0
    assert counts_of(office.take(KEPT)) == (1, 0, 0, 0)
    assert names(office, "need") == ["NeedPosted", "NeedExpired", "NeedHeld", "NeedMet"]
    assert office.refusals() == 0


def test_an_agreement_that_failed_gives_its_need_back(office: Office) -> None:
    office.take_all(EXCHANGE, WANTED, LINKED, FAILED)
    assert names(office, "need") == ["NeedPosted", "NeedHeld", "NeedReleased"]
    assert office.counts()["PlaceReopenAsked"] == 1


def test_a_rehearsal_of_agreements_that_name_the_same_need_says_what_the_import_says(office: Office) -> None:
    office.take_all(EXCHANGE, WANTED)
    both = KEPT + OPEN.replace("1;23.09.2016;O-1;O-2;", "2;23.09.2016;O-3;O-2;A-2;G-1;")
    rehearsed = office.take(both, dry_run=True)
    assert rehearsed == office.take(both)
    assert counts_of(rehearsed) == (2, 0, 0, 0)
    assert office.counts()["MatchConfirmed"] == 1
    assert office.counts()["AgreementSealed"] == 2
    assert office.refusals() == 0


def test_the_same_agreement_is_not_recorded_twice_when_its_offer_and_need_are_no_longer_named(
    office: Office,
) -> None:
    office.take_all(EXCHANGE, WANTED, LINKED)
    report = office.take(AGREEMENTS + OPEN)
    assert [(line.column, line.reason) for line in report.rejected] == [
        ("Angebots-Nr.", "is empty, but the agreement is recorded with its offer and its need")
    ]
    assert office.counts()["AgreementSealed"] == 1


@pytest.mark.parametrize(
    ("keys", "column"),
    [
        ("A-1;", "Gesuch-Nr."),
        (";G-1", "Angebots-Nr."),
        ("A-2;G-1", "Angebots-Nr."),
        ("A-1;G-9", "Gesuch-Nr."),
        ("E-1;G-1", "Angebots-Nr."),
    ],
)
def test_an_agreement_names_an_offer_of_side_a_and_a_need_of_side_b(
    office: Office, keys: str, column: str
) -> None:
    office.take_all(EXCHANGE, WANTED)
    report = office.take(LINKED.replace("A-1;G-1", keys))
    assert [line.column for line in report.rejected] == [column]


# --- engagements and hours ------------------------------------------------------------------------
def test_an_engagement_goes_through_search_match_referral_and_trial_and_meets_the_search(
    office: Office,
) -> None:
    office.take_all(ENGAGEMENTS)
    assert names(office, "need") == ["SearchPosted", "SearchHeld", "SearchMet"]
    assert names(office, "engagement") == ["VolunteerReferred", "TrialStarted", "EngagementStarted"]
    assert [name for name in names(office, "offer") if "Match" in name or "Place" in name] == [
        "MatchProposed",
        "MatchAccepted",
        "MatchAccepted",
        "PlaceHeld",
        "MatchConfirmed",
    ]
    assert office.refusals() == 0


@pytest.mark.parametrize(
    ("row", "ending"),
    [
        (";;20.08.2016;passte nicht", "ReferralDeclined"),
        ("15.08.2016;;20.08.2016;passte nicht", "TrialEnded"),
    ],
)
def test_a_referral_that_came_to_nothing_frees_the_place_and_closes_the_search(
    office: Office, row: str, ending: str
) -> None:
    office.take_all(ENGAGEMENTS.replace("15.08.2016;01.09.2016;;", row))
    assert names(office, "engagement")[-1] == ending
    assert names(office, "need") == ["SearchPosted", "SearchHeld", "SearchReleased", "SearchClosed"]
    assert office.counts()["PlaceReopenAsked"] == 1
    assert office.refusals() == 0


def test_a_later_state_of_the_list_takes_an_engagement_on_and_contradicts_nothing(office: Office) -> None:
    first = ENGAGEMENTS.replace("15.08.2016;01.09.2016", "15.08.2016;")
    office.take_all(first)
    assert counts_of(office.take(ENGAGEMENTS)) == (0, 1, 0, 0)
    ended = ENGAGEMENTS.replace("01.09.2016;;", "01.09.2016;31.05.2017;Projektende")
    assert counts_of(office.take(ended)) == (0, 1, 0, 0)
    assert office.events("EngagementEnded")[0].data.reason == EndReason.TERM_OVER
    for wrong in (ENGAGEMENTS, first, ended.replace("01.09.2016", "02.09.2016")):
        before = office.records()
        assert len(office.take(wrong).rejected) == 1
        assert office.records() == before


def test_nobody_is_referred_to_an_unknown_offer_or_one_of_another_kind_or_without_a_place(
    office: Office,
) -> None:
    heads = ENGAGEMENTS.splitlines()[0]
    report = office.take(
        f"{heads}\nF-1;E-9;FW-1;10.08.2016;;;;\nF-2;ST-1;FW-1;10.08.2016;;;;\n"
        "F-3;E-1;FW-1;10.08.2016;;;;\nF-4;E-1;FW-2;10.08.2016;;;;\n"
    )
    assert [(line.line, line.column) for line in report.rejected] == [
        (2, "Angebot"),
        (3, "Angebot"),
        (5, "Angebot"),
    ]
    assert "is an offer of work, not of volunteering" in report.rejected[1].reason


def test_who_took_an_offer_is_imported_when_it_has_expired_since_but_not_who_came_after_that(
    office: Office,
) -> None:
    office.instance.units["marketplace"].ticker.step(TODAY)
    office.instance.settle()
    assert office.counts()["OfferExpired"] == 3
    report = office.take(ENGAGEMENTS + "F-2;E-1;FW-008;01.12.2016;;;;\n")
    assert counts_of(report) == (1, 0, 0, 1)
    assert [(line.line, line.column) for line in report.rejected] == [(3, "Angebot")]
    assert names(office, "need") == ["SearchPosted", "SearchHeld", "SearchMet"]
    assert office.counts()["EngagementStarted"] == 1
    assert office.refusals() == 0


HOURS = "Nr.;Einsatz;Datum;Stunden;bestätigt am;anrechenbar\n"


def test_hours_count_from_the_day_on_which_the_list_says_that_they_are_confirmed(office: Office) -> None:
    office.take_all(ENGAGEMENTS, HOURS + "S-1;F-1;30.09.2016;2,5;06.10.2016;ja\nS-2;F-1;07.10.2016;3;;nein\n")
    (confirmed,) = office.events("VolunteerHoursConfirmed")
    assert (confirmed.data.hours, confirmed.time.date()) == (Decimal("2.5"), date(2016, 10, 6))
    assert [event.data.civic for event in office.events("VolunteerHoursLogged")] == [True, False]


def test_hours_that_are_not_confirmed_are_corrected_and_confirmed_ones_stay(office: Office) -> None:
    office.take_all(ENGAGEMENTS, HOURS + "S-1;F-1;30.09.2016;2,5;;\n")
    corrected = HOURS + "S-1;F-1;30.09.2016;3,5;06.10.2016;\n"
    assert counts_of(office.take(corrected)) == (0, 1, 0, 0)
    assert counts_of(office.take(corrected)) == (0, 0, 1, 0)
    assert [event.data.hours for event in office.events("VolunteerHoursConfirmed")] == [Decimal("3.5")]
    before = office.records()
    for wrong in ("S-1;F-1;30.09.2016;4;06.10.2016;\n", "S-1;F-1;30.09.2016;3,5;;\n"):
        assert len(office.take(HOURS + wrong).rejected) == 1
    assert office.records() == before


def test_hours_outside_of_their_engagement_are_rejected_by_the_column_at_fault(office: Office) -> None:
    office.take_all(ENGAGEMENTS)
    report = office.take(HOURS + "S-1;F-9;30.09.2016;2;;\nS-2;F-1;31.08.2016;2;;\nS-3;F-1;30.09.2016;25;;\n")
    assert [line.column for line in report.rejected] == ["Einsatz", "Datum", "Stunden"]


# --- placements -----------------------------------------------------------------------------------
def test_a_placement_is_contracted_started_asked_after_and_taken_on(office: Office) -> None:
    office.take_all(
        PLACEMENTS
        + "V-1;ST-2;TN-1;05.08.2018;10.08.2018;01.10.2018;02.10.2018;;ja;unbekannt;ja;01.08.2019;;\n"
    )
    assert names(office, "placement") == [
        "PlacementProposed",
        "PlacementContracted",
        "PlacementStarted",
        "RetentionCheckFellDue",
        "PlacementRetentionConfirmed",
        "RetentionCheckFellDue",
        "PlacementRetentionUnknown",
        "PlacementConverted",
        "RetentionCheckFellDue",
        "PlacementRetentionConfirmed",
    ]
    (converted,) = office.events("PlacementConverted")
    assert converted.data.to_form == WorkForm.APPRENTICESHIP
    (contracted,) = office.events("PlacementContracted")
    assert (contracted.data.hours_per_week, contracted.data.term_months) == (Decimal(30), 10)
    assert office.refusals() == 0
    assert office.counts()["PlacementProposed"] == 1


@pytest.mark.parametrize(
    ("row", "ending"),
    [
        (";;;;;;;;20.03.2018;durch Betrieb", "PlacementDeclined"),
        ("15.03.2018;01.04.2018;;nicht erschienen;;;;;;", "PlacementNeverStarted"),
    ],
)
def test_a_placement_that_came_to_nothing_frees_the_place_and_closes_the_search(
    office: Office, row: str, ending: str
) -> None:
    office.take_all(PLACEMENTS + f"V-1;ST-1;TN-1;05.03.2018;{row}\n")
    assert names(office, "placement")[-1] == ending
    assert names(office, "need") == ["SearchPosted", "SearchHeld", "SearchReleased", "SearchClosed"]
    assert office.counts()["PlaceReopenAsked"] == 1
    assert office.refusals() == 0


def test_who_is_at_work_after_the_placement_ended_is_so_with_another_employer(office: Office) -> None:
    row = "V-1;ST-1;TN-1;05.03.2018;15.03.2018;01.04.2018;03.04.2018;;ja;ja;;;31.07.2018;Wechsel\n"
    office.take_all(PLACEMENTS + row)
    answers = office.events("PlacementRetentionConfirmed")
    assert {event.data.milestone: event.data.same_employer for event in answers} == {3: True, 6: False}


def test_a_retention_answer_before_its_day_is_rejected(office: Office) -> None:
    row = "V-1;ST-1;TN-1;05.03.2018;15.03.2018;01.04.2018;01.11.2019;;ja;;;;;\n"
    report = office.take(PLACEMENTS + row)
    assert [(line.column, line.reason) for line in report.rejected] == [("Verbleib 3", "lies in the future")]


def test_an_answer_that_the_list_has_later_replaces_unknown_and_nothing_else(office: Office) -> None:
    row = "V-1;ST-1;TN-1;05.03.2018;15.03.2018;01.04.2018;03.04.2018;;unbekannt;;;;;\n"
    office.take_all(PLACEMENTS + row)
    answered = row.replace("unbekannt", "nein")
    assert counts_of(office.take(PLACEMENTS + answered)) == (0, 1, 0, 0)
    (corrected,) = office.events("PlacementRetentionCorrected")
    assert (corrected.data.answer, corrected.data.reason) == ("denied", "learnt_later")
    (unknown,) = office.events("PlacementRetentionUnknown")
    assert (corrected.stream, corrected.data.corrects) == (unknown.stream, unknown.version)
    assert counts_of(office.take(PLACEMENTS + answered)) == (0, 0, 1, 0)
    assert [line.column for line in office.take(PLACEMENTS + row).rejected] == ["Verbleib 3"]


def test_later_answers_of_the_list_are_added_to_a_placement(office: Office) -> None:
    row = "V-1;ST-1;TN-1;05.03.2018;15.03.2018;01.04.2018;03.04.2018;;ja;;;;;\n"
    office.take_all(PLACEMENTS + row)
    later = row.replace(";;ja;;;;;", ";;ja;ja;nein;;31.12.2018;auf eigenen Wunsch")
    assert counts_of(office.take(PLACEMENTS + later)) == (0, 1, 0, 0)
    assert names(office, "placement")[-3:] == [
        "PlacementEnded",
        "RetentionCheckFellDue",
        "PlacementRetentionDenied",
    ]
    assert office.events("PlacementEnded")[0].data.early
    contradicting = later.replace("nein", "ja")
    assert [line.column for line in office.take(PLACEMENTS + contradicting).rejected] == ["Verbleib 12"]
