"""How does a figure look as CSV? As one tidy table: a line for each group, or one line for the whole, never both.

So a sum over a column counts nothing twice. The code book, a table of its own, explains each column.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.reporting.cutoff import text_of
from services.reporting.indicators.breakdowns import COMMON_GROUPS
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.indicators.indicator import Indicator
from services.reporting.words import Words

GERMAN_EXCEL = "excel-de"
DIALECTS = ("standard", GERMAN_EXCEL)
ALL = "all"

ABOUT = ("id", "indicator", "version", "unit", "as_of", "contains_synthetic", "by", "group")
"""The columns before the numbers; every table has them, and all numbers of its indicator behind them."""

NOTES = (
    "from",
    "to",
    "lab",
    "suppressed",
    "suppressed_parts",
    "withheld",
    "since",
    "counted_openly",
    "cutoff_actors",
    "cutoff_marketplace",
    "cutoff_employment",
)
"""The columns behind the numbers; a table has those in which anything stands."""

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet treats a text that begins like this as a formula."""

CODE_BOOK = ("column", "type", "unit", "meaning", "meaning_de", "values")
UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")

MEANINGS: Mapping[str, tuple[str, Words]] = {
    "id": ("text", Words("the indicator's id in the handbook", "Kennung der Zahl im Handbuch")),
    "indicator": ("text", Words("the indicator's name in addresses", "Name der Zahl in Adressen")),
    "version": ("number", Words("the version of its definition", "Fassung ihrer Definition")),
    "unit": ("text", Words("the unit of the value", "Einheit des Werts")),
    "as_of": (
        "text",
        Words(
            "the day at whose end the figure stands; for auditors the cut-off that they asked for",
            "der Tag, an dessen Ende die Zahl so steht; für die Prüfung der erfragte Stichtag",
        ),
    ),
    "by": ("text", Words("the breakdown; all: the whole", "die Aufschlüsselung; all: alles zusammen")),
    "group": ("text", Words("the group; all: the whole", "die Gruppe; all: alles zusammen")),
    "from": ("day", Words("the first day that counts", "der erste Tag, der zählt")),
    "to": ("day", Words("the last day that counts", "der letzte Tag, der zählt")),
    "lab": ("text", Words("the lab whose cases alone count", "das Labor, dessen Fälle allein zählen")),
    "suppressed": (
        "text",
        Words("why the line shows no numbers", "warum in der Zeile keine Zahlen stehen"),
    ),
    "suppressed_parts": (
        "text",
        Words("the numbers that are not shown", "die Zahlen, die nicht gezeigt werden"),
    ),
    "withheld": (
        "text",
        Words(
            "why the line is not published, for auditors",
            "warum die Zeile nicht veröffentlicht ist, für die Prüfung",
        ),
    ),
    "since": (
        "day",
        Words("the earlier state from which the line stands", "der frühere Stand, von dem die Zeile stammt"),
    ),
    "counted_openly": (
        "yes or no",
        Words(
            "whether everybody can count it in the open events",
            "ob alle es in den offenen Ereignissen nachzählen können",
        ),
    ),
    "contains_synthetic": (
        "yes or no",
        Words("whether simulated data are in it", "ob simulierte Daten darin sind"),
    ),
    **{
        f"cutoff_{source}": (
            "number",
            Words(
                f"the last position of {source} that counts", f"die letzte Position von {source}, die zählt"
            ),
        )
        for source in ("actors", "marketplace", "employment")
    },
}
"""What each column holds that every indicator has: its type and its meaning."""


def numbers() -> tuple[str, ...]:
    """The names of all numbers: the value, and the parts of every measure that is used."""
    return tuple(
        dict.fromkeys(("value", *(name for measure in INDICATORS.measures for name in measure.shows)))
    )


