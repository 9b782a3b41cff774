"""Is a file taken row by row: once in effect, on its own days, whole rows only, a reason for every rejected line?"""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from deploy.intake.kinds import KINDS
from shared.tabular.lines import FileRefused, RejectedLine
from tests.deploy.office import (
    ENGAGEMENTS,
    JOBS,
    ORGANISATIONS,
    TODAY,
    VOLUNTEERING,
    Office,
    counts_of,
)

OFFERS = """Nr.;Organisation;Art;Angebot;Kategorie;Plätze;verfügbar ab;verfügbar bis;eingestellt am
A-1;O-1;Tausch;Brötchen für das Fest;Sachmittel;1;01.10.2016;01.03.2017;23.08.2016
A-2;O-9;Tausch;Fahrdienst;Räume und Geräte;1;;;23.08.2016
A-3;O-1;Tausch;Wir spenden 500 € bar;Sachmittel;1;;;23.08.2016
A-4;O-1;Tausch;Backkurs;Know-how;5000;;;23.08.2016
A-5;O-1;Tausch;Backkurs morgen;Know-how;1;;;11.01.2020
A-6;O-1;Arbeit;Backhilfe;Helfende Hände;1;;;23.08.2016
A-7;O-1;Tausch;Backkurs;Know-how;1;;;23.08.2016
"""


def test_what_a_row_tells_happened_on_its_day_and_is_known_since_the_import(office: Office) -> None:
    office.take(ORGANISATIONS)
    registered, verified = office.events("OrganisationRegistered", "OrganisationVerified")[:2]
    assert registered.data.name == "Bäckerei Blau"
    assert registered.stream == verified.stream
    assert [registered.time.date(), verified.time.date()] == [date(2016, 7, 1)] * 2
    assert registered.recorded_at == TODAY


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    files = (ORGANISATIONS, OFFERS, VOLUNTEERING, ENGAGEMENTS)
    first = [counts_of(office.take(content)) for content in files]
    before = office.records()
    again = [counts_of(office.take(content)) for content in files]
    assert first == [(3, 0, 0, 0), (2, 0, 0, 5), (1, 0, 0, 0), (1, 0, 0, 0)]
    assert again == [(0, 0, 3, 0), (0, 0, 2, 5), (0, 0, 1, 0), (0, 0, 1, 0)]
    assert office.records() == before


def test_a_corrected_row_amends_and_so_does_the_first_wording_when_it_comes_back(office: Office) -> None:
    office.take(ORGANISATIONS)
    renamed = ORGANISATIONS.replace("Bäckerei Blau", "Bäckerei Grün")
    assert counts_of(office.take(renamed)) == (0, 1, 2, 0)
    assert counts_of(office.take(ORGANISATIONS)) == (0, 1, 2, 0)
    names = [event.data.name for event in office.events("OrganisationAmended")]
    assert names == ["Bäckerei Grün", "Bäckerei Blau"]


def test_what_a_corrected_row_changes_was_checked_by_whoever_imports_the_list(office: Office) -> None:
    office.take_all(ORGANISATIONS, VOLUNTEERING)
    renamed = ORGANISATIONS.replace("Bäckerei Blau", "Bäckerei Grün")
    assert counts_of(office.take(renamed)) == (0, 1, 2, 0)
    (again, _, verified) = office.events(
        "OrganisationCheckReopened", "OrganisationAmended", "OrganisationVerified"
    )[-3:]
    assert [type(event.data).__name__ for event in (again, verified)] == [
        "OrganisationCheckReopened",
        "OrganisationVerified",
    ]
    assert (verified.stream, verified.time) == (again.stream, TODAY)
    title = office.events("OfferPosted")[-1].data.terms.title
    assert counts_of(office.take(VOLUNTEERING.replace(title, f"{title} am Abend"))) == (0, 1, 0, 0)
    reopened, posted = office.events("OfferCheckReopened", "OfferPosted")[-2:]
    assert posted.data.terms.title == f"{title} am Abend"
    assert (posted.stream, posted.time) == (reopened.stream, TODAY)


def test_a_rejected_line_names_line_column_and_reason_and_takes_no_other_line_with_it(office: Office) -> None:
    office.take(ORGANISATIONS)
    report = office.take(OFFERS)
    assert counts_of(report) == (2, 0, 0, 5)
    assert [(line.line, line.column) for line in report.rejected] == [
        (3, "Organisation"),
        (4, "Angebot"),
        (5, "Plätze"),
        (6, "eingestellt am"),
        (7, "Stellenart"),
    ]
    reasons = [line.reason for line in report.rejected]
    assert reasons[0] == "'O-9' is not a known organisation; import the organisations first"
    assert "money is taboo" in reasons[1]
    assert "between 1 and 1,000 places" in reasons[2]
    assert reasons[3] == "lies in the future"
    assert [event.data.terms.title for event in office.events("OfferPosted")] == [
        "Brötchen für das Fest",
        "Backkurs",
    ]


