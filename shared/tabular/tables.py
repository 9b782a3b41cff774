"""Which table does a file hold, whatever its form? A header, rows of cells, and lines that are broken."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.tabular.delimited import read_delimited
from shared.tabular.fields import Kind
from shared.tabular.headings import (
    HeaderColumn,
    find_header,
    heading_in,
    is_complete,
    may_be_a_header,
    names_of,
)
from shared.tabular.lines import NO_HEADER, FileRefused, Line, RejectedLine, Sheet
from shared.tabular.packing import ZIP, refuse_other_forms
from shared.tabular.sheets import choose_sheet
from shared.tabular.spelling import numbered

MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One line below the header; `cells` has exactly one raw text per header column, `faults` as in `Line`."""

    line: int
    cells: tuple[str, ...]
    faults: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file's content: header, rows with something in them, broken lines; `form` names the form in words.

    `notes` name what was passed over or is not to be seen.
    """

    header: tuple[HeaderColumn, ...]
    rows: tuple[TableRow, ...]
    rejected: tuple[RejectedLine, ...]
    form: str
    notes: tuple[str, ...] = ()


def read_table(path: Path, kinds: Collection[Kind] = (), sheet: str | None = None) -> Table:
    """Read a CSV or XLSX file; its content says which of the two it is, not its name.

    Of a workbook it is the sheet that holds a list of one of these kinds, or the one with this name. A broken line
    doesn't stop the file.

    Raises: FileRefused when there is no such file, no such sheet, no header, or nothing that can be read.
    """
    raw = _bytes(path)
    refuse_other_forms(raw)
    sheets = _workbook(path) if raw.startswith(ZIP) else read_delimited(raw)
    chosen, notes = choose_sheet(sheets, kinds, sheet)
    return _table(chosen, kinds, notes)


def _workbook(path: Path) -> list[Sheet]:
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


def _table(sheet: Sheet, kinds: Collection[Kind], notes: Sequence[str]) -> Table:
    lines = sheet.lines
    heads = find_header(lines, kinds)
    if heads is None:
        raise FileRefused(NO_HEADER)
    first = lines[heads.at]
    if first.broken:
        raise FileRefused(f"Line {first.number} should be the header, but it {first.broken}.")
    below, end = _until_another_table(lines[heads.at + 1 :], heads.names, kinds)
    names = _trimmed(heads.names)
    if sheet.has_places:
        names += ("",) * (max((len(_trimmed(line.cells)) for line in below), default=0) - len(names))
    repeated = [line.number for line in below if _repeats(line, names)]
    rows, rejected = _rows([line for line in below if line.number not in repeated], len(names))
    columns = tuple(
        HeaderColumn(
            name=name,
            position=at + 1,
            is_empty=bool(rows) and not any(row.cells[at].strip() or at in row.faults for row in rows),
        )
        for at, name in enumerate(names)
    )
    above = [line.number for line in lines[: heads.at + 1 - heads.n_lines] if line.n_filled]
    return Table(
        header=columns,
        rows=tuple(rows),
        rejected=(*rejected, *end),
        form=sheet.form,
        notes=(*notes, *sheet.notes, *_passed_over(above, repeated)),
    )


def _passed_over(above: Sequence[int], repeated: Sequence[int]) -> Iterator[str]:
    if above:
        yield numbered(
            "Line", above, "lies above the header and is not read.", "lie above the header and are not read."
        )
    if repeated:
        yield numbered(
            "Line", repeated, "repeats the header and is not read.", "repeat the header and are not read."
        )


def _until_another_table(
    lines: Sequence[Line], header: Sequence[str], kinds: Collection[Kind]
) -> tuple[Sequence[Line], list[RejectedLine]]:
    """The lines up to one that is a header of its own; that one is rejected, with all lines behind it."""
    for at, line in enumerate(lines):
        if line.broken or not may_be_a_header(line, kinds) or _repeats(line, header):
            continue
        names = names_of(line)
        kind = next((kind for kind in kinds if is_complete(names, kind)), None)
        if kind:
            n_behind = sum(1 for other in lines[at + 1 :] if other.n_filled)
            rows = "1 line" if n_behind == 1 else f"{n_behind} lines"
            reason = f"begins another table, of {kind.name}, which is not read ({rows}); save it as a file of its own"
            return lines[:at], [RejectedLine(line=line.number, column=None, reason=reason)]
    return lines, []


def _repeats(line: Line, header: Sequence[str]) -> bool:
    names, cells = _trimmed(header), _trimmed(line.cells)
    return len(cells) == len(names) and all(
        heading_in(cell) == name for cell, name in zip(cells, names, strict=True)
    )


def _rows(lines: Sequence[Line], width: int) -> tuple[list[TableRow], list[RejectedLine]]:
    rows: list[TableRow] = []
    rejected: list[RejectedLine] = []
    for line in lines:
        reason = line.broken or _too_wide(line, width)
        if reason:
            rejected.append(RejectedLine(line=line.number, column=None, reason=reason))
        elif line.n_filled or line.faults:
            cells = line.cells[:width]
            rows.append(
                TableRow(line=line.number, cells=cells + ("",) * (width - len(cells)), faults=line.faults)
            )
    return rows, rejected


def _trimmed(names: Sequence[str]) -> tuple[str, ...]:
    """The cells up to the last one that is filled."""
    n = len(names)
    while n and not names[n - 1].strip():
        n -= 1
    return tuple(names[:n])


def _too_wide(line: Line, width: int) -> str | None:
    if any(cell.strip() for cell in line.cells[width:]):
        return f"has {len(line.cells)} cells, the header has {width}; put a text with separators into quotation marks"
    return None
