"""Is a file read as an office keeps it, and does a message name what was not read, and say what to do?"""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.worksheet.worksheet import Worksheet

from deploy.intake.kinds import KINDS
from shared.tabular.headings import spellings
from shared.tabular.lines import FileRefused
from shared.tabular.reading import Reading, read
from shared.tabular.spelling import as_heading

TODAY = date(2020, 1, 10)

HEAD = "Nr.;Organisation;Sektor;Stadtteil;aufgenommen am"
ROWS = (
    "O-1;Bäckerei Blau;Unternehmen;Barmen;01.07.2016",
    "O-2;Lesebrücke;gemeinnützig;Elberfeld;02.07.2016",
    "O-3;Grüne Pause;Initiative;Vohwinkel;03.07.2016",
)
NEEDS = ("Nr.;Organisation;Gesuch;Kategorie;eingestellt am", "G-1;O-1;Hilfe;Know-how;01.08.2016")


class Desk:
    """Where the files of an office lie."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "liste"

    def read(
        self, content: str | bytes | Workbook, kind: str | None = None, sheet: str | None = None
    ) -> Reading:
        """Read a file with this content."""
        if isinstance(content, Workbook):
            content.save(self.path)
        else:
            self.path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(self.path, KINDS[kind] if kind else None, KINDS.values(), sheet, today=TODAY)

    def keys(self, content: str | bytes | Workbook, **options: str) -> list[str]:
        """The keys of the rows of a file that is read whole."""
        reading = self.read(content, **options)
        assert reading.report.rejected == []
        return [row.key for row in reading.rows]

    def refused(self, content: str | bytes | Workbook, **options: str) -> str:
        """The sentence with which a file is refused."""
        with pytest.raises(FileRefused) as refused:
            self.read(content, **options)
        return refused.value.sentence


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder of its own."""
    return Desk(tmp_path)


def file(*lines: str) -> str:
    """A file as Excel ends its lines."""
    return "\r\n".join((*lines, ""))


def workbook(fill: Callable[[Worksheet], None] = lambda _: None, *lines: str) -> Workbook:
    """A workbook with these lines, and what `fill` does to them."""
    book = Workbook()
    sheet = book.worksheets[0]
    for line in lines or (HEAD, *ROWS):
        sheet.append([cell or None for cell in line.split(";")])
    fill(sheet)
    return book


@pytest.mark.parametrize(
    "content",
    [
        "\r".join((HEAD, *ROWS)),
        f"{HEAD}\r\n{ROWS[0]}\n{ROWS[1]}\r{ROWS[2]}\r\r\n",
        file(HEAD, *ROWS) + "\x1a",
        file(HEAD, *ROWS) + "\x1a\0\0\0",
        "sep=;\r\n" + file(HEAD, *ROWS),
        "\ufeffsep=;\r\n" + file(HEAD, *ROWS),
        file(*(f"{line};;;" for line in (HEAD, *ROWS))),
        file(*(f";{line}" for line in (HEAD, *ROWS))),
        file(*(f'"{line}"' for line in (HEAD.replace(";", ","), *(row.replace(";", ",") for row in ROWS)))),
        file('Nr. *;1. Organisation¹;Sektor²;"Stadtteil\n(Bezirk)";aufgenommen am 3)', *ROWS),
        file("Nr.;Name;Art der;Stadt-;aufgenommen", ";;Organisation;teil;am", *ROWS),
        file("Nr.;Organisation;Sektor;Stadtteil;aufgenommen am;Organisation", *ROWS),
    ],
    ids=[
        "CR alone",
        "mixed line ends",
        "Ctrl-Z",
        "Ctrl-Z and zeros",
        "sep=",
        "mark and sep=",
        "trailing delimiters",
        "an empty first column",
        "each line in quotes",
        "footnotes and numbers in headings",
        "a header in two lines",
        "a heading twice, once above an empty column",
    ],
)
def test_a_list_is_read_as_the_office_wrote_it(desk: Desk, content: str) -> None:
    assert desk.keys(content) == ["O-1", "O-2", "O-3"]


