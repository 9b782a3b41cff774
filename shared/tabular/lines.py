"""What can reading a file return? Sheets of lines, a rejected line, or a refusal of the whole file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_COLUMNS = 256
"""How many columns are read; a file that has something beyond was made to be too wide, or is no list."""


NO_HEADER = (
    "The file has no header: no line has two filled cells. Save it as XLSX, or as CSV with semicolons."
)


class FileRefused(Exception):  # noqa: N818 - the word of the report
    """A whole file that is not read: `sentence` says why and what to do, `columns` names the columns at fault."""

    def __init__(self, sentence: str, columns: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.columns = columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as read from the file; `broken` says why its cells can't be trusted.

    `number` is the number that a person sees: the row of the sheet, or the first line in the text file. `faults` say by
    index which single cells can't be read, and why.
    """

    number: int
    cells: tuple[str, ...]
    broken: str | None = None
    faults: Mapping[int, str] = field(default_factory=dict)

    @property
    def n_filled(self) -> int:
        """The number of cells that hold more than blanks."""
        return sum(1 for cell in self.cells if cell.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The lines of a sheet of a workbook; a text file has one sheet without a name.

    `form` names the form in words, `notes` say what a person may not see in it. `refused` says why a sheet is not read.
    `has_places`: every cell has a place of its own, so a line is never broken only because it is too long.
    """

    name: str
    form: str
    lines: Sequence[Line] = ()
    notes: tuple[str, ...] = ()
    is_hidden: bool = False
    has_places: bool = False
    refused: FileRefused | None = None


class RejectedLine(NamedTuple):
    """One rejected line, with the first column at fault (None: the line as a whole) and the reason."""

    line: int
    column: str | None
    reason: str
