"""How did earlier versions read a cell that holds a text? As it stood there, whoever saw the difference or not.

What they imported is recognised when its file comes again (`Row.as_before`): then nothing happens twice.
"""

import re
from collections.abc import Mapping

from shared.tabular import cells
from shared.tabular.cells import CellRefused, ListOf, Parser, Value

_EMPTY = frozenset({"", "-", "–", "—", "k.A.", "k. A.", "n/a", "#NV"})


def reads_texts(parse: Parser) -> bool:
    """Whether a parser may have read a text otherwise."""
    return parse in _PARSERS or isinstance(parse, ListOf)


def read_before(cell: str, parse: Parser, default: Value) -> Value:
    """The value that earlier versions read in a cell.

    Raises: CellRefused, where they refused it.
    """
    blank = cell.replace("\u00a0", " ").replace("\u202f", " ")
    if blank.strip() in _EMPTY:
        return default
    if isinstance(parse, ListOf):
        single = _PARSERS.get(parse.parser, _line_of_text)
        parts = (part.strip() for part in re.split(r"[,;\n]", blank))
        return tuple(dict.fromkeys(str(single(part)) for part in parts if part not in _EMPTY))
    return _PARSERS[parse](blank)


def _text(cell: str) -> str:
    text = "\n".join(" ".join(line.split()) for line in cell.strip().split("\n"))
    if len(text) > cells.MAX_TEXT:
        raise CellRefused(f"is longer than {cells.MAX_TEXT} characters")
    return text


def _line_of_text(cell: str) -> str:
    line = " ".join(_text(cell).split())
    if len(line) > cells.MAX_LINE:
        raise CellRefused(f"is longer than {cells.MAX_LINE} characters")
    return line


def _day_or_key(cell: str) -> str:
    try:
        return cells.day(cell).isoformat()
    except CellRefused:
        return _line_of_text(cell)


_PARSERS: Mapping[Parser, Parser] = {
    cells.text: _text,
    cells.line_of_text: _line_of_text,
    cells.day_or_key: _day_or_key,
}