def test_titles_above_the_header_are_passed_over_and_named(desk: Desk) -> None:
    for title in ("Liste der Organisationen;;;;Stand: 01.04.2024", "Stadt;Wuppertal\r\nStand;01.04.2024\r\n"):
        reading = desk.read(file(title, "", HEAD, *ROWS))
        assert [row.key for row in reading.rows] == ["O-1", "O-2", "O-3"]
        assert reading.report.notes[0].endswith(" not read.")
        assert reading.titles["registered_on"] == "aufgenommen am"


def test_a_narrow_title_hides_neither_the_separator_nor_a_cell_of_two_lines(desk: Desk) -> None:
    title = "Liste, Stand;01.04.2024"
    rows = (
        "O-1;Hof, Bad;Initiative;Barmen;",
        'O-2;"Zwei, in\nZeilen";Initiative;Barmen;',
        "O-3;Ring, Rad;Initiative;Barmen;",
    )
    wide = ";" * 200 + "x"
    reading = desk.read(file(title, HEAD, *rows, wide))
    assert [row.values["name"] for row in reading.rows] == ["Hof, Bad", "Zwei, in Zeilen", "Ring, Rad"]
    assert [line.line for line in reading.report.rejected] == [7]


def test_groups_of_columns_in_a_line_above_tell_equal_headings_apart(desk: Desk) -> None:
    reading = desk.read(
        file(
            ";;Partner;;A;;B;",
            "Nr.;besiegelt am;A;B;Kategorie;Leistung;Kategorie;Leistung",
            "V-1;23.09.2016;O-1;O-2;Know-how;Beratung;Sachmittel;Tische",
        )
    )
    assert reading.kind.name == "agreements"
    values = reading.rows[0].values
    assert [values[name] for name in ("party_a", "party_b", "a_gives", "b_gives", "b_gives_category")] == [
        "O-1",
        "O-2",
        "Beratung",
        "Tische",
        "goods",
    ]
    assert reading.report.notes == []


def test_totals_subtotals_groups_and_remarks_are_named_and_no_rows(desk: Desk) -> None:
    reading = desk.read(
        file(
            HEAD,
            "Barmen und Umgebung;;;;",
            ROWS[0],
            ROWS[1],
            "Zwischensumme;2;;;",
            ROWS[2],
            ";3;;;",
            "Gesamt: 3;-;k. A.;-;-",
            "",
            "* Pflichtfeld",
        )
    )
    assert [row.line for row in reading.rows] == [3, 4, 6]
    assert (reading.report.rejected, reading.report.n_read) == ([], 3)
    assert reading.report.notes == [
        "Lines 5 and 7 to 8 hold totals and are not read.",
        "Line 2 holds only 'Barmen und Umgebung' and is not read.",
        "Line 10 holds only '* Pflichtfeld' and is not read.",
    ]


def test_a_row_that_lacks_all_but_its_key_is_rejected_and_a_total_by_name_alone_is_a_row(desk: Desk) -> None:
    reading = desk.read(
        file(HEAD, "O-1;;;;", "O-2;Summe e.V.;gemeinnützig;Barmen;", "Summe 7;Ring;Initiative;Barmen;")
    )
    assert [row.key for row in reading.rows] == ["O-2", "Summe 7"]
    assert [line.line for line in reading.report.rejected] == [2]


def test_joined_files_and_printed_pages_repeat_their_header(desk: Desk) -> None:
    joined = ("\ufeff" + file(HEAD, *ROWS[:2])).encode() + ("\ufeff" + file(HEAD, ROWS[2])).encode()
    reading = desk.read(joined)
    assert [row.key for row in reading.rows] == ["O-1", "O-2", "O-3"]
    assert reading.report.notes == ["Line 4 repeats the header and is not read."]


def test_a_second_table_below_the_first_is_rejected_with_its_kind_and_read_when_it_is_asked_for(
    desk: Desk,
) -> None:
    both = file(HEAD, *ROWS, "", "Gesuche;;", *NEEDS)
    reading = desk.read(both)
    assert [row.key for row in reading.rows] == ["O-1", "O-2", "O-3"]
    (rejected,) = reading.report.rejected
    assert (rejected.line, rejected.reason) == (
        7,
        "begins another table, of needs, which is not read (1 line); save it as a file of its own",
    )
    needs = desk.read(both, "needs")
    assert [row.key for row in needs.rows] == ["G-1"]
    assert needs.report.notes == ["Lines 1 to 4 and 6 lie above the header and are not read."]


