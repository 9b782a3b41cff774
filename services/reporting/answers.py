"""What does reporting answer? Indicators for a period, broken down, as data, as a table, with their lineage."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.reporting.facts.tables import FactTables
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.indicators.indicator import Case, Facts, Indicator
from services.reporting.suppression import POLICY
from shared.eventlog.store import SqlStore
from shared.events.registry import SERVICES, type_of

ALWAYS = ("year", "month")
COLUMNS = (
    "indicator",
    "group",
    "value",
    "numerator",
    "denominator",
    "unknown",
    "immature",
    "lower",
    "upper",
    "suppressed",
)


class BadParameter(ValueError):  # noqa: N818 - says what it is
    """A parameter that can't be answered: its name and why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of an indicator; `full` shows what is suppressed, for auditors."""

    begins: date = date.min
    ends: date = date.max
    by: str | None = None
    full: bool = False

    @classmethod
    def of(cls, params: Mapping[str, str], *, full: bool) -> "Asked":
        """From the query's parameters.

        Raises: BadParameter.
        """
        begins, ends = _date(params, "from", date.min), _date(params, "to", date.max)
        if begins > ends:
            raise BadParameter("to", "the period ends before it begins")
        return cls(begins=begins, ends=ends, by=params.get("by") or None, full=full)


class Answers:
    """Figures from the facts as they are now."""

    def __init__(self, store: SqlStore, tables: FactTables) -> None:
        self._store = store
        self._tables = tables

    def facts(self, today: date) -> Facts:
        """The facts for one answer; `today` decides which cohorts are mature."""
        return Facts(self._tables.rows, today)

    def listing(self) -> list[dict[str, Any]]:
        """Every indicator with its definition."""
        return [definition(one) for one in INDICATORS.values()]

    def indicator(self, name: str, asked: Asked, facts: Facts) -> dict[str, Any]:
        """One figure, and one per group where it is broken down.

        Raises: KeyError for an unknown name; BadParameter.
        """
        one = INDICATORS[name]
        if asked.by is not None and asked.by not in (*ALWAYS, *one.groups):
            raise BadParameter("by", f"{name} is broken down by {', '.join((*ALWAYS, *one.groups))}")
        cases = [case for case in one.cases(facts) if asked.begins <= case.on <= asked.ends]
        answer = definition(one) | {
            "from": None if asked.begins == date.min else asked.begins.isoformat(),
            "to": None if asked.ends == date.max else asked.ends.isoformat(),
            "suppression_policy": POLICY.version,
            "cutoff": self.cutoff(),
            "result": one.measure(cases, one.protects, asked.full),
        }
        if asked.by is not None:
            answer |= {"by": asked.by, "groups": _broken_down(one, cases, asked)}
        return answer

    def cutoff(self) -> dict[str, int]:
        """The position of each log up to which facts were counted."""
        return {
            source: self._store.cursors.cursor(f"facts:{source}")
            for source in SERVICES
            if source != "reporting"
        }

    def lineage(self, name: str) -> dict[str, Any]:
        """Where a figure comes from: definition, facts with their columns, event types, cut-off.

        Raises: KeyError for an unknown name.
        """
        one = INDICATORS[name]
        return definition(one) | {
            "facts": {fact.table: list(fact.columns) for fact in one.facts},
            "query": one.cases.__doc__ or one.cases.__name__,
            "event_types": [type_of(cls).wire_name(type_of(cls).owner) for cls in one.events],
            "suppression_policy": POLICY.version,
            "cutoff": self.cutoff(),
        }


def definition(one: Indicator) -> dict[str, Any]:
    """An indicator's definition in words."""
    return {
        "id": one.id,
        "name": one.name,
        "version": one.version,
        "title": one.title,
        "title_de": one.title_de,
        "formula": one.formula,
        "formula_de": one.formula_de,
        "unit": one.unit,
        "step": one.step,
        "protects": str(one.protects),
        "by": [*ALWAYS, *one.groups],
    }


def as_csv(answer: Mapping[str, Any], dialect: str) -> str:
    """The figure as a table; `excel-de` has semicolons, decimal commas and a mark for Excel.

    Raises: BadParameter for another dialect.
    """
    if dialect not in {"", "excel-de"}:
        raise BadParameter("dialect", "the dialects are excel-de, or none")
    german = dialect == "excel-de"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if german else ",", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    lines = [("", answer["result"]), *((group["group"], group) for group in answer.get("groups", []))]
    for group, result in lines:
        cells = [answer["name"], group, *(_cell(result.get(name), german=german) for name in COLUMNS[2:])]
        writer.writerow(cells)
    return ("\ufeff" if german else "") + out.getvalue()


def _cell(value: Any, *, german: bool) -> str:
    text = "" if value is None else str(value)
    numeric = text.replace(".", "", 1).isdigit()
    return text.replace(".", ",") if german and numeric else text


def _broken_down(one: Indicator, cases: list[Case], asked: Asked) -> list[dict[str, Any]]:
    """A figure per group; when exactly one is suppressed, the smallest other one is too, or it could be computed."""
    grouped: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        grouped[_group(case, asked.by or "")].append(case)
    found = {group: one.measure(grouped[group], one.protects, asked.full) for group in sorted(grouped)}
    hidden = [group for group, result in found.items() if "suppressed" in result]
    if len(hidden) == 1 and len(found) > 1:
        smallest = min(
            (group for group in found if group not in hidden), key=lambda group: len(grouped[group])
        )
        found[smallest] = {"value": None, "suppressed": "would let a suppressed figure be computed"}
    return [{"group": group, **result} for group, result in found.items()]


def _group(case: Case, by: str) -> str:
    if by == "year":
        return str(case.on.year)
    if by == "month":
        return f"{case.on:%Y-%m}"
    return case.groups.get(by) or "unknown"


def _date(params: Mapping[str, str], name: str, default: date) -> date:
    text = params.get(name)
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadParameter(name, f"{name} is a day such as 2018-12-31") from None
