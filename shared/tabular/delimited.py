"""How is a text file with delimiters, as German Excel writes it, read without stopping at a broken line?

A quoted cell may hold line breaks. A quotation mark that is never closed would swallow the rest of the file. So a line
whose quotation marks don't match is passed on as broken, and reading goes on with the next line.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from shared.tabular.lines import MAX_COLUMNS, FileRefused, Line

DELIMITERS = (";", "\t", ",")
MAX_LINES_IN_A_CELL = 100  # a cell with more line breaks counts as an open quotation mark
N_LINES_SNIFFED = 50
MAX_LINES = 1_000_000

_MARK = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_OPENING = re.compile(r' *"')
_INSIDE = re.compile(r'[^"]*+(?:""[^"]*+)*+')
_DECLARED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)

_UNDECODABLE = "holds a byte that is no character in {encoding}"
_NUL = "holds a NUL character"
_TOO_MANY_CELLS = f"has more than {MAX_COLUMNS} cells"
_OPEN_QUOTE = "a quotation mark is opened and not closed; inside a quoted cell it is written twice"


@dataclass(frozen=True, slots=True)
class _Physical:
    text: str
    broken: str | None


def read_delimited(raw: bytes) -> tuple[list[Line], str]:
    """All lines of a text file, and its form in words.

    Raises: FileRefused when it is in UTF-16, or has too many lines.
    """
    if raw.count(b"\n") + raw.count(b"\r") > 2 * MAX_LINES:
        raise FileRefused(f"The file has more than {MAX_LINES} lines; split it.")
    if raw.startswith(_UTF16):
        raise FileRefused("The file is in UTF-16; save it as 'CSV UTF-8' or as XLSX.")
    encoding = _encoding(raw)
    physical = _decoded(raw.removeprefix(_MARK), encoding)
    declared = _DECLARED.fullmatch(physical[0].text) if physical else None
    start = 1 if declared else 0
    delimiter = declared.group(1) if declared else _sniffed(physical)
    word = {";": "semicolon", "\t": "tab", ",": "comma"}.get(delimiter, delimiter)
    form = f"CSV, {word}, {'UTF-8' if encoding == 'utf-8' else 'Windows-1252'}"
    return list(_lines(physical, delimiter, start)), form


def _encoding(raw: bytes) -> str:
    """UTF-8 when the file is marked so or most lines with umlauts are valid UTF-8, else Windows-1252."""
    if raw.startswith(_MARK):
        return "utf-8"
    counts = Counter(_is_utf8(line) for line in _LINE_END.split(raw) if not line.isascii())
    return "utf-8" if counts[True] >= counts[False] else "cp1252"


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decoded(raw: bytes, encoding: str) -> list[_Physical]:
    name = "UTF-8" if encoding == "utf-8" else "Windows-1252"
    physical = []
    for line in _LINE_END.split(raw):
        try:
            text = line.decode(encoding)
            broken = _NUL if "\0" in text else None
        except UnicodeDecodeError:
            text, broken = line.decode(encoding, errors="replace"), _UNDECODABLE.format(encoding=name)
        physical.append(_Physical(text, broken))
    return physical


def _sniffed(physical: list[_Physical]) -> str:
    """The delimiter that gives a plausible header with the width of most lines; wide headers win."""
    return max(DELIMITERS, key=lambda delimiter: _regularity(physical, delimiter))


def _regularity(physical: list[_Physical], delimiter: str) -> tuple[bool, int]:
    """Whether the header is plausible, and how regular the lines below it are.

    Headings hold commas, but no semicolons and no tabs. This excludes a comma table that seems to begin in the
    middle of another table, even when all lines there are wider than their header and have one decimal comma each.
    """
    table: list[Line] = []
    for line in _lines(physical, delimiter, 0):
        if line.broken is None and line.n_filled and (table or line.n_filled > 1):
            table.append(line)
        if len(table) >= N_LINES_SNIFFED:
            break
    if not table:
        return False, 0
    width = len(table[0].cells)
    others = {";", "\t"} - {delimiter}
    plausible = not any(other in heading for other in others for heading in table[0].cells)
    return plausible, sum(len(line.cells) == width for line in table) * (width - 1)


def _lines(physical: list[_Physical], delimiter: str, start: int) -> Iterator[Line]:
    width: int | None = (
        None  # of the header: a cell with line breaks counts only when its line comes out this wide
    )
    while start < len(physical):
        cells, end = _record(physical, delimiter, start)
        swallowed = end - start > 1 and width is not None and len(cells or ()) != width
        if cells is None or swallowed:
            cells, end = (physical[start].text,), start + 1
            is_too_wide = physical[start].text.count(delimiter) >= MAX_COLUMNS
            reason = _TOO_MANY_CELLS if is_too_wide else _OPEN_QUOTE
            yield Line(number=start + 1, cells=cells, broken=physical[start].broken or reason)
        else:
            broken = next((line.broken for line in physical[start:end] if line.broken), None)
            line = Line(number=start + 1, cells=cells, broken=broken)
            width = len(cells) if width is None and line.n_filled > 1 else width
            yield line
        start = end


def _record(physical: list[_Physical], delimiter: str, start: int) -> tuple[tuple[str, ...] | None, int]:
    """The cells of the record that begins at this line (None: broken quotes, or too many cells), and where it ends."""
    text = physical[start].text
    if '"' not in text:
        parts = text.split(delimiter, MAX_COLUMNS)
        has_surplus = len(parts) > MAX_COLUMNS and bool(parts.pop().strip(f"{delimiter} "))
        return None if has_surplus else tuple(parts), start + 1
    last = min(len(physical), start + MAX_LINES_IN_A_CELL)
    for end in range(start + 1, last + 1):
        cells, is_open = _cells(text, delimiter)
        if not is_open:
            return cells, end
        if end < last:
            text = f"{text}\n{physical[end].text}"
    return None, start + 1


def _cells(text: str, delimiter: str) -> tuple[tuple[str, ...] | None, bool]:
    """The cells of a text, None when a quote is closed inside a cell; and whether a quote is still open at its end."""
    cells: list[str] = []
    at = 0
    while True:
        opening = _OPENING.match(text, at)
        if opening is None:
            end = text.find(delimiter, at)
            end = len(text) if end < 0 else end
            cells.append(text[at:end])
        else:
            inside = _INSIDE.match(text, opening.end())
            end = inside.end() if inside else len(text)
            if end == len(text):
                return None, True
            cells.append(text[opening.end() : end].replace('""', '"'))
            end = len(text) - len(text[end + 1 :].lstrip(" "))
            if end < len(text) and text[end] != delimiter:
                return None, False
        if end >= len(text):
            return tuple(cells), False
        if len(cells) >= MAX_COLUMNS:
            return None, False
        at = end + 1