def test_a_long_list_is_not_searched_for_headings_line_by_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    def counted(text: str) -> str:
        looked_at.append(text)
        return as_heading(text)

    monkeypatch.setattr("shared.tabular.headings.as_heading", counted)
    rows = (f"O-{number};Verein {number};gemeinnützig;Barmen;" for number in range(3_000))
    assert len(desk.keys(file(HEAD, *rows))) == 3_000
    assert len(looked_at) < 300


def test_a_text_too_long_for_a_heading_is_compared_only_as_written(desk: Desk) -> None:
    long = "*" * 30_000 + "a"
    assert list(spellings(long)) == [long]
    assert desk.keys(file(f"{HEAD};{long}", *ROWS)) == ["O-1", "O-2", "O-3"]
    wide = (";".join(f"{letter}{number}" for number in range(250)) for letter in "ab")
    assert desk.keys(file(*wide, HEAD, *ROWS)) == ["O-1", "O-2", "O-3"]


def test_a_heading_above_two_filled_columns_is_refused_by_their_numbers(desk: Desk) -> None:
    doubled = file("Nr.;Name;Sektor;Stadtteil;Name", *ROWS)
    assert desk.refused(doubled) == "The columns 2 and 5 are both called 'Name'; keep one of them."


def test_a_number_beside_a_name_says_which_organisation_is_meant(desk: Desk) -> None:
    lines = (
        "Angebots-Nr.;Organisation;Organisations-Nr.;Art;Angebot;Kategorie;eingestellt am",
        "A-1;Bäckerei;O-1;Tausch;Brot;Sachmittel;01.03.2016",
    )
    reading = desk.read(file(*lines))
    assert reading.rows[0].values["organisation"] == "O-1"
    assert reading.report.unread == [
        "Column 2 'Organisation' is not read; 'Organisations-Nr.' names the same."
    ]
    two_keys = desk.refused(file("lfd. Nr.;Kürzel;Name;Sektor;Stadtteil", "1;O-1;Hof;Initiative;Barmen"))
    assert two_keys == "The columns 'lfd. Nr.', 'Kürzel' both mean 'Nr.'; keep one of them."
    person = desk.refused(
        file("Nr.;Stelle;Teilnehmer;TN-Nr.;Vorschlag am", "V-1;ST-1;Meier;TN-1;01.03.2016"), kind="placements"
    )
    assert person == "The columns 'Teilnehmer', 'TN-Nr.' both mean 'Teilnehmer'; keep one of them."


def test_columns_without_anything_are_not_mentioned_and_those_without_a_heading_are(desk: Desk) -> None:
    empty = desk.read(file(";Nr.;Name;;Sektor;Stadtteil", ";O-1;Hof;;Initiative;Barmen"))
    assert empty.report.unread == []
    filled = desk.read(file("Nr.;Name;;Sektor;Stadtteil", "O-1;Hof;alt;Initiative;Barmen"))
    assert filled.report.unread == ["Column 3 without a heading is not read."]


def test_the_sheet_with_the_list_is_chosen_and_the_others_are_named(desk: Desk) -> None:
    book = workbook()
    book.worksheets[0].title = "Liste"
    cover = book.create_sheet("Deckblatt", 0)
    cover.append(["Stadt", "Wuppertal"])
    cover.append(["Stand", date(2024, 4, 1)])
    book.create_sheet("leer")
    hidden = book.create_sheet("alt")
    hidden.append(HEAD.split(";"))
    hidden.append(["O-9", "Alt", "Initiative", "Barmen"])
    hidden.sheet_state = "hidden"
    reading = desk.read(book)
    assert [row.key for row in reading.rows] == ["O-1", "O-2", "O-3"]
    assert reading.report.notes == [
        "The sheet 'Deckblatt' is not read.",
        "The hidden sheet 'alt' is not read.",
    ]
    assert desk.keys(book, sheet="ALT") == ["O-9"]
    assert desk.refused(book, sheet="Lste") == "The workbook has no sheet 'Lste'; did you mean 'Liste'?"
    assert desk.refused(HEAD, sheet="Liste") == "A text file has no sheets; import it without --sheet."


