"""How is a text file with delimiters, as German Excel writes it, read without stopping at a broken line?

A quoted cell may hold line breaks. A quotation mark that is never closed would swallow the rest of the file. So a line
whose quotation marks don't match is passed on as broken, and reading goes on with the next line.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from shared.tabular.lines import MAX_COLUMNS, FileRefused, Line, Sheet

DELIMITERS = (";", "\t", ",")
MAX_LINES_IN_A_CELL = 100  # a cell with more line breaks counts as an open quotation mark
N_LINES_SNIFFED = 50
MAX_LINES = 1_000_000

_MARK = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_END = re.compile(rb"\x1a[\x00\x1a]*\Z")
"""What old programs write behind the last line: Ctrl-Z, and zeros up to the end of a block."""

_LINE_END = re.compile(rb"\r+\n|\n|\r")
_OPENING = re.compile(r' *"')
_INSIDE = re.compile(r'[^"]*+(?:""[^"]*+)*+')
_DECLARED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)

_UNDECODABLE = "holds a byte that is no character in {encoding}; save the file as 'CSV UTF-8'"
_NUL = "holds a NUL character; delete it, or save the file as 'CSV UTF-8'"
_TOO_MANY_CELLS = f"has more than {MAX_COLUMNS} cells"
_OPEN_QUOTE = "opens a quotation mark that is never closed; close it, or write it twice inside a quoted cell"
_AMID = "closes a quotation mark amid a cell; inside a quoted cell it is written twice"
_OPEN_QUOTE_BELOW = (
    "has a quotation mark that line {line} opens and nothing closes; close it, or write it twice"
)


@dataclass(frozen=True, slots=True)
class _Physical:
    text: str
    broken: str | None


def read_delimited(raw: bytes) -> list[Sheet]:
    """The lines of a text file as its only sheet.

    Raises: FileRefused when it is in UTF-16, or has too many lines.
    """
    if raw.count(b"\n") + raw.count(b"\r") > 2 * MAX_LINES:
        raise FileRefused(f"The file has more than {MAX_LINES} lines; split it.")
    if raw.startswith(_UTF16):
        raise FileRefused("The file is in UTF-16; save it as 'CSV UTF-8' or as XLSX.")
    encoding = _encoding(raw)
    physical = _unwrapped(_decoded(_END.sub(b"", raw), encoding))
    declared = _DECLARED.fullmatch(physical[0].text) if physical else None
    start = 1 if declared else 0
    delimiter = declared.group(1) if declared else _sniffed(physical)
    word = {";": "semicolon", "\t": "tab", ",": "comma"}.get(delimiter, delimiter)
    form = f"CSV, {word}, {'UTF-8' if encoding == 'utf-8' else 'Windows-1252'}"
    table = _first_lines(physical, delimiter, start)
    width = _usual_width(table)[0] if table else None
    return [Sheet(name="", form=form, lines=list(_lines(physical, delimiter, start, width)))]


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
    for marked in _LINE_END.split(raw):
        line = marked.removeprefix(_MARK)  # also amid the file, where somebody joined two files
        try:
            text = line.decode(encoding)
            broken = _NUL if "\0" in text else None
        except UnicodeDecodeError:
            text, broken = line.decode(encoding, errors="replace"), _UNDECODABLE.format(encoding=name)
        physical.append(_Physical(text, broken))
    return physical


def _unwrapped(physical: list[_Physical]) -> list[_Physical]:
    """The lines without the quotes that some programs write around each line as a whole."""
    inner = []
    for line in physical:
        split = _cells(line.text, "\0")
        wrapped = split.is_whole and len(split.cells) == 1 and line.text.strip().startswith('"')
        if line.text.strip() and not (wrapped and any(mark in split.cells[0] for mark in DELIMITERS)):
            return physical
        inner.append(_Physical(split.cells[0] if wrapped else line.text, line.broken))
    return inner


def _sniffed(physical: list[_Physical]) -> str:
    """The delimiter that gives a plausible header with the width of most lines; wide headers win."""
    return max(DELIMITERS, key=lambda delimiter: _regularity(physical, delimiter))


def _regularity(physical: list[_Physical], delimiter: str) -> tuple[bool, int]:
    """Whether the header is plausible, and how regular the lines below it are.

    Headings hold commas, but no semicolons and no tabs. This excludes a comma table that seems to begin in the
    middle of another table, even when all lines there are wider than their header and have one decimal comma each.
    """
    table = _first_lines(physical, delimiter, 0)
    if not table:
        return False, 0
    width, n_lines = _usual_width(table)
    header = next(line for line in table if len(line.cells) == width)
    others = {";", "\t"} - {delimiter}
    plausible = not any(other in heading for other in others for heading in header.cells)
    return plausible, n_lines * (width - 1)


def _first_lines(physical: list[_Physical], delimiter: str, start: int) -> list[Line]:
    """The first lines with something to compare."""
    lines = (
        line for line in _lines(physical, delimiter, start, None) if not line.broken and line.n_filled > 1
    )
    return list(islice(lines, N_LINES_SNIFFED))


def _usual_width(table: list[Line]) -> tuple[int, int]:
    """The width of most lines, wide ones counting more, and how many have it; a single line counts only among such."""
    n_by_width = Counter(len(line.cells) for line in table)
    several = {width: n for width, n in n_by_width.items() if n > 1} or n_by_width
    return max(several.items(), key=lambda item: (item[1] * (item[0] - 1), item[0]))


def _lines(physical: list[_Physical], delimiter: str, start: int, width: int | None) -> Iterator[Line]:
    """All lines; a cell with line breaks counts only when its line comes out as wide as most lines are."""
    while start < len(physical):
        cells, end, reason = _record(physical, delimiter, start)
        if end - start > 1 and width is not None and not _is_as_wide(cells, width):
            reason = reason or _OPEN_QUOTE  # which swallowed the lines up to the next mark
        if reason:
            line = physical[start]
            yield Line(number=start + 1, cells=(line.text,), broken=line.broken or reason)
            start += 1
            continue
        broken = next((line.broken for line in physical[start:end] if line.broken), None)
        yield Line(number=start + 1, cells=cells, broken=broken)
        start = end


def _is_as_wide(cells: tuple[str, ...], width: int) -> bool:
    """Whether a line has this width, apart from empty cells at its end."""
    return len(cells) >= width and not any(cell.strip() for cell in cells[width:])


def _record(physical: list[_Physical], delimiter: str, start: int) -> tuple[tuple[str, ...], int, str | None]:
    """The cells of the record that begins at this line, where it ends, and why its quotes or cells are broken."""
    text = physical[start].text
    if '"' not in text:
        parts = text.split(delimiter, MAX_COLUMNS)
        has_surplus = len(parts) > MAX_COLUMNS and bool(parts.pop().strip(f"{delimiter} "))
        return tuple(parts), start + 1, _TOO_MANY_CELLS if has_surplus else None
    last = min(len(physical), start + MAX_LINES_IN_A_CELL)
    for end in range(start + 1, last + 1):
        split = _cells(text, delimiter)
        if split.is_whole:
            return split.cells, end, None
        if not split.is_open or end == last:
            opened = start + 1 + text.count("\n", 0, split.opened_at)
            if len(split.cells) >= MAX_COLUMNS:
                return (), end, _TOO_MANY_CELLS
            if opened > start + 1:
                return (), end, _OPEN_QUOTE_BELOW.format(line=opened)
            return (), end, _OPEN_QUOTE if split.is_open or end > start + 1 else _AMID
        text = f"{text}\n{physical[end].text}"
    raise AssertionError("a record has at least one line")


class _Split(NamedTuple):
    """The cells of a text. Not whole: a quote is still open at its end, or one is closed amid a cell."""

    cells: tuple[str, ...]
    is_whole: bool
    is_open: bool = False
    opened_at: int = 0


def _cells(text: str, delimiter: str) -> _Split:
    cells: list[str] = []
    at = opened_at = 0
    while True:
        opening = _OPENING.match(text, at)
        if opening is None:
            end = text.find(delimiter, at)
            end = len(text) if end < 0 else end
            cells.append(text[at:end])
        else:
            opened_at = opening.end() - 1
            inside = _INSIDE.match(text, opening.end())
            end = inside.end() if inside else len(text)
            if end == len(text):
                return _Split(tuple(cells), is_whole=False, is_open=True, opened_at=opened_at)
            cells.append(text[opening.end() : end].replace('""', '"'))
            end = len(text) - len(text[end + 1 :].lstrip(" "))
            if end < len(text) and text[end] != delimiter:
                return _Split(tuple(cells), is_whole=False, opened_at=opened_at)
        if end >= len(text):
            return _Split(tuple(cells), is_whole=True)
        if len(cells) >= MAX_COLUMNS:
            return _Split(tuple(cells), is_whole=False, opened_at=opened_at)
        at = end + 1
