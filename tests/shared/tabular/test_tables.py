"""Does a file come out as the person wrote it, in every form, and does a broken line stay alone with its damage?"""

import csv
import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from shared.tabular.lines import FileRefused
from shared.tabular.tables import Table, read_table
from shared.tabular.workbook import canonical

HEADINGS = st.text("abcdefghijklmnopqrstuvwxyzäöüß ./", min_size=1, max_size=12).map(str.strip).filter(bool)
GERMAN = st.text(
    st.sampled_from("abcxyzÄÖÜäöüß€„“ ABC 0123456789,.;\"'-/\t\n&!?()")
    | st.characters(codec="cp1252", exclude_categories=["C"]),
    max_size=20,
)
CELLS = GERMAN.filter(lambda cell: not cell.lower().startswith("sep="))


@st.composite
def sheets(draw: st.DrawFn) -> list[list[str]]:
    """A header and rows; every row has a key in its first cell."""
    header = draw(st.lists(HEADINGS, min_size=2, max_size=6))
    body = draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), max_size=8))
    return [header, *([f"K{number}", *row[1:]] for number, row in enumerate(body))]


def delimited(sheet: list[list[str]], delimiter: str, line_end: str, *, quote_all: bool) -> str:
    """The sheet as a program writes it."""
    text = io.StringIO(newline="")
    dialect = csv.unix_dialect if quote_all else csv.excel
    csv.writer(text, dialect, delimiter=delimiter, lineterminator=line_end).writerows(sheet)
    return text.getvalue()


def contents(table: Table) -> list[list[str]]:
    """Header and cells of a table."""
    return [[column.name for column in table.header], *(list(row.cells) for row in table.rows)]


def as_read(sheet: list[list[str]]) -> list[list[str]]:
    """The sheet with headings in single blanks, as tables show them."""
    return [[" ".join(heading.split()) for heading in sheet[0]], *sheet[1:]]


def written(folder: Path, raw: bytes) -> Table:
    """The table that these bytes make."""
    path = folder / "file"
    path.write_bytes(raw)
    return read_table(path)


def lines(*texts: str) -> bytes:
    """A file of these lines as German Excel ends them."""
    return "\r\n".join((*texts, "")).encode()


@settings(max_examples=300)
@given(
    sheet=sheets(),
    delimiter=st.sampled_from(";,\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    line_end=st.sampled_from(["\r\n", "\n"]),
    quote_all=st.booleans(),
)
def test_any_table_in_any_dialect_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    sheet: list[list[str]],
    delimiter: str,
    encoding: str,
    line_end: str,
    quote_all: bool,
) -> None:
    raw = delimited(sheet, delimiter, line_end, quote_all=quote_all).encode(encoding)
    if encoding == "cp1252" and reads_as_utf8(raw):
        return  # these very bytes mean another text in UTF-8; no reader can know
    table = written(tmp_path_factory.mktemp("dialect"), raw)
    assert contents(table) == as_read(sheet)
    assert table.rejected == ()


def reads_as_utf8(raw: bytes) -> bool:
    """Whether a line with umlauts is by chance valid UTF-8."""
    for line in raw.split(b"\n"):
        try:
            line.decode()
        except UnicodeDecodeError:
            continue
        if not line.isascii():
            return True
    return False


@settings(max_examples=60)
@given(sheet=sheets())
def test_any_table_in_a_workbook_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, sheet: list[list[str]]
) -> None:
    book = Workbook()
    for number, row in enumerate(sheet, start=1):
        for column, cell in enumerate(row, start=1):
            target = book.active.cell(number, column, cell)  # type: ignore[union-attr]
            target.data_type = "s"
    path = tmp_path_factory.mktemp("workbook") / "table.xlsx"
    book.save(path)
    assert contents(read_table(path)) == as_read(sheet)


BREAKS = st.sampled_from(["too wide", "open quote", "quote closed amid a cell", "NUL", "undecodable"])
PLAIN = st.lists(st.text("abcäöü 0123456789,.", max_size=8), min_size=2, max_size=2)