def numbers_of(indicator: Indicator) -> tuple[str, ...]:
    """The numbers of one indicator, the value first; a stricter variant only where it has one."""
    parts = [
        part.name
        for part in indicator.measure.parts
        if not part.is_optional or indicator.stricter is not None
    ]
    return ("value", *(name for name in parts if name != "value"))


def as_csv(answer: Mapping[str, Any], dialect: str = "standard") -> str:
    """A line for each group where the figure is broken down, else one; `excel-de` has semicolons and decimal commas.

    Source: RFC 4180; Wickham, Tidy Data (2014).
    """
    indicator = INDICATORS.of(answer["name"], answer["version"])
    lines = list(_lines(answer))
    notes = [name for name in NOTES if any(line.get(name) not in (None, "", False) for line in lines)]
    return _written((*ABOUT, *numbers_of(indicator), *notes), lines, numbers_of(indicator), dialect)


def code_book(indicator: Indicator, dialect: str = "standard") -> str:
    """What each column of the figure's tables holds, and which words stand for which group."""
    return _written(CODE_BOOK, list(_explained(indicator)), (), dialect)


def file_name(answer: Mapping[str, Any]) -> str:
    """The name under which the table is kept: with breakdown, lab, period and date, so that files differ."""
    parts = [answer["name"]]
    parts += [f"by-{answer['by']}"] if answer.get("by") else ["total"]
    parts += [str(answer["lab"])] if answer.get("lab") else []
    parts += [f"from-{answer['from']}"] if answer.get("from") else []
    parts += [f"to-{answer['to']}"] if answer.get("to") else []
    parts += [f"as-of-{as_of_in(answer)}"] if as_of_in(answer) else []
    return "_".join(UNSAFE.sub("-", part) if part != answer["name"] else part for part in parts) + ".csv"


def as_of_in(answer: Mapping[str, Any]) -> str:
    """The date of the figure: that of its state, the cut-off that was asked for, or the day of a live figure."""
    if answer.get("as_of"):
        return text_of(answer["as_of"]["asked_as_of"])
    return str(answer.get("state") or answer.get("live_on") or "")


def _lines(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    about = {
        **{name: answer.get(name) for name in (*ABOUT, *NOTES)},
        "counted_openly": False,
        "indicator": answer["name"],
        "as_of": as_of_in(answer),
        "by": answer.get("by") or ALL,
        **{f"cutoff_{source}": position for source, position in answer.get("cutoff", {}).items()},
    }
    for line in answer["groups"] if answer.get("by") else ({"group": ALL, **answer["result"]},):
        yield about | line


def _explained(indicator: Indicator) -> Iterator[dict[str, str]]:
    heads = {part.name: indicator.head_of(part) for part in indicator.measure.parts}
    heads = {"value": indicator.formula, **heads}
    of_numbers = {name: ("number", heads[name]) for name in numbers_of(indicator)}
    about = {name: MEANINGS[name] for name in ABOUT}
    behind = {name: MEANINGS[name] for name in NOTES}
    for name, (kind, meaning) in {**about, **of_numbers, **behind}.items():
        unit = indicator.unit if name == "value" else ""
        yield {"column": name, "type": kind, "unit": unit, "meaning": meaning.en, "meaning_de": meaning.de}
    for breakdown in indicator.breakdown_by_name.values():
        words = {**breakdown.words, **COMMON_GROUPS} if breakdown.words else {}
        yield {
            "column": f"group where by is {breakdown.name}",
            "type": "text",
            "meaning": breakdown.label.en,
            "meaning_de": breakdown.label.de,
            "values": "; ".join(f"{group}: {names.en} / {names.de}" for group, names in words.items()),
        }


def _written(
    heads: Sequence[str], lines: Iterable[Mapping[str, Any]], numeric: Sequence[str], dialect: str
) -> str:
    german = dialect == GERMAN_EXCEL
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if german else ",", lineterminator="\r\n")
    writer.writerow(heads)
    for line in lines:
        writer.writerow([_cell(line.get(name), is_number=name in numeric, german=german) for name in heads])
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
