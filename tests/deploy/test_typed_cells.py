"""Are texts, words, amounts and years read as people type them, whatever a program put around them?"""

import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from deploy.intake.kinds import KINDS
from shared.kernel.text import in_lines, in_one_line
from shared.tabular import cells
from shared.tabular.cells import CellRefused
from shared.tabular.lines import RejectedLine
from shared.tabular.rows import Row, parse_rows
from shared.tabular.tables import read_table

HEADER = "Nr.;Einsatz;Datum;Stunden;bestätigt am;anrechenbar"
TODAY = date(2020, 1, 10)


def parsed(folder: Path, kind: str, *lines: str) -> tuple[list[Row], list[RejectedLine]]:
    """What these lines of a file hold."""
    path = folder / "file.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return parse_rows(read_table(path), KINDS[kind], TODAY)


# --- what stands in a cell and is no value -------------------------------------------------------
@pytest.mark.parametrize(
    "cell",
    [
        *(
            "",
            "  ",
            "\u200b",
            "\u00a0\u3164",
            "-",
            "--",
            "---",
            "–",
            "—",
            "\u2212",
            ".",
            "...",
            "…",
            "./.",
            "?",
            "??",
            "/",
        ),
        *("K.A.", "k. A.", "k.A", "k/A", "keine Angabe", "Keine Angaben", "ohne Angabe", "o. A."),
        *(
            "n. bek.",
            "n.bek.",
            "nicht bekannt",
            "unbekannt",
            "n. b.",
            "N/A",
            "n.a.",
            "#N/A",
            "#NV",
            "NaN",
            "NULL",
        ),
    ],
)
def test_words_for_missing_are_no_value(tmp_path: Path, cell: str) -> None:
    header = "Nr.;Name;Sektor;Stadtteil;Rechtsform;gemeinnützig;aufgenommen am"
    (row,), rejected = parsed(
        tmp_path, "organisations", header, f"O1;Name;Schule;Barmen;{cell};{cell};{cell}"
    )
    assert rejected == []
    assert [row.values[name] for name in ("legal_form", "charitable", "registered_on")] == [None, None, None]
    _, (refused,) = parsed(tmp_path, "organisations", header, f"O1;{cell};Schule;Barmen;;;")
    assert refused == RejectedLine(line=2, column="Name", reason="is empty and must be filled")


@pytest.mark.parametrize("cell", ["KA", "nb", "o", "None Such e.V.", "Nichts", "-1-", "A/B"])
def test_what_only_looks_like_missing_is_a_text(tmp_path: Path, cell: str) -> None:
    header = "Nr.;Name;Sektor;Stadtteil"
    (row,), _ = parsed(tmp_path, "organisations", header, f"O1;{cell};Schule;Barmen")
    assert row.values["name"] == cell


def test_a_question_mark_is_an_answer_where_the_list_has_it(tmp_path: Path) -> None:
    header = "Nr.;Stelle;TN-Nr.;Vorschlag am;Verbleib 3;Verbleib 6"
    (row,), _ = parsed(tmp_path, "placements", header, "P1;S1;TN-1;10.03.2018;?;unbekannt")
    assert (row.values["retention_3"], row.values["retention_6"]) == ("unknown", "unknown")


@pytest.mark.parametrize(
    "cell",
    [
        *("#DIV/0!", "#WERT!", "#VALUE!", "#BEZUG!", "#REF!", "#NAME?", "#ZAHL!", "#NUM!", "#NULL!"),
        *("#ÜBERLAUF!", "#SPILL!", "#KALK!", "#GETTING_DATA", "Err:502", "Fehler:502", "####"),
    ],
)
def test_the_error_of_a_formula_names_its_cell(tmp_path: Path, cell: str) -> None:
    header = "Nr.;Name;Sektor;Stadtteil;aufgenommen am"
    _, rejected = parsed(tmp_path, "organisations", header, f"O1;{cell};Schule;Barmen;1.7.2016")
    reason = f"holds {cell}, the error of a formula or of a column too narrow; mend it in the sheet"
    assert rejected == [RejectedLine(line=2, column="Name", reason=reason)]


