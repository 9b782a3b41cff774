"""Does a cell mean what the person meant, and does a line that can't be meant say so by number, column and reason?"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.intake.kinds import KINDS
from services.marketplace.importing.offer import kldb
from shared.tabular import cells
from shared.tabular.cells import CellRefused
from shared.tabular.lines import FileRefused, RejectedLine
from shared.tabular.rows import Row, parse_rows
from shared.tabular.tables import read_table

TODAY = date(2020, 1, 10)

HEADER = "Nr.;Einsatz;Datum;Stunden;bestätigt am;anrechenbar"


def parsed(folder: Path, kind: str, *lines: str) -> tuple[list[Row], list[RejectedLine]]:
    """What these lines of a file hold."""
    path = folder / "file.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return parse_rows(read_table(path), KINDS[kind], TODAY)


def test_a_row_has_its_key_its_line_and_a_typed_value_for_every_other_field(tmp_path: Path) -> None:
    rows, rejected = parsed(tmp_path, "hours", HEADER, "S1;E7;23.09.2016;2,5;;ja")
    assert rows == [
        Row(
            key="S1",
            line=2,
            values={
                "engagement": "E7",
                "on": date(2016, 9, 23),
                "hours": Decimal("2.5"),
                "confirmed_on": None,
                "eligible": True,
            },
        )
    ]
    assert rejected == []


def test_a_field_without_column_or_with_an_empty_cell_has_its_default(tmp_path: Path) -> None:
    header = "Nr.;Organisation;Art;Angebot;Kategorie;eingestellt am;Plätze;Fähigkeiten"
    rows, _ = parsed(tmp_path, "offers", header, "A1;O1;Tausch;Beratung;Know-how;1.9.2016;-;k.A.")
    assert rows[0].values["places"] == 1
    assert rows[0].values["skills"] == ()
    assert rows[0].values["district"] is None
    assert set(rows[0].values) == {field.name for field in KINDS["offers"].fields} - {"key"}


def test_a_row_of_offers_has_enum_values_lists_and_decimals(tmp_path: Path) -> None:
    rows, rejected = parsed(
        tmp_path,
        "offers",
        "Nr.;Betrieb;Art;Stelle;Kategorie;Eingang;Stellenart;Std./Woche;Stundenlohn;Monate;KldB;zusätzlich;Stichworte",
        "S1;O1;Arbeit;Küchenhilfe;helfende Hände;01.09.2017;Stelle;19,5;8,84 €;24;29301;x;Küche, Spülen,Küche",
    )
    assert rejected == []
    expected = {
        "kind": "work",
        "category": "helping_hands",
        "work_form": "job",
        "hours_per_week": Decimal("19.5"),
        "pay_per_hour": Decimal("8.84"),
        "term_months": 24,
        "kldb": "29301",
        "additional": True,
        "skills": ("Küche", "Spülen"),
    }
    assert {name: rows[0].values[name] for name in expected} == expected
    assert type(rows[0].values["kind"]) is str


def test_a_line_with_several_faults_is_one_rejected_line_naming_each_column(tmp_path: Path) -> None:
    _, rejected = parsed(tmp_path, "hours", HEADER, "S1;;31.02.2017;viel;;vielleicht")
    assert rejected == [
        RejectedLine(
            line=2,
            column="Einsatz",
            reason="is empty and must be filled; 'Datum' '31.02.2017' is not a day of the calendar; "
            "'Stunden' 'viel' is not a number; write it like 1234,5; "
            "'anrechenbar' 'vielleicht' is neither yes nor no; write 'ja' or 'nein'",
        )
    ]


def test_a_key_used_twice_rejects_the_later_line_naming_the_earlier_even_when_that_was_rejected(
    tmp_path: Path,
) -> None:
    rows, rejected = parsed(
        tmp_path,
        "hours",
        HEADER,
        "S1;E1;1.2.2017;2",
        "S2;E1;never;2",
        "S1;E1;2.2.2017;2",
        " S2 ;E1;2.2.2017;2",
    )
    assert [row.line for row in rows] == [2]
    assert [(line.line, line.column, line.reason) for line in rejected[1:]] == [
        (4, "Nr.", "'S1' is the key of line 2 already"),
        (5, "Nr.", "'S2' is the key of line 3 already"),
    ]


def test_broken_lines_of_the_file_are_among_the_rejected_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows, rejected = parsed(
        tmp_path, "hours", HEADER, "S1;E1;bad;2", "S2;E1;1.2.2017;2;;ja;more", "S3;;1.2.2017;2", ""
    )
    assert rows == []
    assert [(line.line, line.column) for line in rejected] == [(2, "Datum"), (3, None), (4, "Einsatz")]


def test_empty_lines_are_ignored_and_blanks_that_do_not_break_are_blanks(tmp_path: Path) -> None:
    rows, rejected = parsed(
        tmp_path, "hours", HEADER, ";;;;;", "", "S1\u00a0;\u00a0E1;1.2.2017;2\u202f000,5;\u00a0", " ; "
    )
    assert rejected == []
    assert (rows[0].key, rows[0].values["engagement"], rows[0].values["hours"]) == (
        "S1",
        "E1",
        Decimal("2000.5"),
    )


def test_dates_against_their_order_reject_the_line_at_the_later_one(tmp_path: Path) -> None:
    _, rejected = parsed(tmp_path, "hours", HEADER, "S1;E1;02.03.2017;2;01.03.2017;ja")
    assert rejected == [
        RejectedLine(line=2, column="bestätigt am", reason="01.03.2017 lies before 'Datum', 02.03.2017")
    ]


def test_a_file_with_a_personal_column_yields_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="Telefon"):
        parsed(tmp_path, "hours", f"{HEADER};Telefon", "S1;E1;1.2.2017;2")


def test_a_person_is_a_number_of_the_file_and_never_a_name(tmp_path: Path) -> None:
    header = "Nr.;Angebot;Freiwillige;vermittelt am"
    rows, rejected = parsed(
        tmp_path, "engagements", header, "E1;A1;FW-012;1.2.2017", "E2;A1;Meier, Petra;1.2.2017"
    )
    assert [row.values["volunteer"] for row in rows] == ["FW-012"]
    assert rejected[0].column == "Freiwillige"
    assert "could be a name" in rejected[0].reason


@pytest.mark.parametrize("number", ["17", "TN-0412", "FW 2017/03", "P3a", "FW-TN-12", "2017-001", "4.12"])
def test_a_number_of_the_files_own_is_taken_as_it_stands(number: str) -> None:
    assert cells.own_number(f" {number} ") == number


@pytest.mark.parametrize(
    "name", ["Petra", "P. Meier", "Meier2", "PetraM1985", "Anna 1985", "12.03.1985", "1985-03-12", "1 Petra"]
)
def test_a_number_that_could_be_a_name_or_a_birth_date_is_refused(name: str) -> None:
    with pytest.raises(CellRefused, match="could be a"):
        cells.own_number(name)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("2,5", "2.5"), ("1.234", "1234"), ("1.234,50", "1234.50"), ("12.345.678", "12345678"), ("0.125", "0.125"),
        ("12.50", "12.50"), ("1,250", "1.250"), ("1,234.50", "1234.50"), ("8,84 €", "8.84"), ("€ 9,19", "9.19"),
        ("10 EUR/h", "10"), ("30 Std./Woche", "30"), ("1 234,5", "1234.5"), ("1'234", "1234"), ("007", "7"),
    ],
)  # fmt: skip
def test_a_number_is_read_the_german_way_and_the_english_where_only_that_can_be_meant(
    cell: str, number: str
) -> None:
    assert cells.decimal(cell) == Decimal(number)


@pytest.mark.parametrize(
    "cell", ["", "viel", "-2", "1,2,3", "1.23.4", "2-3", "NaN", "1e5", "Infinity", "ca. 3", ",", "2,5,"]
)
def test_what_is_no_number_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused):
        cells.decimal(cell)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_any_number_written_the_german_way_is_read_as_itself(number: Decimal) -> None:
    plain = f"{number}".replace(".", ",")
    grouped = f"{number:,}".translate(str.maketrans(",.", ".,"))
    assert cells.decimal(plain) == cells.decimal(grouped) == number


@pytest.mark.parametrize(
    ("cell", "hours"), [("2:30", "2.50"), ("0:20", "0.33"), ("26:15", "26.25"), ("2,75 Std.", "2.75")]
)
def test_hours_may_be_written_as_on_a_clock(cell: str, hours: str) -> None:
    assert cells.hours(cell) == Decimal(hours)


@pytest.mark.parametrize(
    "cell",
    [
        "23.09.2016",
        "23. 9. 2016",
        "Fr, 23.09.2016",
        "2016-09-23",
        "2016-09-23 18:30:00",
        "23.09.2016 18:30",
    ],
)
def test_a_date_is_read_in_german_and_in_iso_form(cell: str) -> None:
    assert cells.day(cell) == date(2016, 9, 23)
    assert cells.day_or_key(cell) == "2016-09-23"


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_any_date_is_read_as_itself(day: date) -> None:
    assert cells.day(f"{day.day}.{day.month}.{day.year}") == cells.day(day.isoformat()) == day


@pytest.mark.parametrize(
    "cell", ["", "42636", "31.02.2017", "2017-13-01", "09/23/2016", "Sept. 2016", "1.1.0216", "bald"]
)
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused):
        cells.day(cell)


def test_a_market_day_may_have_another_key_than_its_date() -> None:
    assert cells.day_or_key("  Marktplatz   2016 ") == "Marktplatz 2016"


@pytest.mark.parametrize(
    ("cell", "answer"), [("ja", True), ("X", True), ("Ja ", True), ("nein", False), ("0", False)]
)
def test_yes_and_no_are_read_in_german_and_english(cell: str, answer: bool) -> None:
    assert cells.yes_or_no(cell) is answer


@pytest.mark.parametrize(("cell", "code"), [("29301", "29301"), ("B 29301", "29301"), ("293-01", "29301")])
def test_a_kldb_code_has_five_digits(cell: str, code: str) -> None:
    assert kldb(cell) == code


@pytest.mark.parametrize("cell", ["2930", "29305", "29300", "293012", "Koch"])
def test_a_kldb_code_without_five_digits_or_level_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused):
        kldb(cell)


@pytest.mark.parametrize(
    "cell", ["bei petra@example.org melden", "Tel. 0202 123456", "mobil: +49 170 1234567", "x" * 2001]
)
def test_a_text_that_tells_how_to_reach_somebody_or_never_ends_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused):
        cells.text(cell)


def test_a_text_keeps_its_lines_and_loses_its_spare_blanks() -> None:
    assert cells.text("  Tel. nach Absprache \n  ab 18 Uhr  ") == "Tel. nach Absprache\nab 18 Uhr"
    assert cells.line_of_text(" zwei \n Zeilen ") == "zwei Zeilen"
    with pytest.raises(CellRefused, match="200"):
        cells.line_of_text("x" * 201)


def test_counts_begin_at_one_and_are_whole() -> None:
    assert cells.count("2,0") == 2
    for cell in ("0", "1,5"):
        with pytest.raises(CellRefused):
            cells.count(cell)
