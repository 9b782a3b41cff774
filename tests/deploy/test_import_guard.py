"""Does the same guard stand at the entrance for files? What a row asks for holds its schema, or is a rejected line."""

import pytest

from deploy.intake.apply import import_file
from deploy.intake.example import example_rows, write_example
from deploy.intake.kinds import KINDS
from shared.tabular.fields import Kind
from shared.tabular.lines import RejectedLine
from shared.tabular.meaning import shown
from tests.deploy.office import ORGANISATIONS, TODAY, Office
from tests.published import assert_hold_their_schemas

OFFERS = (
    "Nr.;Organisation;Art;Angebot;Kategorie;Fähigkeiten;Stellenart;Std./Woche;Laufzeit;Stundenlohn;"
    "eingestellt am\n"
)
WAGE = 99_999_999_999_999
KEYWORDS = ", ".join(f"Wort{number}" for number in range(120))


@pytest.fixture
def manned(office: Office) -> Office:
    """An office whose organisations are known."""
    office.take_all(ORGANISATIONS)
    return office


def test_a_wage_of_a_hundred_billion_is_a_line_with_its_column(manned: Office) -> None:
    row = f"A-1;O-1;Arbeit;Schlosser;Helfende Hände;;Stelle;30;24;{WAGE};01.08.2016\n"
    report = manned.take(OFFERS + row)
    reason = f"'{WAGE}' is not possible: from 0 to 1000, with up to 4 decimals, such as 12.5"
    assert report.rejected == [RejectedLine(line=2, column="Stundenlohn", reason=reason)]
    assert_hold_their_schemas(manned.records())


def test_120_keywords_are_a_line_with_its_column(manned: Office) -> None:
    report = manned.take(f"{OFFERS}A-1;O-1;Tausch;Backkurs;Know-how;{KEYWORDS};;;;;01.08.2016\n")
    reason = "is not possible: at most 100 entries"
    assert report.rejected == [RejectedLine(line=2, column="Fähigkeiten", reason=reason)]
    assert_hold_their_schemas(manned.records())


def test_control_characters_in_a_title_never_reach_the_log(manned: Office) -> None:
    manned.take(f"{OFFERS}A-1;O-1;Tausch;Back\x07kurs\x1b;Know-how;;;;;;01.08.2016\n")
    assert not any(b"\\u0007" in record for record in manned.records())
    assert_hold_their_schemas(manned.records())


def test_what_a_file_calls_otherwise_is_named_as_the_file_does(manned: Office) -> None:
    report = manned.take(
        "Nr.;Partner A;Partner B;Kategorie A;Leistung A;Kategorie B;Leistung B;Stunden B;geschlossen am\n"
        "V-1;O-1;O-2;Know-how;Kurs;Know-how;Kurs;0,00001;05.08.2016\n"
    )
    assert [(line.line, line.column) for line in report.rejected] == [(2, "Stunden B")]


def test_a_rehearsal_says_the_same(manned: Office) -> None:
    content = f"{OFFERS}A-1;O-1;Tausch;Backkurs;Know-how;{KEYWORDS};;;;;01.08.2016\n"
    rehearsed = manned.take(content, dry_run=True)
    assert rehearsed.rejected == manned.take(content).rejected != []


ODD_CELLS = (
    str(WAGE),
    KEYWORDS,
    "1000,00001",
    "0",
    "1E+30",
    "99999",
    "x" * 201,
    "zwei\nZeilen\x07 \x1b\u200b\u2028",
    "\u3164\u2800",
)


def written(cells: list[str]) -> str:
    """A line of a file, each cell in quotes."""
    return ";".join('"' + cell.replace('"', '""') + '"' for cell in cells)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_whatever_a_file_holds_the_records_hold_their_schemas(office: Office, kind: Kind) -> None:
    """The examples of the kinds before it, and then its own with an odd cell in every place."""
    header = written([field.titles[0] for field in kind.fields])
    for earlier in list(KINDS.values())[: list(KINDS).index(kind.name)]:
        example = office.desk / f"{earlier.name}.xlsx"
        write_example(earlier, example, today=TODAY.date(), district="Barmen")
        import_file(office.instance, example, earlier.name)
    rows = [
        [shown(value, field.parse) for value, field in zip(row, kind.fields, strict=True)]
        for row in example_rows(kind, today=TODAY.date(), district="Barmen")
    ]
    n_before = len(office.records())
    office.take("\n".join([header, *map(written, rows)]), kind.name)
    assert len(office.records()) > n_before
    odd = [
        [f"N-{at}-{number}-{n_row}", *row[1:at], cell, *row[at + 1 :]]
        for n_row, row in enumerate(rows)
        for at in range(1, len(row))
        for number, cell in enumerate(ODD_CELLS)
    ]
    assert office.take("\n".join([header, *map(written, odd)]), kind.name).rejected
    assert_hold_their_schemas(office.records())
