"""How is an XLSX file read? Its typed cells become the texts that German Excel would have written."""

import warnings
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from shared.tabular.lines import MAX_COLUMNS, FileRefused, Line

MAX_UNPACKED_BYTES = 300_000_000
MAX_ROWS = 200_000
MAX_CELLS = 10_000_000
"""How many cells a sheet may span; a few bytes say that a row ends in the last column of all."""

SIGNIFICANT_DIGITS = 15  # what Excel itself shows of a number

_NO_WORKBOOK = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
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


def read_workbook(path: Path) -> tuple[list[Line], str]:
    """All lines of the first visible sheet with at least two filled cells in a line, and the file's form in words.

    Raises: FileRefused when the file is broken, too large, or has no such sheet.
    """
    try:
        _refuse_when_too_large(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of drawings and validations, which hold no cells
            return _first_table(path)
    except _NO_WORKBOOK as error:
        raise FileRefused(
            "The file can't be read as an XLSX workbook; open it in Excel and save it again."
        ) from error


def _refuse_when_too_large(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED_BYTES:
            raise FileRefused("The workbook is too large; split it.")


def _first_table(path: Path) -> tuple[list[Line], str]:
    with path.open("rb") as file:  # given a name, openpyxl refuses every ending but its own
        for sheet in load_workbook(file, read_only=True, data_only=True).worksheets:
            if sheet.sheet_state != "visible":
                continue
            sheet.reset_dimensions()
            lines = _lines(sheet.iter_rows())
            if any(line.n_filled > 1 for line in lines):
                return lines, f"XLSX, sheet '{sheet.title}'"
    raise FileRefused("No sheet of the workbook holds a table.")


def _lines(rows: Iterable[tuple[Any, ...]]) -> list[Line]:
    lines, n_cells = [], 0
    for number, whole_row in enumerate(rows, start=1):
        n_cells += len(whole_row)
        if number > MAX_ROWS:
            raise FileRefused(f"The sheet has more than {MAX_ROWS} rows; split it.")
        if n_cells > MAX_CELLS:
            raise FileRefused("The sheet is too wide for its length; remove what stands beside the table.")
        if any(cell.value is not None for cell in whole_row[MAX_COLUMNS:]):
            raise FileRefused(f"Row {number} has something beyond column {MAX_COLUMNS}; remove it.")
        row = whole_row[:MAX_COLUMNS]
        error = next((str(cell.value) for cell in row if cell.data_type == "e"), None)
        broken = f"holds the error value {error}" if error else None
        lines.append(Line(number=number, cells=tuple(canonical(cell.value) for cell in row), broken=broken))
    return lines


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
