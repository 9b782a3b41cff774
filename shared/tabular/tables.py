"""Which table does a file hold, whatever its form? A header, rows of cells, and lines that are broken."""

from dataclasses import dataclass
from pathlib import Path

from shared.tabular.delimited import read_delimited
from shared.tabular.lines import FileRefused, Line, RejectedLine

MAX_BYTES = 50_000_000

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderColumn:
    """A column as the file calls it; `position` counts from 1."""

    name: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One line below the header; `cells` has exactly one raw text per header column."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file's content: header, rows with something in them, broken lines; `form` names the form in words."""

    header: tuple[HeaderColumn, ...]
    rows: tuple[TableRow, ...]
    rejected: tuple[RejectedLine, ...]
    form: str


def read_table(path: Path) -> Table:
    """Read a CSV or XLSX file; its content says which of the two it is, not its name.

    A broken line doesn't stop the file. Lines above the header (a title, a date) are ignored: the header is the
    first line with at least two filled cells.

    Raises: FileRefused when there is no such file, no header, or nothing that can be read.
    """
    raw = _bytes(path)
    if raw.startswith(_OLD_EXCEL):
        raise FileRefused("The file is an old Excel workbook (.xls); save it as XLSX or CSV.")
    lines, form = _workbook(path) if raw.startswith(_ZIP) else read_delimited(raw)
    return _table(lines, form)


def _workbook(path: Path) -> tuple[list[Line], str]:
    # Here, since the reader of workbooks takes a tenth of a service's start, and a service reads none.
    from shared.tabular.workbook import read_workbook  # noqa: PLC0415

    return read_workbook(path)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileRefused(f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB; split it.")
        raw = path.read_bytes()
    except OSError as error:
        raise FileRefused(f"{path.name} can't be opened: {error.strerror or error}.") from error
    if not raw.strip():
        raise FileRefused(f"{path.name} is empty.")
    return raw


def _table(lines: list[Line], form: str) -> Table:
    at = next((index for index, line in enumerate(lines) if line.n_filled > 1 or line.broken), len(lines))
    if at == len(lines):
        raise FileRefused("The file has no header: no line has two filled cells.")
    if lines[at].broken:
        raise FileRefused(f"Line {lines[at].number} should be the header, but it {lines[at].broken}.")
    header = _header(lines[at])
    rows: list[TableRow] = []
    rejected: list[RejectedLine] = []
    for line in lines[at + 1 :]:
        reason = line.broken or _too_wide(line, len(header))
        if reason:
            rejected.append(RejectedLine(line=line.number, column=None, reason=reason))
        elif line.n_filled:
            cells = line.cells[: len(header)]
            rows.append(TableRow(line=line.number, cells=cells + ("",) * (len(header) - len(cells))))
    return Table(header=header, rows=tuple(rows), rejected=tuple(rejected), form=form)


def _header(line: Line) -> tuple[HeaderColumn, ...]:
    names = [" ".join(cell.split()) for cell in line.cells]
    while not names[-1]:
        names.pop()
    return tuple(HeaderColumn(name=name, position=position) for position, name in enumerate(names, start=1))


def _too_wide(line: Line, width: int) -> str | None:
    if any(cell.strip() for cell in line.cells[width:]):
        return f"has {len(line.cells)} cells, the header has {width}"
    return None