@settings(max_examples=200)
@example(body=[(["", ",,"], "too wide"), (["", ",,"], "too wide")])
@given(body=st.lists(st.tuples(PLAIN, st.none() | BREAKS), max_size=12))
def test_a_broken_line_is_rejected_by_its_number_and_takes_no_other_line_with_it(
    tmp_path_factory: pytest.TempPathFactory, body: list[tuple[list[str], str | None]]
) -> None:
    raw = ["Nr.;Titel;Größe".encode()]
    kept: list[int] = []
    broken: list[int] = []
    for number, (cells, damage) in enumerate(body, start=2):
        good = ";".join((f"K{number}", *cells)).encode()
        damaged = {
            None: good,
            "too wide": good + b";more;cells",
            "open quote": b'K;"opened;and not closed',
            "quote closed amid a cell": b'K;"closed" amid;a cell',
            "NUL": good + b"\0",
            "undecodable": good + b"\xff",
        }
        raw.append(damaged[damage])
        (kept if damage is None else broken).append(number)
    table = written(tmp_path_factory.mktemp("broken"), b"\xef\xbb\xbf" + b"\r\n".join(raw))
    assert [row.line for row in table.rows] == kept
    assert [line.line for line in table.rejected] == broken


@settings(max_examples=300)
@given(
    raw=st.binary(max_size=200)
    | st.lists(st.sampled_from([b";", b'"', b"\n", b"a", b"\xe4", b"\0", b","])).map(b"".join)
)
def test_no_bytes_whatever_stop_the_reading_but_by_a_refusal_in_words(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    try:
        table = written(tmp_path_factory.mktemp("any"), raw)
    except FileRefused:
        return
    assert all(len(row.cells) == len(table.header) for row in table.rows)


def test_a_file_as_german_excel_saves_it_is_read_with_its_umlauts_and_its_line_numbers(
    tmp_path: Path,
) -> None:
    raw = 'Nr.;Träger;Bemerkung\r\nO1;Lesebrücke;"erste Zeile\nzweite ""Zeile"""\r\n\r\nO2;Straßenfest;25,50 €\r\n'
    table = written(tmp_path, raw.encode("cp1252"))
    assert table.form == "CSV, semicolon, Windows-1252"
    assert [row.cells for row in table.rows] == [
        ("O1", "Lesebrücke", 'erste Zeile\nzweite "Zeile"'),
        ("O2", "Straßenfest", "25,50 €"),
    ]
    assert [row.line for row in table.rows] == [2, 5]


def test_a_quotation_mark_left_open_swallows_no_line_even_when_quoted_cells_follow(tmp_path: Path) -> None:
    table = written(
        tmp_path,
        lines("Nr.;Titel;Ort", 'A1;"offen;Barmen', 'A2;"zu";"Ort"', 'A3;x;"y"', 'A4;"mehr\nzeilig";z'),
    )
    assert [row.cells[0] for row in table.rows] == ["A2", "A3", "A4"]
    assert [(line.line, line.reason.split(";")[0]) for line in table.rejected] == [
        (2, "opens a quotation mark that is never closed")
    ]


def test_a_quotation_mark_that_never_closes_is_named_by_the_line_that_opens_it(tmp_path: Path) -> None:
    table = written(tmp_path, lines("Nr.;Titel;Ort", 'A1;"zwei', 'Zeilen";"offen', "A2;x;y"))
    assert [(line.line, line.reason.split(";")[0]) for line in table.rejected] == [
        (2, "has a quotation mark that line 3 opens and nothing closes"),
        (3, "opens a quotation mark that is never closed"),
    ]
    assert [row.cells[0] for row in table.rows] == ["A2"]
    closed_amid = written(tmp_path, lines("Nr.;Titel", 'A1;"zu" früh', "A2;y"))
    assert closed_amid.rejected[0].reason.startswith("closes a quotation mark amid a cell")
    with pytest.raises(FileRefused, match="Line 1 should be the header, but it opens a quotation mark"):
        written(tmp_path, lines('Nr.;"Titel;Ort', "A1;x;y"))


def test_a_cell_may_hold_a_hundred_lines_and_one_with_more_is_taken_for_an_open_quote(tmp_path: Path) -> None:
    fits = written(tmp_path, lines("Nr.;Text", "A1;" + '"' + "\n".join(["x"] * 100) + '"'))
    assert [row.cells[1].count("\n") for row in fits.rows] == [99]
    longer = written(tmp_path, lines("Nr.;Text", "A1;" + '"' + "\n".join(["x"] * 101) + '"', "A2;y"))
    assert longer.rejected[0].line == 2
    assert longer.rows[-1].cells == ("A2", "y")


def test_lines_above_the_header_are_passed_over_and_numbers_stay_those_of_the_file(tmp_path: Path) -> None:
    table = written(
        tmp_path, lines("Organisationen, Stand 1. Oktober 2016;;", "", "Nr.;Name;Ort", "O1;Bäckerei;Barmen")
    )
    assert [column.name for column in table.header] == ["Nr.", "Name", "Ort"]
    assert table.rows[0].line == 4


def test_a_declared_separator_is_taken_at_its_word(tmp_path: Path) -> None:
    table = written(tmp_path, lines("sep=|", "Nr.|Menge, Stück", "A1|2,5"))
    assert contents(table) == [["Nr.", "Menge, Stück"], ["A1", "2,5"]]


def test_decimal_commas_do_not_pass_for_separators(tmp_path: Path) -> None:
    table = written(
        tmp_path, lines("Nr.;Stunden, Wege;Ort", "1;2,5;Barmen", "2;3,5;Elberfeld", "3;4,5;x;too;wide")
    )
    assert [row.cells[1] for row in table.rows] == ["2,5", "3,5"]


def test_the_header_tells_the_separator_even_when_every_line_below_it_is_too_wide(tmp_path: Path) -> None:
    table = written(tmp_path, lines("Nr.;Stunden", "1;2,5;Barmen;x", "2;3,5;Elberfeld;x", "3;4,5;Barmen;x"))
    assert table.form == "CSV, semicolon, UTF-8"
    assert [line.reason.split(";")[0] for line in table.rejected] == ["has 4 cells, the header has 2"] * 3


def test_a_semicolon_in_a_quoted_heading_does_not_make_a_comma_file_another_one(tmp_path: Path) -> None:
    table = written(tmp_path, lines('"Ort; Bezirk",Name', "Barmen,Hof", "Elberfeld,Bad"))
    assert contents(table) == [["Ort; Bezirk", "Name"], ["Barmen", "Hof"], ["Elberfeld", "Bad"]]


def test_cells_missing_at_the_end_are_empty_and_empty_ones_beyond_the_header_do_not_count(
    tmp_path: Path,
) -> None:
    table = written(tmp_path, lines("Nr.;Name;Ort;;", "O1", "O2;Hof;Barmen;;", "O3;Hof;Barmen;;x"))
    assert [row.cells for row in table.rows] == [("O1", "", ""), ("O2", "Hof", "Barmen")]
    assert [line.reason.split(";")[0] for line in table.rejected] == ["has 5 cells, the header has 3"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "ja"),
        (False, "nein"),
        (17, "17"),
        (2.5, "2,5"),
        (3.0, "3"),
        (0.1 + 0.2, "0,3"),
        (1234567.25, "1234567,25"),
        (1e21, "1000000000000000000000"),
        (Decimal("9.50"), "9,5"),
        (datetime(2016, 9, 23), "2016-09-23"),  # noqa: DTZ001 - a sheet knows no time zone
        (datetime(2016, 9, 23, 18, 30), "2016-09-23 18:30:00"),  # noqa: DTZ001
        (date(2016, 9, 23), "2016-09-23"),
        (time(18, 30), "18:30"),
        (timedelta(hours=26, minutes=15), "26:15"),
        ("a\r\nb", "a\nb"),
    ],
)
def test_a_typed_cell_of_a_workbook_becomes_one_canonical_text(value: object, text: str) -> None:
    assert canonical(value) == text


