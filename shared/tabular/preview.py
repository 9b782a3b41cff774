"""How were the first rows of a file understood? A table with the file's own headings, the fields, and the values."""

from shared.tabular.meaning import shown
from shared.tabular.reading import Reading

N_ROWS = 3
MAX_SHOWN = 32  # [characters] of a value


def preview_of(reading: Reading) -> list[tuple[str, ...]]:
    """A line for each column that is read: heading, field, and its value in the first rows; the first line heads it."""
    rows = reading.rows[:N_ROWS]
    lines = [("column", "is read as", *(f"line {row.line}" for row in rows))]
    for field in reading.kind.fields:
        if field.name in reading.titles:
            values = (
                row.key if field.name == "key" else shown(row.values[field.name], field.parse) for row in rows
            )
            lines.append((reading.titles[field.name], field.name, *(_short(value) for value in values)))
    return lines


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= MAX_SHOWN else f"{line[: MAX_SHOWN - 1]}…"
