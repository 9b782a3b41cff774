"""What does a whole file hold? Rows of one kind, its own headings, and a report of the rejected lines."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from shared.tabular.fields import Kind
from shared.tabular.header import guess_kind, ignored_columns, match_header
from shared.tabular.passed_over import without_other_lines
from shared.tabular.report import Report
from shared.tabular.rows import Row, parse_rows
from shared.tabular.tables import read_table

NO_ROWS = "Below the header there are no rows."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file that has been read; `titles` are its own headings by field."""

    kind: Kind
    rows: list[Row]
    titles: dict[str, str]
    report: Report

    def title_of(self, name: str) -> str | None:
        """The file's own heading of a field; the usual one where it has no such column."""
        usual = next((field.titles[0] for field in self.kind.fields if field.name == name), None)
        return self.titles.get(name, usual)

    def references_to(self, kind: str) -> set[str]:
        """The texts by which the rows name nouns of this kind."""
        names = [field.name for field in self.kind.fields if field.refers_to == kind]
        texts = [(row.text(name), row.texts(name)) for row in self.rows for name in names]
        return {text for single, several in texts for text in (single, *several) if text}


def read(
    path: Path, kind: Kind | None, kinds: Collection[Kind], sheet: str | None = None, *, today: date
) -> Reading:
    """Read a file of this kind; without a kind, its columns show which of these kinds it is.

    Of a workbook it reads the sheet with this name, else the one whose columns fit. `today` says of which century a
    year in two digits is.
    Raises: FileRefused.
    """
    whole = read_table(path, [kind] if kind else kinds, sheet)
    chosen = kind or guess_kind(whole, kinds)
    table = without_other_lines(whole, chosen)
    rows, rejected = parse_rows(table, chosen, today)
    report = Report(
        kind=chosen.name,
        file=path.name,
        n_read=len(rows) + len(rejected),
        rejected=rejected,
        unread=ignored_columns(table, chosen),
        notes=[*table.notes, *(() if rows or rejected else (NO_ROWS,))],
    )
    titles = {name: column.name for name, column in match_header(table, chosen).columns.items()}
    return Reading(kind=chosen, rows=rows, titles=titles, report=report)