def test_a_workbook_is_read_from_its_first_visible_sheet_with_a_table(tmp_path: Path) -> None:
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover["A1"] = "Deckblatt"
    hidden = book.create_sheet("versteckt")
    hidden.append(["Nr.", "falsch"])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("Vereinbarungen")
    sheet.append(["Nr.", "besiegelt am", "Stunden", "Makler"])
    sheet.append([])
    sheet.append([1, date(2016, 9, 23), 2.5, True])
    sheet.append([2, "#NV!", 1])
    sheet["B4"].value, sheet["B4"].data_type = "#REF!", "e"
    book.save(tmp_path / "datei.csv")  # the name doesn't matter
    table = read_table(tmp_path / "datei.csv")
    assert table.form == "XLSX, sheet 'Vereinbarungen'"
    assert [(row.line, row.cells) for row in table.rows] == [
        (3, ("1", "2016-09-23", "2,5", "ja")),
        (4, ("2", "#REF!", "1", "")),
    ]


def test_a_file_that_cannot_be_read_is_refused_with_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    book = io.BytesIO()
    Workbook().save(book)
    cases = {
        b"": "is empty",
        b" \r\n": "is empty",
        b"only one column\r\na\r\n": "has no header",
        b"Nr.;\0Name\r\n1;2\r\n": "Line 1 should be the header, but it",
        b"\xd0\xcf\x11\xe0\xa1\xb1": "save it as 'Excel-Arbeitsmappe",
        "Nr.\tName\r\n".encode("utf-16"): "UTF-16",
        book.getvalue(): "No sheet",
        book.getvalue()[:800]: "save it again",
        b"PK\x03\x04 not a workbook": "save it again",
    }
    for raw, words in cases.items():
        with pytest.raises(FileRefused, match=words):
            written(tmp_path, raw)


