"""What is published as of the end of a month? Every newest definition in every calendar cell, suppressed together."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from services.reporting.disclosure.cells import ALL, CellKey, periods_of
from services.reporting.disclosure.deciding import decided
from services.reporting.disclosure.table import Dated, Past
from services.reporting.indicators.breakdowns import ALWAYS, NONE
from services.reporting.indicators.cases import Case, Facts
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measure import Measured
from services.reporting.suppression import POLICY

__all__ = ["ALL", "CellKey", "State", "digest_of", "periods_of", "state_of"]

_encode = msgspec.json.Encoder(order="sorted", decimal_format="string").encode


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


def state_of(facts: Facts, on: date, earlier: Sequence[State], *, is_audited: bool = True) -> State:
    """The figures of all newest definitions, so that with all earlier states nothing protected can be computed.

    `is_audited` is false only where an attack must succeed, to show that it would.
    """
    past = _by_indicator(earlier)
    cells: dict[CellKey, Measured] = {}
    since: dict[CellKey, date] = {}
    for indicator in INDICATORS.values():
        counted = _counted(indicator, facts)
        for key, (measured, day) in decided(
            indicator, counted, on, past[indicator.name, indicator.version], is_audited=is_audited
        ).items():
            cells[key], since[key] = measured, day
    return State(on=on, policy=POLICY.version, cells=cells, since=since)


def _by_indicator(earlier: Sequence[State]) -> Mapping[tuple[str, int], list[Past]]:
    """What each earlier state shows of each indicator."""
    past: dict[tuple[str, int], list[Past]] = defaultdict(list)
    for state in earlier:
        figures: dict[tuple[str, int], dict[CellKey, Dated]] = defaultdict(dict)
        for key, measured in state.cells.items():
            figures[key.indicator, key.version][key] = measured, state.since[key]
        for name, each in figures.items():
            past[name].append(Past(state.on, each))
    return past


def _counted(indicator: Indicator, facts: Facts) -> dict[CellKey, list[Case]]:
    """The cases of every calendar cell."""
    cells: dict[CellKey, list[Case]] = defaultdict(list)
    declared = [each for each in indicator.breakdown_by_name.values() if each not in ALWAYS]
    labs = {lab or NONE: facts.of_lab(lab) for lab in sorted(facts.labs(indicator.facts[0]), key=str)}
    for lab, counted in [(None, facts), *labs.items()]:
        for case in indicator.cases(counted):
            year, quarter, month = periods_of(case.on)
            for period in (ALL, year, quarter, month):
                cells[CellKey(indicator.name, indicator.version, period, lab)].append(case)
            for each in declared:
                group = each.group(case)
                for period in (ALL, year):
                    cells[CellKey(indicator.name, indicator.version, period, lab, each.name, group)].append(
                        case
                    )
    return cells
