"""Is one file with every oddity that offices send read, or explained line by line? Once as text, once as a workbook."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from shared.tabular.report import Report
from tests.deploy.office import ORGANISATIONS, Office

HEAD = (
    "Angebots-Nr. *",
    "1. Organisations-Nr.",
    "Art²",
    "Angebot",
    "",
    '"Kate-\ngorie"',
    "eingestellt am",
    "Stellenart",
    "Std./Woche",
    "Stundenlohn in €",
    "zusätzlich",
    "mit Minderjährigen",
    "Beschreibung",
)
JOB = "O-1;Arbeit;{title};;Helfende Hände;{on};Stelle;{hours};{pay};{yes};;{text}"


def job(key: str, title: str = "Backhilfe", **cells: str) -> str:
    """A line about a job."""
    texts = {"on": "01.03.2018", "hours": "30", "pay": "12,50", "yes": "ja", "text": "", **cells}
    return f"{key};{JOB.format(title=title, **texts)}"


TEXT: tuple[tuple[str, str], ...] = (
    ("sep=;", "\r\n"),
    ("Liste der Angebote;;;;Stand: 01.04.2024", "\n"),
    ("", "\r"),
    (";".join(HEAD), "\r\n"),
    ("Bäckerei Blau;;;;;;;;;;;;", "\r"),
    (job("A-1", "Ba\u0308ckerei\u200b\u00ad", on="1.3.18", pay="EUR 12,50", yes="☑"), "\r\r\n"),
    (
        job('="0012"', "Back\u00a0hilfe_x000D_", hours="30:00", pay="12,- €", yes="☐", text="\tzwei  Worte "),
        "\n",
    ),
    (job("A-3", "Teigmacher", on="31.12.98", pay="1.000,00 €", yes="✔"), "\n"),
    (job("A-4", "Ofenhilfe", pay="K.A.", yes="n. bek.", text="./."), "\n"),
    (job("A-5", "\u200b\u2060"), "\n"),
    (job("A-6", pay="#DIV/0!"), "\n"),
    (job("A-7", hours="#WERT!"), "\n"),
    (job("A-8", on="43160"), "\n"),
    (job("A-9", '"offen'), "\n"),
    (job("A-10", yes="vielleicht"), "\n"),
    ("Zwischensumme;;;10;;;;;;;;;", "\n"),
    ("\ufeff" + ";".join(HEAD), "\n"),
    (job("A-11", '"zwei\nZeilen"', yes="☒") + ";;;", "\n"),
    (job("A-1", "Noch einmal"), "\n"),
    (job("A-12", "zu breit") + ";;;x", "\n"),
    ("Summe;;;12;;;;;;;;;", "\n"),
    ("* Pflichtfeld", "\n"),
    ("", "\n"),
    ("Nr.;Organisation;Gesuch;Kategorie;eingestellt am", "\n"),
    ("G-1;O-2;Tische;Sachmittel;01.03.2018", "\n"),
    ("\x1a", ""),
)


def accounted_for(report: Report) -> set[int]:
    """The lines that the report explains: those that are rejected, and those in its notes."""
    return {line.line for line in report.rejected} | {
        line for note in report.notes for line in _lines_in(note)
    }


def _lines_in(note: str) -> Iterator[int]:
    named = re.match(r"Lines? ([\d, and to]+)", note)
    for first, last in re.findall(r"(\d+)(?: to (\d+))?", named[1] if named else ""):
        yield from range(int(first), int(last or first) + 1)


def reasons(report: Report) -> list[tuple[int, str | None, str]]:
    """The rejected lines; of each reason the beginning."""
    return [(line.line, line.column, line.reason.split(";")[0]) for line in report.rejected]


@pytest.fixture
def office_with_organisations(office: Office) -> Office:
    """An office whose organisations are imported."""
    office.take_all(ORGANISATIONS)
    return office


def test_a_text_file_with_every_oddity_is_read_or_explained_line_by_line(
    office_with_organisations: Office,
) -> None:
    office = office_with_organisations
    content = "".join(text + end for text, end in TEXT)
    report = office.take(content)
    assert reasons(report) == [
        (11, "Angebot", "is empty and must be filled"),
        (12, "Stundenlohn in €", "holds #DIV/0!, the error of a formula or of a column too narrow"),
        (13, "Std./Woche", "holds #WERT!, the error of a formula or of a column too narrow"),
        (14, "eingestellt am", "'43160' is not a date"),
        (15, None, "opens a quotation mark that is never closed"),
        (16, "zusätzlich", "'vielleicht' is neither yes nor no"),
        (22, "Angebots-Nr. *", "'A-1' is the key of line 7 already"),
        (23, None, "has 16 cells, the header has 13"),
        (27, None, "begins another table, of needs, which is not read (1 line)"),
    ]
    assert report.notes == [
        "Line 2 lies above the header and is not read.",
        "Line 18 repeats the header and is not read.",
        "Lines 17 and 24 hold totals and are not read.",
        "Line 6 holds only 'Bäckerei Blau' and is not read.",
        "Line 25 holds only '* Pflichtfeld' and is not read.",
    ]
    assert report.unread == []
    assert [_seen(event) for event in office.events("OfferPosted")] == [
        ("Bäckerei", date(2018, 3, 1), "12.50", "30", True, ""),
        ("Back hilfe", date(2018, 3, 1), "12", "30.00", False, "zwei Worte"),
        ("Teigmacher", date(1998, 12, 31), "1000.00", "30", True, ""),
        ("Ofenhilfe", date(2018, 3, 1), "None", "30", False, ""),
        ("zwei Zeilen", date(2018, 3, 1), "12.50", "30", True, ""),
    ]
    read, empty, second_halves, below_another_table = {7, 8, 9, 10, 20}, {1, 3, 26}, {5, 19, 21}, {28}
    header = {4}
    explained = accounted_for(report) | read | empty | second_halves | below_another_table | header
    n_lines = len(re.findall(r"\r+\n|\n|\r", content))
    assert explained == set(range(1, n_lines + 1))
    before = office.records()
    assert (office.take(content).n_unchanged, office.records()) == (5, before)


def test_a_workbook_with_every_oddity_is_read_or_explained_line_by_line(
    office_with_organisations: Office,
) -> None:
    office = office_with_organisations
    path = office.desk / "liste.xlsx"
    _odd_workbook().save(path)
    report = office.take(path.read_bytes())
    assert reasons(report) == [
        (7, "eingestellt am", "'43160' is not a date"),
        (8, "Std./Woche", "is a formula without a value (cell I8)"),
        (9, "Stundenlohn", "holds #DIV/0! (cell J9), the error of a formula or of a column too narrow"),
        (10, "Organisations-Nr.", "is a part of the merged cell B9 (cell B10)"),
    ]
    assert report.notes == [
        "The sheet 'Deckblatt' is not read.",
        "The hidden sheet 'alt' is not read.",
        "Row 6 is hidden in the sheet, and read all the same.",
        "Column H is hidden in the sheet, and read all the same.",
        "Line 1 lies above the header and is not read.",
        "Line 11 holds totals and is not read.",
        "Line 12 holds only 'Quelle: eigene Erhebung' and is not read.",
    ]
    assert [_seen(event) for event in office.events("OfferPosted")] == [
        ("Backhilfe", date(2018, 3, 1), "12.5", "30", False, ""),
        ("Ofenhilfe", date(2018, 3, 1), "12.50", "30", False, ""),
    ]
    before = office.records()
    assert (office.take(path.read_bytes()).n_unchanged, office.records()) == (2, before)


def _seen(event: Any) -> tuple[str, date, str, str, bool, str]:
    terms = event.data.terms
    work = terms.work
    pay, hours = str(work.pay_per_hour), str(work.hours_per_week)
    return terms.title, event.time.date(), pay, hours, work.additional, terms.description


def _odd_workbook() -> Workbook:
    book = Workbook()
    cover = book.worksheets[0]
    cover.title = "Deckblatt"
    cover.append(["Stadt", "Wuppertal"])
    cover.append(["Stand", date(2024, 4, 1)])
    hidden = book.create_sheet("alt")
    hidden.append(["Nr.", "Organisation", "Art", "Angebot", "Kategorie", "eingestellt am"])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("Angebote")
    rows: tuple[tuple[Any, ...], ...] = (
        ("Liste der Angebote", None, None, None, None, "Stand: 01.04.2024"),
        (None,),
        (
            "Nr.",
            "Organisations-",
            "Art",
            "Angebot",
            None,
            "Kategorie",
            "eingestellt",
            "Angaben zur Arbeit",
            None,
            None,
        ),
        (None, "Nr.", None, None, None, None, "am", "Stellenart", "Std./Woche", "Stundenlohn"),
        ("A-1", "O-1", "Arbeit", "Backhilfe", None, "Helfende Hände", date(2018, 3, 1), "Stelle", 30, 12.5),
        ("A-2", "O-1", "Arbeit", "Ofenhilfe", None, "Helfende Hände", "1.3.18", "Stelle", "30", "EUR 12,50"),
        ("A-3", "O-1", "Arbeit", "Teig", None, "Helfende Hände", 43160, "Stelle", 30, "12,- €"),
        ("A-4", "O-1", "Arbeit", "Mehl", None, "Helfende Hände", date(2018, 3, 1), "Stelle", "=15*2", 12.5),
        ("A-5", "O-1", "Arbeit", "Brot", None, "Helfende Hände", date(2018, 3, 1), "Stelle", 30, None),
        ("A-6", None, "Arbeit", "Salz", None, "Helfende Hände", date(2018, 3, 1), "Stelle", 30, 12.5),
        ("Summe", None, None, 6, None, None, None, None, "=SUM(I5:I10)", None),
        ("Quelle: eigene Erhebung",),
    )
    for row in rows:
        sheet.append(row)
    for merged in ("A3:A4", "C3:C4", "D3:D4", "F3:F4", "H3:J3", "A1:E1", "B9:B10"):
        sheet.merge_cells(merged)
    sheet["J9"].value, sheet["J9"].data_type = "#DIV/0!", "e"
    sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["H"].hidden = True
    sheet.cell(1_048_576, 16_384).number_format = "0.00"
    return book
