"""What is published as of the end of a month? Every newest definition in every calendar cell, suppressed together."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias

import msgspec

from services.reporting.indicators.breakdowns import ALWAYS, NONE
from services.reporting.indicators.cases import Case, Facts
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measure import Measured
from services.reporting.secondary import give_away, results_of
from services.reporting.suppression import POLICY

ALL = "all"
"""The period without a limit."""

Cases: TypeAlias = Sequence[Case]

_encode = msgspec.json.Encoder(order="sorted", decimal_format="string").encode


class CellKey(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A calendar cell: `period` is `all`, `2018`, `2018-Q2` or `2018-05`; `lab` is None for all labs.

    `by` and `group` are a declared breakdown and one of its groups, None for the total.
    """

    indicator: str
    version: int
    period: str
    lab: str | None = None
    by: str | None = None
    group: str | None = None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The figures as published for the end of a month; `since` says of which state a cell's figure is."""

    on: date
    policy: str
    cells: Mapping[CellKey, Measured]
    since: Mapping[CellKey, date]


def digest_of(state: State) -> str:
    """SHA-256 over date, policy and every cell with its date, in the order of their keys."""
    hashed = hashlib.sha256(_encode((state.on, state.policy)) + b"\n")
    for line in sorted(_encode((key, state.since[key], measured)) for key, measured in state.cells.items()):
        hashed.update(line + b"\n")
    return hashed.hexdigest()


def state_of(facts: Facts, on: date, earlier: Sequence[State]) -> State:
    """The figures of all newest definitions, suppressed together; a cell that has not changed keeps its date."""
    cells: dict[CellKey, Measured] = {}
    for indicator in INDICATORS.values():
        cells.update(_cells_of(indicator, facts))
    last = earlier[-1] if earlier else None
    since = {
        key: last.since[key] if last is not None and last.cells.get(key) == measured else on
        for key, measured in cells.items()
    }
    return State(on=on, policy=POLICY.version, cells=cells, since=since)


def periods_of(day: date) -> tuple[str, str, str]:
    """The year, the quarter and the month of a day."""
    return f"{day.year:04d}", f"{day.year:04d}-Q{(day.month + 2) // 3}", f"{day:%Y-%m}"


def _cells_of(indicator: Indicator, facts: Facts) -> Iterator[tuple[CellKey, Measured]]:
    everything = list(indicator.cases(facts))
    yield from _of_lab(indicator, None, everything)
    by_lab = {
        lab or NONE: list(indicator.cases(facts.of_lab(lab)))
        for lab in sorted(facts.labs(indicator.facts[0]), key=str)
    }
    of_all = results_of(indicator, by_lab, full=False)
    for lab, cases in by_lab.items():
        for key, measured in _of_lab(indicator, lab, cases):
            yield key, give_away(measured, full=False) if "suppressed" in of_all[lab] else measured


def _of_lab(indicator: Indicator, lab: str | None, cases: Cases) -> Iterator[tuple[CellKey, Measured]]:
    def key(period: str, by: str | None = None, group: str | None = None) -> CellKey:
        return CellKey(indicator.name, indicator.version, period, lab, by, group)

    yield key(ALL), indicator.measure.result(cases, indicator.protects, full=False)
    hidden: set[str] = set()
    years: dict[str, Cases] = {}
    for level in range(3):
        grouped = _grouped(cases, lambda case, level=level: periods_of(case.on)[level])  # type: ignore[misc]  # a default argument
        years = years or dict(grouped)
        for period, measured in results_of(indicator, grouped, full=False).items():
            is_within_hidden = any(outer in hidden for outer in _around(period))
            shown = give_away(measured, full=False) if is_within_hidden else measured
            if "suppressed" in shown:
                hidden.add(period)
            yield key(period), shown
    for breakdown in indicator.breakdown_by_name.values():
        if breakdown not in ALWAYS:
            for period, within in {ALL: cases, **years}.items():
                grouped = _grouped(within, breakdown.group)
                for group, measured in results_of(indicator, grouped, full=False).items():
                    shown = give_away(measured, full=False) if period in hidden else measured
                    yield key(period, breakdown.name, group), shown


def _around(period: str) -> Iterable[str]:
    if "-" not in period:
        return ()
    year, part = period.split("-")
    return (year,) if part.startswith("Q") else (year, f"{year}-Q{(int(part) + 2) // 3}")


def _grouped(cases: Cases, group_of: Callable[[Case], str]) -> dict[str, Cases]:
    grouped: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        grouped[group_of(case)].append(case)
    return dict(grouped)