def test_lines_that_cannot_be_read_are_reported_with_those_that_are_refused_in_the_order_of_the_file(
    office: Office,
) -> None:
    office.take(ORGANISATIONS)
    lines = OFFERS.splitlines()
    broken = "\n".join([lines[0], lines[2], "A-8;O-1;Tausch;Rad;Unsinn;1;;;23.08.2016", lines[4], lines[1]])
    report = office.take(broken)
    assert [(line.line, line.column) for line in report.rejected] == [
        (2, "Organisation"),
        (3, "Kategorie"),
        (4, "Plätze"),
    ]
    assert counts_of(report) == (1, 0, 0, 3)


def test_a_rehearsal_says_what_the_import_will_say_and_writes_nothing(office: Office) -> None:
    two = ENGAGEMENTS + "F-2;E-1;FW-008;11.08.2016;;;;\n"
    office.take_all(ORGANISATIONS, VOLUNTEERING)
    before = office.records()
    rehearsed = [office.take(content, dry_run=True) for content in (OFFERS, two)]
    assert office.records() == before
    assert [office.take(content) for content in (OFFERS, two)] == rehearsed
    assert rehearsed[1].rejected == [
        RejectedLine(
            line=3,
            column="Angebot",
            reason=rehearsed[1].rejected[0].reason,
        )
    ]
    assert office.records() != before


def test_a_row_is_taken_whole_or_not_at_all(office: Office) -> None:
    office.take_all(ORGANISATIONS, JOBS)
    before = office.records()
    report = office.take(
        "Nr.;Stelle;TN-Nr.;Vorschlag am;Vertrag am;Arbeitsaufnahme;Laufzeit\n"
        "V-1;ST-2;TN-1;05.08.2018;10.08.2018;01.10.2018;3\n"
    )
    assert [(line.line, line.column) for line in report.rejected] == [(2, "Laufzeit")]
    assert "entry_qualification_lasts_as_long_as_allowed" in report.rejected[0].reason
    assert office.records() == before


def test_what_a_rejected_row_would_have_taken_is_free_for_the_next_one(office: Office) -> None:
    office.take_all(ORGANISATIONS, VOLUNTEERING)
    first_starts_tomorrow = (
        ENGAGEMENTS.replace("01.09.2016", "11.01.2020") + "F-2;E-1;FW-008;11.08.2016;;;;\n"
    )
    rehearsed = office.take(first_starts_tomorrow, dry_run=True)
    assert rehearsed == office.take(first_starts_tomorrow)
    assert counts_of(rehearsed) == (1, 0, 0, 1)
    assert [(line.line, line.column) for line in rehearsed.rejected] == [(2, "Beginn")]


def test_an_import_that_was_interrupted_goes_on_where_it_stopped(tmp_path: Path) -> None:
    class PulledPlug(Exception):  # noqa: N818 - what happened
        pass

    def pull(done: int, _: int) -> None:
        if done == 2:
            raise PulledPlug

    files = (ORGANISATIONS, VOLUNTEERING, ENGAGEMENTS)
    whole, interrupted = (Office(tmp_path / name) for name in "ab")
    whole.take_all(*files)
    with pytest.raises(PulledPlug):
        interrupted.take(ORGANISATIONS, progress=pull)
    assert counts_of(interrupted.take(ORGANISATIONS)) == (1, 0, 2, 0)
    interrupted.take_all(*files)
    assert interrupted.counts() == whole.counts()


def test_progress_is_told_row_by_row(office: Office) -> None:
    steps: list[tuple[int, int]] = []
    office.take(ORGANISATIONS, progress=lambda done, all_rows: steps.append((done, all_rows)))
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_an_organisation_that_the_file_has_as_not_checked_may_not_post_yet(office: Office) -> None:
    office.take("Nr.;Name;Sektor;Stadtteil;geprüft\nO-1;Bäckerei Blau;Unternehmen;Barmen;nein\n")
    report = office.take(OFFERS)
    assert (report.rejected[0].line, report.rejected[0].column) == (2, "Organisation")
    assert "organisation_is_verified" in report.rejected[0].reason
    office.take("Nr.;Name;Sektor;Stadtteil;geprüft\nO-1;Bäckerei Blau;Unternehmen;Barmen;ja\n")
    assert counts_of(office.take(OFFERS))[0] == 2


