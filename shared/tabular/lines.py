"""What can reading a file return? A line, a rejected line, or a refusal of the whole file."""

from dataclasses import dataclass
from typing import NamedTuple

MAX_COLUMNS = 256
"""How many columns are read; a file that has something beyond was made to be too wide, or is no list."""


class FileRefused(Exception):  # noqa: N818 - the word of the report
    """A whole file that is not read: `sentence` says why and what to do, `columns` names the columns at fault."""

    def __init__(self, sentence: str, columns: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.columns = columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as read from the file; `broken` says why its cells can't be trusted.

    `number` is the number that a person sees: the row of the sheet, or the first line in the text file.
    """

    number: int
    cells: tuple[str, ...]
    broken: str | None = None

    @property
    def n_filled(self) -> int:
        """The number of cells that hold more than blanks."""
        return sum(1 for cell in self.cells if cell.strip())


class RejectedLine(NamedTuple):
    """One rejected line, with the first column at fault (None: the line as a whole) and the reason."""

    line: int
    column: str | None
    reason: str