def test_several_sheets_with_lists_are_imported_one_by_one(desk: Desk) -> None:
    book = workbook()
    book.worksheets[0].title = "2016"
    for title, lines in (("2017", (HEAD, "O-4;Vier;Initiative;Barmen;")), ("Gesuche", NEEDS)):
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line.split(";"))
    assert desk.refused(book) == (
        "Several sheets of the workbook hold a list: '2016' (organisations), '2017' (organisations), "
        "'Gesuche' (needs). Import one after the other, each with --sheet NAME."
    )
    assert desk.keys(book, sheet="2017") == ["O-4"]
    assert desk.keys(book, kind="needs") == ["G-1"]
    for sheet in book.worksheets:
        sheet.sheet_state = "hidden"
    book.create_sheet("leer")
    assert "Only hidden sheets hold a table: '2016', '2017', 'Gesuche'" in desk.refused(book)


def test_merged_headings_in_two_rows_are_one_header(desk: Desk) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.insert_rows(1, 2)
        sheet["A1"] = "Liste der Organisationen"
        sheet.merge_cells("A1:E1")
        for column, heading in zip("ABC", ("Nr.", "Name der Organisation", "Sektor"), strict=True):
            sheet[f"{column}2"], sheet[f"{column}3"] = heading, None
            sheet.merge_cells(f"{column}2:{column}3")
        sheet["D2"] = "Angaben"
        sheet.merge_cells("D2:E2")

    reading = desk.read(workbook(fill))
    assert [row.key for row in reading.rows] == ["O-1", "O-2", "O-3"]
    assert reading.titles["registered_on"] == "aufgenommen am"
    assert reading.report.notes == ["Line 1 lies above the header and is not read."]


def test_a_formula_without_a_value_and_merged_cells_are_named_by_their_cells(desk: Desk) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["C2"] = '=VLOOKUP("x",A1:B2,2)'
        sheet["D4"] = None
        sheet.merge_cells("D3:D4")

    rejected = desk.read(workbook(fill)).report.rejected
    assert [(line.line, line.column, line.reason) for line in rejected] == [
        (
            2,
            "Sektor",
            "is a formula without a value (cell C2); open the file in Excel, save it, and import it again",
        ),
        (
            4,
            "Stadtteil",
            "is a part of the merged cell D3 (cell D4); unmerge it, and fill in every cell",
        ),
    ]


def test_a_date_that_a_sheet_shows_as_a_number_is_named_with_its_day(desk: Desk) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["E2"], sheet["E3"] = 42552, date(2016, 7, 2)

    (rejected,) = desk.read(workbook(fill)).report.rejected
    assert rejected.line == 2
    assert rejected.reason == (
        "'42552' is not a date; as the number of a day in Excel it is 01.07.2016: format the column as a date, "
        "and save it"
    )


def test_a_formula_without_a_value_is_no_empty_cell_where_a_column_may_be_empty_too(desk: Desk) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["E2"] = "=TODAY()"
        sheet["A5"], sheet["B5"] = "Summe", "=COUNTA(B2:B4)"

    report = desk.read(workbook(fill)).report
    assert [(line.line, line.column) for line in report.rejected] == [(2, "aufgenommen am")]
    assert report.notes == ["Line 5 holds totals and is not read."]


def test_a_list_without_numbers_or_rows_is_told_what_it_lacks(desk: Desk) -> None:
    sentence = desk.refused(file(*(line.partition(";")[2] for line in (HEAD, *ROWS))))
    assert "missing is the column 'Nr.'. Give every row a number of its own that it keeps." in sentence
    assert "`kosilab import --example organisations`" in sentence
    empty = desk.read(HEAD).report
    assert (empty.n_read, empty.notes) == (0, ["Below the header there are no rows."])
    assert "as CSV with semicolons" in desk.refused(file(HEAD.replace(";", "|"), ROWS[0].replace(";", "|")))


def test_a_table_may_begin_anywhere_in_a_sheet_beside_a_chart(desk: Desk) -> None:
    book = Workbook()
    for down, line in enumerate((HEAD, *ROWS), start=5):
        for right, cell in enumerate(line.split(";"), start=3):
            book.worksheets[0].cell(down, right, cell)
    book.worksheets[0]["C5"] = "Nr.\n(intern)"
    book.create_chartsheet("Diagramm").add_chart(BarChart())
    reading = desk.read(book)
    assert [(row.key, row.line) for row in reading.rows] == [("O-1", 6), ("O-2", 7), ("O-3", 8)]
    assert (reading.report.unread, reading.report.notes) == ([], [])


