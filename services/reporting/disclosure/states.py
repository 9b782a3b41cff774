"""What is published as of the end of a month? Every newest definition in every calendar cell, suppressed together."""

from collections import defaultdict
from datetime import date

from services.reporting.disclosure.cells import ALL, CellKey, periods_of
from services.reporting.disclosure.deciding import Past, decided, followed, no_past
from services.reporting.disclosure.state import State
from services.reporting.disclosure.table import Dated
from services.reporting.indicators.breakdowns import ALWAYS, NONE
from services.reporting.indicators.cases import Case, Facts
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measure import Measured
from services.reporting.suppression import POLICY


class States:
    """The states of a city, made or followed one after the other, each beside all earlier ones.

    `is_audited` is false only where an attack must succeed, to show that it would.
    """

    def __init__(self, *, is_audited: bool = True) -> None:
        self._is_audited = is_audited
        self._past: dict[str, Past] = {name: no_past(each) for name, each in INDICATORS.items()}
        self._made: tuple[State, dict[str, Past]] | None = None

    def made_of(self, facts: Facts, on: date) -> State:
        """The next state, of all newest definitions, so that nothing protected can be computed; not yet followed."""
        cells: dict[CellKey, Measured] = {}
        since: dict[CellKey, date] = {}
        past = {}
        for name, indicator in INDICATORS.items():
            figures, past[name] = decided(
                indicator, _counted(indicator, facts), on, self._past[name], is_audited=self._is_audited
            )
            for key, (measured, day) in figures.items():
                cells[key], since[key] = measured, day
        state = State(on=on, policy=POLICY.version, cells=cells, since=since)
        self._made = state, past
        return state

    def follow(self, state: State, facts: Facts) -> None:
        """Take it for known that this state was published with these facts; the next one is beside it."""
        if self._made is not None and self._made[0] == state:
            self._past = self._made[1]
            return
        figures: dict[tuple[str, int], dict[CellKey, Dated]] = defaultdict(dict)
        for key, measured in state.cells.items():
            figures[key.indicator, key.version][key] = measured, state.since[key]
        for name, indicator in INDICATORS.items():
            if shown := figures.get((name, indicator.version)):
                counted = _counted(indicator, facts)
                self._past[name] = followed(indicator, counted, state.on, shown, self._past[name])

    def next(self, facts: Facts, on: date) -> State:
        """The next state, which is published."""
        state = self.made_of(facts, on)
        self.follow(state, facts)
        return state


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
