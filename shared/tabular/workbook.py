"""How is an XLSX file read? Its typed cells become the texts that German Excel would have written."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from shared.tabular.lines import MAX_COLUMNS, FileRefused, Line, Sheet
from shared.tabular.marks import error_in, holds_error
from shared.tabular.outline import Outline, cell_name, column_letters, outline_of
from shared.tabular.packing import parts_of
from shared.tabular.spelling import numbered

MAX_UNPACKED_BYTES = 300_000_000
MAX_ROWS = 200_000
MAX_CELLS = 10_000_000
"""How many cells a sheet may span up to its last value; a few bytes make a cell that is far away."""

SIGNIFICANT_DIGITS = 15  # what Excel itself shows of a number

_UNVALUED = "is a formula without a value (cell {cell}); open the file in Excel, save it, and import it again"
_MERGED = "is a part of the merged cell {first} (cell {cell}); unmerge it, and fill in every cell"
_HIDDEN = "{} hidden in the sheet, and read all the same."
_NO_WORKBOOK = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    ExpatError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,  # packed in a way that nobody uses
    RuntimeError,  # encrypted
)


def read_workbook(path: Path) -> list[Sheet]:
    """The sheets of a workbook in their order.

    Raises: FileRefused when the file is broken, too large, or a workbook of another kind.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            _refuse_when_too_large(packed)
            parts = parts_of(packed)
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # openpyxl warns of drawings and validations, which hold no cells
                return _sheets(path, packed, parts)
    except _NO_WORKBOOK as error:
        raise FileRefused(
            "The file can't be read as an XLSX workbook; open it in Excel and save it again."
        ) from error


def _refuse_when_too_large(packed: zipfile.ZipFile) -> None:
    if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED_BYTES:
        raise FileRefused("The workbook is too large; split it.")


def _sheets(path: Path, packed: zipfile.ZipFile, parts: Mapping[str, str]) -> list[Sheet]:
    sheets = []
    with path.open("rb") as file:  # given a name, openpyxl refuses every ending but its own
        for sheet in load_workbook(file, read_only=True, data_only=True).worksheets:
            form, is_hidden = f"XLSX, sheet '{sheet.title}'", sheet.sheet_state != "visible"
            sheet.reset_dimensions()
            try:
                with packed.open(parts[sheet.title]) as source:
                    outline = outline_of(source)
                lines = _lines(sheet, outline)
            except FileRefused as refused:
                sheets.append(Sheet(name=sheet.title, form=form, is_hidden=is_hidden, refused=refused))
                continue
            sheets.append(
                Sheet(
                    name=sheet.title,
                    form=form,
                    lines=lines,
                    notes=tuple(_notes(outline)),
                    is_hidden=is_hidden,
                    has_places=True,
                )
            )
    return sheets


def _lines(sheet: Any, outline: Outline) -> list[Line]:
    """The lines that hold something; nothing behind the last value is looked at."""
    if not outline.n_values:
        return []
    if outline.last_row > MAX_ROWS:
        raise FileRefused(
            f"The sheet has something in row {outline.last_row}, beyond {MAX_ROWS} rows; split it."
        )
    if outline.last_column > MAX_COLUMNS:
        raise FileRefused(
            f"Cell {cell_name(outline.widest_row, outline.last_column)} holds something beyond column {MAX_COLUMNS}; "
            "remove it."
        )
    if outline.last_row * outline.last_column > MAX_CELLS:
        raise FileRefused("The sheet is too wide for its length; remove what stands beside the table.")
    faults = _faults(outline)
    lines = []
    rows = sheet.iter_rows(max_row=outline.last_row, max_col=outline.last_column)
    for number, row in enumerate(rows, start=1):
        cells = tuple(canonical(cell.value) for cell in row)
        errors = {at: error for at, cell in enumerate(cells) if cell and (error := error_in(cell))}
        named = {at: holds_error(error, cell_name(number, at + 1)) for at, error in errors.items()}
        line = Line(number=number, cells=cells, faults=named | faults.get(number, {}))
        if line.n_filled or number in outline.unvalued:
            lines.append(line)
    return lines


def _faults(outline: Outline) -> dict[int, dict[int, str]]:
    """By row and index, the cells that look empty to a reader and are not, as a person sees them."""
    faults: dict[int, dict[int, str]] = {}
    n_cells = 0
    for merged in outline.merged:
        rows = range(merged.top, min(merged.bottom, outline.last_row) + 1)
        columns = range(merged.left, min(merged.right, outline.last_column) + 1)
        n_cells += len(rows) * len(columns)
        if n_cells > MAX_CELLS:
            raise FileRefused("The sheet has too many merged cells; unmerge them.")
        first = cell_name(merged.top, merged.left)
        for row in rows:
            for column in columns:
                if (row, column) != (merged.top, merged.left):
                    faults.setdefault(row, {})[column - 1] = _MERGED.format(
                        cell=cell_name(row, column), first=first
                    )
    for row, unvalued in outline.unvalued.items():
        for column in unvalued:
            faults.setdefault(row, {})[column - 1] = _UNVALUED.format(cell=cell_name(row, column))
    return faults


def _notes(outline: Outline) -> Iterator[str]:
    if outline.hidden_rows:
        yield numbered("Row", outline.hidden_rows, _HIDDEN.format("is"), _HIDDEN.format("are"))
    hidden = [column_letters(column) for column in outline.hidden_columns if column <= outline.last_column]
    if hidden:
        named = f"Column {hidden[0]} is" if len(hidden) == 1 else f"Columns {', '.join(hidden)} are"
        yield f"{named} hidden in the sheet, and read all the same."


def canonical(value: object) -> str:
    """The text of a typed cell: ISO date, decimal comma without thousands points, `ja` / `nein`, hours as `h:mm`."""
    match value:
        case None:
            text = ""
        case bool():
            text = "ja" if value else "nein"
        case int() | float() | Decimal():
            text = _number(value)
        case datetime() if value.time() != time():
            text = value.isoformat(" ", "seconds")
        case date():
            text = value.strftime("%Y-%m-%d")
        case time():
            text = value.isoformat("seconds" if value.second else "minutes")
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            text = f"{minutes // 60}:{minutes % 60:02d}"
        case _:
            text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return text


def _number(value: float | Decimal) -> str:
    if isinstance(value, int):
        return str(value)
    digits = format(Decimal(format(value, f".{SIGNIFICANT_DIGITS}g")), "f")
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits).replace(".", ",")