def test_hidden_rows_and_columns_are_read_and_named(desk: Desk) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.auto_filter.ref = "A1:E4"
        for row in (2, 3, 9):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["D"].hidden = True

    reading = desk.read(workbook(fill))
    assert [row.key for row in reading.rows] == ["O-1", "O-2", "O-3"]
    assert reading.report.notes == [
        "Rows 2 to 3 are hidden in the sheet, and read all the same.",
        "Column D is hidden in the sheet, and read all the same.",
    ]


def test_what_stands_beside_the_table_of_a_workbook_is_a_column_without_a_heading(desk: Desk) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["H3"] = "bitte prüfen"

    reading = desk.read(workbook(fill))
    assert [row.key for row in reading.rows] == ["O-1", "O-2", "O-3"]
    assert reading.report.unread == ["Column 8 without a heading is not read."]


def packed(**parts: str) -> bytes:
    """A ZIP file with these parts."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return raw.getvalue()


def strict() -> bytes:
    """A workbook in the form 'Strict Open XML'."""
    raw, out = io.BytesIO(), io.BytesIO()
    workbook().save(raw)
    with zipfile.ZipFile(raw) as archive, zipfile.ZipFile(out, "w") as copy:
        for name in archive.namelist():
            text = archive.read(name)
            for kind in (b"officeDocument/2006/relationships", b"spreadsheetml/2006/main"):
                text = text.replace(
                    b"http://schemas.openxmlformats.org/" + kind,
                    b"http://purl.oclc.org/ooxml/" + kind.replace(b"/2006", b""),
                )
            copy.writestr(name, text)
    return out.getvalue()


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_FORMS: dict[str, tuple[bytes, str]] = {
    "strict": (strict(), "in the form 'Strict Open XML'; save it in Excel as 'Excel-Arbeitsmappe (*.xlsx)'"),
    "xls": (COMPOUND + bytes(600), "is an old Excel workbook (.xls); open it in Excel and save it as"),
    "password": (
        COMPOUND + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "is protected by a password; open it in Excel, remove the password",
    ),
    "ods": (
        packed(mimetype="x", **{"content.xml": "<a/>"}),
        "is an OpenDocument spreadsheet (.ods); open it",
    ),
    "xlsb": (packed(**{"xl/workbook.bin": ""}), "is a binary Excel workbook (.xlsb); open it in Excel"),
    "docx": (packed(**{"word/document.xml": ""}), "is a Word document; copy its table into a workbook"),
    "zip": (packed(**{"liste.csv": "a;b"}), "is a ZIP archive; unpack it"),
    "html": (
        b"\xef\xbb\xbf \r\n<HTML><table><tr><td>Nr.</td>",
        "is a web page (HTML), whatever its name; open it",
    ),
    "xml": (
        b'<?xml version="1.0"?><Workbook/>',
        "is XML, perhaps an 'XML-Kalkulationstabelle 2003'; open it",
    ),
    "pdf": (b"%PDF-1.7", "is a PDF; ask for the list itself as XLSX or CSV"),
}


@pytest.mark.parametrize("form", OTHER_FORMS)
def test_a_file_of_another_form_is_refused_with_how_to_save_it(desk: Desk, form: str) -> None:
    content, words = OTHER_FORMS[form]
    assert words in desk.refused(content)


def test_a_document_type_in_a_sheet_is_refused(desk: Desk) -> None:
    raw, out = io.BytesIO(), io.BytesIO()
    workbook().save(raw)
    with zipfile.ZipFile(raw) as archive, zipfile.ZipFile(out, "w") as copy:
        for name in archive.namelist():
            doctype = b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" if "sheet1" in name else b""
            copy.writestr(name, doctype + archive.read(name))
    assert "declares a document type" in desk.refused(out.getvalue())


def test_merged_cells_without_number_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.tabular.workbook.MAX_CELLS", 20)

    def fill(sheet: Any) -> None:
        for row in range(10, 20):
            sheet.merged_cells.add(f"A1:E{row}")

    assert "too many merged cells" in desk.refused(workbook(fill))
