"""How does a figure look as CSV? Every indicator has the same columns, so that files can be joined.

Existing columns keep their places: parts of later measures come after all others.
"""

import csv
import io
from collections.abc import Mapping
from typing import Any

from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.indicators.measures import MEASURES

GERMAN_EXCEL = "excel-de"
DIALECTS = ("standard", GERMAN_EXCEL)

ABOUT = ("id", "indicator", "version", "unit", "lab", "from", "to", "by", "group")
NOTES = ("suppressed", "suppressed_parts", "withheld", "contains_synthetic")
CUTOFF = ("cutoff_actors", "cutoff_marketplace", "cutoff_employment")
STATE = ("state", "since", "counted_openly")
"""The published state, the earlier one from which the figure stands, and whether everybody can count it."""

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet treats a text that begins like this as a formula."""


def numbers() -> tuple[str, ...]:
    """The columns that hold numbers: the value, and the parts of every measure that is used."""
    return tuple(
        dict.fromkeys(("value", *(name for measure in INDICATORS.measures for name in measure.shows)))
    )


def columns() -> tuple[str, ...]:
    """All columns, in order."""
    first = {"value", *(name for measure in MEASURES for name in measure.shows)}
    before = tuple(name for name in numbers() if name in first)
    behind = tuple(name for name in numbers() if name not in first)
    return (*ABOUT, *before, *NOTES, *CUTOFF, *behind, *STATE)


def as_csv(answer: Mapping[str, Any], dialect: str = "standard") -> str:
    """The figure, and one line per group; `excel-de` has semicolons, decimal commas and a mark for Excel.

    Source: RFC 4180.
    """
    german = dialect == GERMAN_EXCEL
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if german else ",", lineterminator="\r\n")
    heads, numeric = columns(), frozenset(numbers())
    writer.writerow(heads)
    about = {
        **{name: answer.get(name) for name in (*ABOUT, *NOTES, *STATE)},
        "indicator": answer["name"],
        **{f"cutoff_{source}": position for source, position in answer.get("cutoff", {}).items()},
    }
    whole = {"group": None, **answer["result"]}
    for line in (whole, *answer.get("groups", ())):
        cells = about | line
        writer.writerow([_cell(cells.get(name), is_number=name in numeric, german=german) for name in heads])
    return ("\ufeff" if german else "") + out.getvalue()


def _cell(value: Any, *, is_number: bool, german: bool) -> str:
    if value is None:
        return ""
    if is_number:
        return str(value).replace(".", ",") if german else str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(RISKY) else text
