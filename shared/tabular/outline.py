"""What does a sheet hold beside the values of its cells? Its true size, and what is hidden, merged, unvalued.

The file is read as a stream: rows and columns that are formatted and empty take neither memory nor a line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, NamedTuple
from xml.parsers import expat

from shared.tabular.lines import FileRefused

N_LETTERS = 26
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TRUE = frozenset({"1", "true"})


class Merged(NamedTuple):
    """A range of merged cells, from its first to its last row and column; only the first cell has a value."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True, kw_only=True)
class Outline:
    """What is known of a sheet; rows and columns count from 1.

    Nothing has a value beyond `last_row` and `last_column`, which has one in `widest_row`; `unvalued` are formulas
    without a value.
    """

    last_row: int = 0
    last_column: int = 0
    widest_row: int = 0
    n_values: int = 0
    unvalued: dict[int, list[int]] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)


def outline_of(source: IO[bytes]) -> Outline:
    """The outline of the sheet in this part of a workbook.

    Raises: FileRefused when the part declares a document type, which no workbook does; expat's error when it is broken.
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.ParseFile(source)
    return reader.outline


def column_number(letters: str) -> int:
    """The number of a column: 1 for `A`, 27 for `AA`."""
    number = 0
    for letter in letters:
        number = number * N_LETTERS + ord(letter) - ord("A") + 1
    return number


def cell_name(row: int, column: int) -> str:
    """The name of a cell as a person sees it: `D7`."""
    return f"{column_letters(column)}{row}"


def column_letters(column: int) -> str:
    """The letters of a column: `A` for 1, `AA` for 27."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, N_LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


class _Reader:
    """Takes in one element after the other."""

    def __init__(self) -> None:
        self.outline = Outline()
        self._row = self._column = 0
        self._row_is_hidden = self._row_has_value = False
        self._is_text = self._has_formula = self._has_value = self._takes_text = False

    def doctype(self, *_: object) -> None:
        raise FileRefused(
            "The workbook declares a document type, which Excel never does; save it again in Excel."
        )

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag.rpartition(" ")[2]:
            case "row":
                self._row = int(attributes.get("r", self._row + 1))
                self._column = 0
                self._row_is_hidden = attributes.get("hidden") in _TRUE
                self._row_has_value = False
            case "c":
                named = _CELL.fullmatch(attributes.get("r", ""))
                self._column = column_number(named[1]) if named else self._column + 1
                self._is_text = attributes.get("t") == "str"
                self._has_formula = self._has_value = False
            case "f":
                self._has_formula = True
            case "v" | "t":
                self._takes_text = True
            case "col" if attributes.get("hidden") in _TRUE:
                first, last = int(attributes["min"]), int(attributes["max"])
                self.outline.hidden_columns += range(first, min(last, first + 1000) + 1)
            case "mergeCell":
                self._merge(attributes.get("ref", ""))

    def end(self, tag: str) -> None:
        match tag.rpartition(" ")[2]:
            case "v" | "t":
                self._takes_text = False
            case "c":
                self._end_cell()
            case "row" if self._row_has_value and self._row_is_hidden:
                self.outline.hidden_rows.append(self._row)

    def text(self, text: str) -> None:
        if self._takes_text and text:
            self._has_value = True

    def _end_cell(self) -> None:
        if self._has_formula and not self._has_value and not self._is_text:
            self.outline.unvalued.setdefault(self._row, []).append(self._column)
        elif not self._has_value:
            return
        self._row_has_value = True
        self.outline.n_values += 1
        self.outline.last_row = max(self.outline.last_row, self._row)
        if self._column > self.outline.last_column:
            self.outline.last_column, self.outline.widest_row = self._column, self._row

    def _merge(self, ref: str) -> None:
        corners = [_CELL.fullmatch(corner) for corner in ref.split(":")]
        if len(corners) == len("ab") and corners[0] and corners[1]:
            (left, top), (right, bottom) = corners[0].groups(), corners[1].groups()
            self.outline.merged.append(
                Merged(int(top), column_number(left), int(bottom), column_number(right))
            )
