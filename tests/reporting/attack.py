"""What does somebody recover who has every published state, and who counts the open events of the feed?

A program of its own: it shares no code with the audit. It reads states as JSON and narrows intervals, sum by sum and
state by state, until nothing narrows any further. Whole numbers only.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from math import ceil, floor, inf
from typing import Any, NamedTuple, TypeAlias

from services.reporting.disclosure.state import State

Cell: TypeAlias = tuple[str, str | None, str | None, str | None]
"""Period, lab, breakdown, group."""


class Hidden(NamedTuple):
    """A number of a cell that a state does not show as of its date."""

    on: str
    cell: Cell
    part: str


Interval: TypeAlias = tuple[float, float]


def as_json(states: Iterable[State]) -> str:
    """The states as a reader downloads them."""
    return json.dumps(
        [
            {
                "on": state.on.isoformat(),
                "cells": [
                    {
                        "indicator": key.indicator,
                        "cell": [key.period, key.lab, key.by, key.group],
                        "since": state.since[key].isoformat(),
                        "figure": figure,
                    }
                    for key, figure in state.cells.items()
                ],
            }
            for state in states
        ]
    )


def intervals(
    published: str,
    indicator: str,
    parts: Iterable[str],
    openly: Mapping[tuple[str, Cell], int] | None = None,
    growing: Iterable[str] | None = None,
) -> dict[Hidden, Interval]:
    """What each hidden number can be. `openly` counts the cases of cells by open events, by date and cell.

    `growing` are the parts that never shrink, else all: who takes a wrong one for growing computes wrong numbers.
    Waiting needs become fewer, and a match that is proposed again leaves the month in which it was declined.
    """
    ranges: dict[tuple[str, Cell, str], Interval] = {}
    cells_on: dict[str, set[Cell]] = defaultdict(set)
    for state in json.loads(published):
        for line in state["cells"]:
            if line["indicator"] == indicator:
                cell = tuple(line["cell"])
                cells_on[state["on"]].add(cell)
                is_new = line["since"] == state["on"]
                for part, number in _numbers(line["figure"], parts):
                    ranges[state["on"], cell, part] = (
                        (float(number), float(number)) if is_new and number is not None else (0.0, inf)
                    )
    hidden = [name for name, (least, most) in ranges.items() if least != most]
    equations = [each for on, cells in cells_on.items() for part in parts for each in _sums(on, cells, part)]
    totals = [([(on, cell, part) for part in parts], number) for (on, cell), number in (openly or {}).items()]
    while _narrowed(ranges, equations, totals) | _grown(
        ranges, sorted(cells_on), set(parts if growing is None else growing)
    ):
        pass
    return {Hidden(on, cell, part): ranges[on, cell, part] for on, cell, part in hidden}


def _numbers(figure: Mapping[str, Any], parts: Iterable[str]) -> Iterable[tuple[str, int | None]]:
    for part in parts:
        number = figure.get(part)
        if part == "no" and figure.get("denominator") is not None:
            number = figure["denominator"] - figure["numerator"]
        yield part, number


def _sums(on: str, cells: set[Cell], part: str) -> Iterable[tuple[Any, list[Any]]]:
    parts_of: dict[tuple[str, Cell], list[Cell]] = defaultdict(list)
    for period, lab, by, group in cells:
        if period != "all":
            parts_of["time", (_larger(period), lab, by, group)].append((period, lab, by, group))
        if by is not None:
            parts_of[by, (period, lab, None, None)].append((period, lab, by, group))
        if lab is not None:
            parts_of["lab", (period, None, by, group)].append((period, lab, by, group))
    for (_, whole), each in parts_of.items():
        if whole in cells:
            yield (on, whole, part), [(on, cell, part) for cell in each]


def _larger(period: str) -> str:
    if len(period) == len("2018"):
        return "all"
    if "Q" in period:
        return period[:4]
    return f"{period[:4]}-Q{ceil(int(period[5:]) / 3)}"


def _narrowed(ranges: dict[Any, Interval], equations: list[Any], totals: list[Any]) -> bool:
    is_new = False
    for whole, each in equations:
        is_new |= _narrow(ranges, {whole: 1, **dict.fromkeys(each, -1)}, 0)
    for each, number in totals:
        is_new |= _narrow(ranges, dict.fromkeys(each, 1), number)
    return is_new


def _narrow(ranges: dict[Any, Interval], weights: Mapping[Any, int], value: float) -> bool:
    is_new = False
    for name, weight in weights.items():
        others = [(ranges[other], w) for other, w in weights.items() if other != name]
        low = sum(least * w if w > 0 else most * w for (least, most), w in others)
        high = sum(most * w if w > 0 else least * w for (least, most), w in others)
        ends = sorted(((value - low) / weight, (value - high) / weight))
        is_new |= _set(ranges, name, ends[0], ends[1])
    return is_new


def _grown(ranges: dict[Any, Interval], days: list[str], growing: set[str]) -> bool:
    """These counts only grow from state to state."""
    is_new = False
    for cell, part in {(cell, part) for _, cell, part in ranges if part in growing}:
        at = [(day, cell, part) for day in days if (day, cell, part) in ranges]
        for before, after in pairwise(at):
            is_new |= _set(ranges, after, ranges[before][0], inf)
            is_new |= _set(ranges, before, 0, ranges[after][1])
    return is_new


def _set(ranges: dict[Any, Interval], name: Any, least: float, most: float) -> bool:
    old = ranges[name]
    new = (
        max(old[0], ceil(least - 1e-6)) if least > -inf else old[0],
        min(old[1], floor(most + 1e-6)) if most < inf else old[1],
    )
    ranges[name] = new
    return new != old


def recovered(
    narrowed: Mapping[Hidden, Interval], true: Mapping[tuple[date, Cell, str], int], least: int
) -> list[Hidden]:
    """The hidden numbers that are small and now known exactly."""
    return [
        hidden
        for hidden, (low, high) in narrowed.items()
        if low == high and 0 < true[date.fromisoformat(hidden.on), hidden.cell, hidden.part] < least
    ]