def test_the_error_of_a_formula_in_a_workbook_names_its_cell_and_an_unread_column_none(
    tmp_path: Path,
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nr.", "Name", "Sektor", "Stadtteil", "Notiz"])
    sheet.append(["O1", "Name", "Schule", "#N/A", ""])
    sheet.append(["O2", "Name", "Schule", "#WERT!", ""])
    sheet.append(["O3", "Name", "Schule", "Barmen", "#DIV/0!"])
    for cell in ("D2", "D3", "E4"):
        sheet[cell].data_type = "e"
    book.save(tmp_path / "file.xlsx")
    rows, rejected = parse_rows(read_table(tmp_path / "file.xlsx"), KINDS["organisations"], TODAY)
    assert [row.key for row in rows] == ["O3"]
    assert [(line.line, line.column, line.reason.split(",")[0]) for line in rejected] == [
        (2, "Stadtteil", "is empty and must be filled"),
        (3, "Stadtteil", "holds #WERT! (cell D3)"),
    ]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ('"=""0012"""', "0012"),
        ('"=""a """"b"""" c"""', 'a "b" c'),
        ("eins_x000D_", "eins"),
        ("A_x005F_x000D_B", "A_x000D_B"),
        ("A_x0041_B", "A_x0041_B"),
        ("Cafe\u0301\u200b \u00a0Ölberg\ufeff", "Café Ölberg"),
        ("Back\x07kurs\x1b", "Backkurs"),
        ("Bar\x0bmen", "Bar men"),
        ("\u202eredro\u202c", "redro"),
    ],
)
def test_a_text_is_kept_in_one_form(tmp_path: Path, cell: str, kept: str) -> None:
    (row,), _ = parsed(tmp_path, "organisations", "Nr.;Name;Sektor;Stadtteil", f"O1;{cell};Schule;Barmen")
    assert row.values["name"] == kept


@given(st.text(max_size=40))
def test_the_form_of_a_text_has_a_form_that_is_itself(text: str) -> None:
    for form in (in_one_line, in_lines):
        assert form(form(text)) == form(text)
        assert unicodedata.is_normalized("NFC", form(text))


# --- ticks, amounts, years --------------------------------------------------------------------------
@pytest.mark.parametrize("cell", ["☑", "☒", "✔", "✔\ufe0f", "✓", "✅", "x", "X", "[x]", "(X)", "ja", "Ja "])
def test_a_tick_is_yes(tmp_path: Path, cell: str) -> None:
    (row,), _ = parsed(tmp_path, "hours", HEADER, f"S1;E7;23.09.2016;2,5;;{cell}")
    assert row.values["eligible"] is True


@pytest.mark.parametrize("cell", ["☐", "□", "⬜", "[ ]", "[]", "( )", "nein", "NEIN"])
def test_an_empty_box_is_no(tmp_path: Path, cell: str) -> None:
    (row,), _ = parsed(tmp_path, "hours", HEADER, f"S1;E7;23.09.2016;2,5;;{cell}")
    assert row.values["eligible"] is False


@pytest.mark.parametrize("cell", ["✗", "✘", "❌", "vielleicht"])
def test_a_mark_that_may_mean_either_is_refused(tmp_path: Path, cell: str) -> None:
    _, (refused,) = parsed(tmp_path, "hours", HEADER, f"S1;E7;23.09.2016;2,5;;{cell}")
    assert (refused.column, "neither yes nor no" in refused.reason) == ("anrechenbar", True)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("EUR 12,50", "12.50"),
        ("€ 12,50", "12.50"),
        ("€12.50", "12.50"),
        ("12,- €", "12"),
        ("12,-", "12"),
        ("12,--", "12"),
        ("12,– €", "12"),
        ("12.-", "12"),
        ("-,50 €", "0.50"),
        ("–,50", "0.50"),
        ("12.345,00 €", "12345.00"),
        ("EUR 1.234,-", "1234"),
        ("12,50 EUR/Std.", "12.50"),
        ("12,50 € pro Stunde", "12.50"),
        ("12,50 Euro je Std.", "12.50"),
    ],
)
def test_an_amount_is_read_as_people_write_it(cell: str, number: str) -> None:
    assert cells.decimal(cell) == Decimal(number)


@pytest.mark.parametrize(
    "cell", ["CHF 12,50", "12 $", "12,50 - 13,00", "12,-,-", "EUR", "-,-", "1E+05", "\u22125", "–5 €"]
)
def test_what_is_no_amount_in_euros_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused):
        cells.decimal(cell)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("23.9.16", date(2016, 9, 23)),
        ("Fr, 23.09.16", date(2016, 9, 23)),
        ("23.09.16 18:30", date(2016, 9, 23)),
        ("31.12.98", date(1998, 12, 31)),
        ("31.12.31", date(1931, 12, 31)),
        ("31.12.30", date(2030, 12, 31)),
        ("1.1.00", date(2000, 1, 1)),
    ],
)
def test_a_year_in_two_digits_never_lies_far_ahead(tmp_path: Path, cell: str, day: date) -> None:
    header = "Nr.;Organisation;Art;Gesuch;Kategorie;eingestellt am;gewünscht ab"
    (row,), _ = parsed(tmp_path, "needs", header, f'G1;O1;Tausch;Rad;Sachmittel;1.9.2016;"{cell}"')
    assert row.values["wanted_from"] == day


def test_a_year_in_two_digits_counts_in_a_list_of_days_too(tmp_path: Path) -> None:
    header = "Nr.;Name;Sektor;Stadtteil;Teilnahme Marktplatz"
    (row,), _ = parsed(tmp_path, "organisations", header, 'O1;N;Schule;Barmen;"23.9.16, 28.09.2018, M-3"')
    assert row.values["attended"] == ("2016-09-23", "2018-09-28", "M-3")
