"""Which lines of a table are no rows of the list? Totals, headings of groups and remarks, named in notes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from shared.tabular.fields import Kind
from shared.tabular.header import MatchedHeader, match_header
from shared.tabular.marks import is_filled
from shared.tabular.spelling import folded, numbered
from shared.tabular.tables import Table, TableRow

LEAST = 3  # required columns of a list in which a line with a single cell is no row
MAX_SHOWN = 40  # [characters]

_TOTALS = re.compile(
    r"(?:zwischen|gesamt|end|teil|jahres)?(?:summen?|ergebnis)|gesamt\w*|insgesamt|ubertrag|total|subtotal|grandtotal|sum|anzahl|durchschnitt|mittelwert|saldo|\u03c3"
)
_NUMBER = re.compile(r"[\d\s.,:%€+-]+(?:€|h|Std\.?|Stunden)?")


def without_other_lines(table: Table, kind: Kind) -> Table:
    """The table with its rows alone, and notes about the other lines.

    Raises: FileRefused when the header doesn't fit the kind.
    """
    header = match_header(table, kind)
    rows, totals, single = [], [], []
    for row in table.rows:
        filled = {at: cell for at, cell in enumerate(row.cells) if is_filled(cell)}
        if _is_total(row, filled, kind, header):
            totals.append(row.line)
        elif _is_remark(filled, row, kind, header):
            single.append((row.line, next(iter(filled.values()))))
        else:
            rows.append(row)
    return replace(table, rows=tuple(rows), notes=(*table.notes, *_notes(totals, single)))


def _notes(totals: list[int], single: list[tuple[int, str]]) -> Iterator[str]:
    if totals:
        yield numbered("Line", totals, "holds totals and is not read.", "hold totals and are not read.")
    for line, text in single:
        shown = " ".join(text.split())
        shown = shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}…"
        yield f"Line {line} holds only '{shown}' and is not read."


def _is_total(row: TableRow, filled: Mapping[int, str], kind: Kind, header: MatchedHeader) -> bool:
    """Without a key of its own: a line that names a total, or holds nothing but numbers."""
    required = [header.columns[field.name].position - 1 for field in kind.fields if field.required]
    if all(at in filled for at in required):
        return False  # whatever its name, it is a row
    key = filled.get(required[0], "")
    if key and not _names_total(key):
        return False
    only_numbers = all(_NUMBER.fullmatch(cell.strip()) for cell in filled.values())
    return any(_names_total(cell) for cell in filled.values()) or (
        only_numbers and bool(filled or row.faults)
    )


def _names_total(cell: str) -> bool:
    words = cell.split()
    return bool(words) and _TOTALS.fullmatch(folded(words[0])) is not None


def _is_remark(filled: Mapping[int, str], row: TableRow, kind: Kind, header: MatchedHeader) -> bool:
    """One text alone where a row has several: the heading of a group, or a remark below the table; no key of a row."""
    if len(filled) != 1 or sum(field.required for field in kind.fields) < LEAST:
        return False
    at, text = next(iter(filled.items()))
    is_key = at == header.columns["key"].position - 1 and bool(re.fullmatch(r"\S*\d\S*", text.strip()))
    return not is_key and not any(index != at for index in row.faults if index not in _merged(row))


def _merged(row: TableRow) -> set[int]:
    return {at for at, fault in row.faults.items() if "merged" in fault}