def test_what_is_far_wider_than_a_list_is_refused_before_it_takes_time_and_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.tabular.workbook.MAX_CELLS", 40_000)
    monkeypatch.setattr("shared.tabular.delimited.MAX_LINES", 1_000)
    n_columns = 16_384
    books = wide, long, far, styled, empty = [Workbook() for _ in range(5)]
    for book in books:
        for row in (1, 2, 3):
            book.worksheets[0].cell(row, 1, "Nr.")
            book.worksheets[0].cell(row, 2, "Name")
    wide.worksheets[0].cell(2, n_columns, "far away")
    long.worksheets[0].cell(30_000, 2, "far below")
    far.worksheets[0].cell(300_000, 2, "farther")
    for row in (1, 2, 3):
        styled.worksheets[0].cell(row, n_columns).number_format = "0.00"
    empty.worksheets[0].cell(1, n_columns).number_format = "0.00"
    cases: list[tuple[Workbook | bytes, str]] = [
        (wide, "Cell XFD2 holds something beyond column 256"),
        (long, "too wide for its length"),
        (far, "something in row 300000, beyond 200000 rows"),
        (b"a;b\r\n" * 1_001, "more than 1000 lines"),
        (b";".join([b"a"] * 257), "Line 1 should be the header, but it has more than 256 cells"),
        (b";".join([b'"a"'] * 257), "Line 1 should be the header, but it has more than 256 cells"),
    ]
    for content, words in cases:
        if isinstance(content, bytes):
            (tmp_path / "file").write_bytes(content)
        else:
            content.save(tmp_path / "file")
        with pytest.raises(FileRefused, match=words):
            read_table(tmp_path / "file")
    for book in (styled, empty):
        book.worksheets[0]["A2"] = "O1"
        book.save(tmp_path / "file")
        assert [row.cells for row in read_table(tmp_path / "file").rows] == [("O1", "Name")]


def test_what_is_formatted_and_empty_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (("Nr.", "Name"), ("O1", "Hof"), ("O2", "Bad")):
        sheet.append(row)
    sheet.cell(1_048_576, 16_384).number_format = "0.00"
    for number in range(4, 2_000):
        sheet.cell(number, 3).number_format = "0.00"
    book.save(tmp_path / "file")
    values: list[object] = []

    def counted(value: object) -> str:
        values.append(value)
        return canonical(value)

    monkeypatch.setattr("shared.tabular.workbook.canonical", counted)
    table = read_table(tmp_path / "file")
    assert [row.cells for row in table.rows] == [("O1", "Hof"), ("O2", "Bad")]
    assert values == ["Nr.", "Name", "O1", "Hof", "O2", "Bad"]


def test_a_line_of_256_cells_and_empty_ones_beyond_them_are_read(tmp_path: Path) -> None:
    head, line = (b";".join([letter] * 256) for letter in (b"h", b"a"))
    table = written(tmp_path, head + b";; ;\r\n" + line + b";;;;;\r\n" + line + b";b\r\n")
    assert [len(row.cells) for row in table.rows] == [256]
    assert [(rejected.line, rejected.reason) for rejected in table.rejected] == [
        (3, "has more than 256 cells")
    ]


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefused, match="can't be opened"):
        read_table(tmp_path / name)
