"""What did the import of a file do? How many rows are new, amended, unchanged; which lines were rejected, and why?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from shared.tabular.lines import RejectedLine

Progress: TypeAlias = Callable[[int, int], None]
"""Called after every row with the number of rows done and of all rows."""


class Change(StrEnum):
    """What a row has changed."""

    NEW = "new"
    AMENDED = "amended"
    UNCHANGED = "unchanged"


@dataclass(slots=True, kw_only=True)
class Report:
    """One file's report; `n_read` counts rows and rejected lines, `unread` warns of columns without a field.

    `notes` name lines and sheets that were passed over, and what may not be seen in the file; `preview` shows how the
    first rows are understood, when nothing was imported yet.
    """

    kind: str
    file: str
    n_read: int = 0
    n_new: int = 0
    n_amended: int = 0
    n_unchanged: int = 0
    rejected: list[RejectedLine] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    preview: list[tuple[str, ...]] = field(default_factory=list, compare=False)

    def count(self, change: Change) -> None:
        """Count one row."""
        match change:
            case Change.NEW:
                self.n_new += 1
            case Change.AMENDED:
                self.n_amended += 1
            case Change.UNCHANGED:
                self.n_unchanged += 1

    def reject(self, line: RejectedLine) -> None:
        """Add a rejected line; they keep the order of the file."""
        self.rejected.append(line)
        self.rejected.sort(key=lambda rejected: rejected.line)
