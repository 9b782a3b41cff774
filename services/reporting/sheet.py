"""How does a figure look as CSV? The same columns for every indicator, so that files can be put below each other."""

import csv
import io
from collections.abc import Mapping
from typing import Any

GERMAN_EXCEL = "excel-de"
DIALECTS = ("standard", GERMAN_EXCEL)

ABOUT = ("id", "indicator", "version", "unit", "lab", "from", "to", "by", "group")
NUMBERS = (
    "value",
    "numerator",
    "denominator",
    "unknown",
    "lower",
    "upper",
    "immature",
    "strict_value",
    "strict_numerator",
    "entries",
    "lower_quartile",
    "upper_quartile",
    "cases",
    "open",
    "given_by_companies",
    "given_by_non_profits",
    "given_by_others",
)
NOTES = ("suppressed", "suppressed_parts", "withheld", "contains_synthetic")
CUTOFF = ("cutoff_actors", "cutoff_marketplace", "cutoff_employment")
COLUMNS = (*ABOUT, *NUMBERS, *NOTES, *CUTOFF)

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins like this for a formula."""


def as_csv(answer: Mapping[str, Any], dialect: str = "standard") -> str:
    """The figure, and one line per group; `excel-de` has semicolons, decimal commas and a mark for Excel.

    Source: RFC 4180.
    """
    german = dialect == GERMAN_EXCEL
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if german else ",", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    about = {
        **{name: answer.get(name) for name in (*ABOUT, *NOTES)},
        "indicator": answer["name"],
        **{f"cutoff_{source}": position for source, position in answer["cutoff"].items()},
    }
    whole = {"group": None, **answer["result"]}
    for line in (whole, *answer.get("groups", ())):
        cells = about | line
        writer.writerow([_cell(name, cells.get(name), german=german) for name in COLUMNS])
    return ("\ufeff" if german else "") + out.getvalue()


def _cell(name: str, value: Any, *, german: bool) -> str:
    if value is None:
        return ""
    if name in NUMBERS:
        return str(value).replace(".", ",") if german else str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = " ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(RISKY) else text