def test_a_row_may_name_an_organisation_by_its_name_unless_two_have_it(office: Office) -> None:
    office.take(ORGANISATIONS)
    by_name = OFFERS.replace(";O-1;", ";Baeckerei BLAU;")
    assert counts_of(office.take(by_name))[0] == 2
    office.take(ORGANISATIONS.replace("O-3;Grüne Pause", "O-4;Bäckerei Blau"))
    report = office.take(by_name.replace("A-1;", "B-1;"))
    assert report.rejected[0].reason.startswith("'Baeckerei BLAU' is the name of 2 organisations")


def test_a_market_day_comes_from_the_city_file_with_its_gongs_and_another_one_is_rejected(
    office: Office,
) -> None:
    office.take_all(ORGANISATIONS)
    days = {event.data.held_on: event.data for event in office.events("MarketDayScheduled")}
    assert days[date(2016, 9, 23)].trading_opens_at == datetime(2016, 9, 23, 15, tzinfo=UTC)
    attended = office.events("MarketDayParticipantAttended")
    assert [event.time.date() for event in attended] == [
        date(2016, 9, 23),
        date(2016, 9, 23),
        date(2018, 9, 28),
    ]
    report = office.take("Nr.;Name;Sektor;Stadtteil;Marktplatz\nO-5;Rad;Initiative;Barmen;24.12.2017\n")
    assert report.rejected == [
        RejectedLine(
            line=2,
            column="Marktplatz",
            reason="'2017-12-24' is not a known market day; known are: 2016-09-23, 2018-09-28",
        )
    ]


def test_a_day_that_is_recorded_is_not_corrected_by_a_file(office: Office) -> None:
    office.take(ORGANISATIONS)
    report = office.take(ORGANISATIONS.replace("01.07.2016", "05.07.2016"))
    assert report.rejected == [
        RejectedLine(
            line=2,
            column="aufgenommen am",
            reason="says 05.07.2016, but 01.07.2016 is recorded; what has happened stays as it is",
        )
    ]


def test_the_documentation_names_every_kind_with_the_columns_that_it_needs() -> None:
    lines = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8").splitlines()
    for name, kind in KINDS.items():
        (line,) = [line for line in lines if line.startswith(f"| `{name}` |")]
        needed = {f"`{field.titles[0]}`" for field in kind.fields[1:] if field.required}
        assert {column for column in needed if column not in line} == set(), name


@pytest.mark.parametrize("kind", ["partnerships", "participants"])
def test_kinds_for_which_there_are_no_events_yet_are_refused_by_name(office: Office, kind: str) -> None:
    with pytest.raises(FileRefused, match=f"'{kind}' are not yet importable"):
        office.take(ORGANISATIONS, kind)
    assert office.events() == []


def test_a_file_with_a_personal_column_is_refused_naming_it_and_nothing_is_written(office: Office) -> None:
    office.take_all(ORGANISATIONS, VOLUNTEERING)
    before = office.records()
    for heading in ("Nachname", "Geburtsdatum", "Telefon", "Förderinstrument"):
        with pytest.raises(FileRefused) as refused:
            office.take(ENGAGEMENTS.replace(";Grund\n", f";Grund;{heading}\n"), "engagements")
        assert refused.value.columns == (heading,)
        assert heading in refused.value.sentence
    assert office.records() == before


def test_the_number_that_a_list_gives_a_person_is_in_no_record_and_leads_to_no_id(
    tmp_path: Path,
) -> None:
    offices = [Office(tmp_path / name) for name in ("a", "b")]
    for office in offices:
        office.take_all(ORGANISATIONS, VOLUNTEERING, ENGAGEMENTS)
        assert b"FW-007" not in b"\n".join(office.records())
    persons = {office.events("PersonRegistered")[0].noun_id for office in offices}
    assert len(persons) == 2


@pytest.mark.parametrize(
    ("now", "today", "tomorrow"),
    [
        (datetime(2026, 12, 31, 22, 30, tzinfo=UTC), "31.12.2026", "01.01.2027"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "01.01.2027", "02.01.2027"),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "02.07.2026", "03.07.2026"),
    ],
)
def test_a_file_speaks_of_days_in_the_city(office: Office, now: datetime, today: str, tomorrow: str) -> None:
    office.instance.now.set(now)
    head = "Nr.;Name;Sektor;Stadtteil;aufgenommen am\n"
    report = office.take(
        f"{head}O-1;Heute;Initiative;Barmen;{today}\nO-2;Morgen;Initiative;Barmen;{tomorrow}\n"
    )
    assert [(line.line, line.reason) for line in report.rejected] == [(3, "lies in the future")]
    (registered,) = office.events("OrganisationRegistered")
    assert registered.time <= now
    corrected = office.take(f"{head}O-1;Heute;Initiative;Barmen;{tomorrow}\n")
    assert f"{today} is recorded" in corrected.rejected[0].reason
