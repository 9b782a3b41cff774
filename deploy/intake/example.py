"""How does a list look that can be imported? A workbook with invented rows, and a sheet that explains each column."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from shared.tabular.cells import OneOf, Value, yes_or_no
from shared.tabular.fields import Field, Kind
from shared.tabular.meaning import allowed_values, shown
from shared.tabular.spelling import words_of

LIST, EXPLANATION = "Liste", "Erklärung"
TITLE = "Erfundenes Beispiel: Löschen Sie diese Zeilen und tragen Sie Ihre eigenen ein. Alle Angaben sind ausgedacht."
HEADS = ("Spalte", "Name des Feldes", "nötig", "Bedeutung", "erlaubte Werte", "andere Überschriften")
BEFORE = "Vorher einzulesen: {kinds}. Die Beispiele dafür schreibt `kosilab import --example`."
PERSONS = "Die Liste enthält keine Namen, Geburtsdaten, Anschriften oder andere Angaben zu Personen."
DATE_FORMAT = "DD.MM.YYYY"
WIDEST = 60  # [characters] of a column
LAST_ROW = 1_000  # down to which words can be chosen

_DAY = re.compile(r"t([+-]\d+)")


def write_example(kind: Kind, path: Path, *, today: date, district: str) -> None:
    """Write the example of a kind to a new file.

    Raises: FileExistsError, OSError.
    """
    book = Workbook()
    _fill_list(book.worksheets[0], kind, today, district)
    _fill_explanation(book.create_sheet(EXPLANATION), kind)
    with path.open("xb") as file:
        book.save(file)


def example_rows(kind: Kind, *, today: date, district: str) -> Iterator[tuple[Value, ...]]:
    """The example's rows as typed values, one for each field; an empty cell is None.

    Raises: CellRefused when an example is not possible.
    """
    for row in kind.examples:
        cells = (_dated(cell, today).replace("{district}", district) for cell in words_of(row))
        yield tuple(
            field.parse(cell) if cell else None for field, cell in zip(kind.fields, cells, strict=True)
        )


def _dated(cell: str, today: date) -> str:
    """`t-30` is the day thirty days ago."""
    distance = _DAY.fullmatch(cell)
    return f"{today + timedelta(days=int(distance[1])):%d.%m.%Y}" if distance else cell


def _fill_list(sheet: Worksheet, kind: Kind, today: date, district: str) -> None:
    sheet.title = LIST
    sheet.append([TITLE])
    sheet.append([field.titles[0] for field in kind.fields])
    for row in example_rows(kind, today=today, district=district):
        sheet.append([_cell(value, field) for value, field in zip(row, kind.fields, strict=True)])
    for cells in sheet.iter_rows(min_row=3):
        for cell in cells:
            if isinstance(cell.value, date):
                cell.number_format = DATE_FORMAT
    for number, field in enumerate(kind.fields, start=1):
        _offer_words(sheet, get_column_letter(number), field)
    _dress(sheet, header=2)


def _offer_words(sheet: Worksheet, column: str, field: Field) -> None:
    """A list to choose from below each heading that has one; other words that mean the same may be typed."""
    words = field.parse.shown if isinstance(field.parse, OneOf) else ["ja", "nein"]
    if isinstance(field.parse, OneOf) or field.parse is yes_or_no:
        listed = DataValidation(type="list", formula1=f'"{",".join(words)}"', showErrorMessage=False)
        listed.add(f"{column}3:{column}{LAST_ROW}")
        sheet.add_data_validation(listed)


def _cell(value: Value, field: Field) -> str | int | Decimal | date | None:
    """Dates and numbers stay what they are, so that a spreadsheet shows them as its own."""
    if isinstance(value, (date, Decimal)) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return shown(value, field.parse) or None


def _fill_explanation(sheet: Worksheet, kind: Kind) -> None:
    sheet.append(HEADS)
    for field in kind.fields:
        sheet.append(
            [
                field.titles[0],
                field.name,
                "ja" if field.required else "nein",
                kind.meanings[field.name],
                allowed_values(field.parse),
                ", ".join(field.titles[1:]),
            ]
        )
    sheet.append([])
    if kind.after:
        sheet.append([BEFORE.format(kinds=", ".join(kind.after))])
    sheet.append([PERSONS])
    _dress(sheet, header=1)


def _dress(sheet: Worksheet, *, header: int) -> None:
    """Bold headings that stay in sight, and columns as wide as their cells."""
    for heading in sheet[header]:
        heading.font = Font(bold=True)
    sheet.freeze_panes = f"A{header + 1}"
    for number, column in enumerate(sheet.iter_cols(min_row=header), start=1):
        beside = [each for each in column if not _stands_alone(each.row, sheet)]
        longest = max(len(str(each.value or "")) for each in beside)
        sheet.column_dimensions[get_column_letter(number)].width = min(longest, WIDEST) + 2
        for each in beside:
            each.alignment = Alignment(vertical="top", wrap_text=longest > WIDEST)


def _stands_alone(row: int | None, sheet: Worksheet) -> bool:
    """Whether a row holds a sentence and no columns."""
    others: Sequence[object] = [cell.value for cell in sheet[row or 1]][1:]
    return not any(others)
