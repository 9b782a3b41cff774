"""All cells of an indicator as of one state, beside all that was shown of them before: which may be shown now?

A figure is new when it has grown by none or by at least k since every one that was shown before. What is too small,
what grew by too few, and what the audit asks for stays hidden; of a cell that was shown before, the last figure stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from services.reporting.disclosure.cells import CellKey, Sum, sums_of
from services.reporting.disclosure.choosing import WHOLE, Hidden, Item, Search, costs_of
from services.reporting.disclosure.knowledge import SAME, Knowledge, Nature, Number, Published
from services.reporting.disclosure.program import ContradictionError
from services.reporting.disclosure.quantities import (
    PART_OF,
    is_sum,
    nature_of,
    quantities_of,
)
from services.reporting.indicators.cases import Case
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measure import Measured, Tally, any_small, suppressed, without
from services.reporting.suppression import NOT_SHOWN, POLICY
from shared.events.registry import Audience, type_of

Dated: TypeAlias = tuple[Measured, date]
"""A figure, and the date of the state whose figure it is."""

LAYERS = 2
"""Of how many earlier states the sums are audited with the new one; older figures are lower bounds."""

OPEN = "open"
"""The cases of a cell that the measure of quartiles counts beside the others."""


class Past(NamedTuple):
    """What an earlier state showed of an indicator."""

    on: date
    figures: Mapping[CellKey, Dated]


class Cell(NamedTuple):
    """A cell as it is now: its tally, its numbers, those of them that are small, and those that grew by too few."""

    tally: Tally
    numbers: Mapping[str, float]
    is_small: bool
    small: frozenset[str]
    crept: frozenset[str]


class Table:
    """All cells of an indicator, and what was shown of them before."""

    def __init__(
        self, indicator: Indicator, cases: Mapping[CellKey, Sequence[Case]], past: Sequence[Past]
    ) -> None:
        self._indicator = indicator
        self._past = [each for each in past if each.figures]
        self._shown_before: dict[CellKey, list[dict[str, float]]] = {}
        self._last: dict[CellKey, Dated] = {}
        for state in self._past:
            for key, (measured, since) in state.figures.items():
                if since == state.on and "suppressed" not in measured:
                    self._shown_before.setdefault(key, []).append(quantities_of(indicator, measured))
                    self._last[key] = (measured, since)
        self._sizes = {key: len(each) for key, each in cases.items()}
        self.cells = {key: self._cell(key, each) for key, each in cases.items()}
        self.hidden: Hidden = frozenset(self._hidden_first())

    def further(self) -> Hidden:
        """What else stays hidden, so that no small number and no small growth can be computed."""
        layer = len(self._states)
        widths = {Number(key, name, layer): width for key, name, width in self._protected()}
        items = {(key, name) for key, cell in self.cells.items() for name in (WHOLE, *parts_of(cell.tally))}
        open_items = {item for item in items - self.hidden if (item[0], WHOLE) not in self.hidden}
        true = {number: self.cells[number.cell].numbers[number.quantity] for number in widths}
        costs = costs_of(open_items, self._sizes)
        nothing: frozenset[str] = frozenset()
        for growing in (
            self._growing(),
            nothing,
        ):  # what grew wherever it was shown may shrink where nobody saw it
            try:
                return Search(partial(self._knowledge, growing), widths, true, costs).cheapest()
            except ContradictionError:
                continue
        return frozenset(costs)  # figures that do not add up cannot be audited: the last ones stand

    def dated(self, key: CellKey, hidden: Hidden, on: date) -> Dated:
        """The figure of a cell with these hidden."""
        if (key, WHOLE) in hidden:
            return self._last.get(key, (suppressed(NOT_SHOWN), on))
        tally = self.cells[key].tally
        names = [name for name in tally.parts if (key, PART_OF.get(name, name)) in hidden]
        return without(tally.figure, names), on

    def _cell(self, key: CellKey, cases: Sequence[Case]) -> Cell:
        indicator = self._indicator
        tally = indicator.measure.of(cases, indicator.protects)
        numbers = quantities_of(indicator, tally.figure)
        parts = parts_of(tally)
        least = POLICY.least(indicator.protects)
        is_small = tally.hidden is not None or (
            indicator.measure.name == "quartiles" and 0 < numbers["cases"] < 2 * least
        )
        small = {name for name, number in numbers.items() if is_small and number > 0 and name not in parts}
        small |= {
            PART_OF.get(name, name)
            for name, groups in tally.parts.items()
            if any_small(groups, indicator.protects) and numbers[PART_OF.get(name, name)] > 0
        }
        crept = {
            name
            for before in self._shown_before.get(key, ())
            for name, number in before.items()
            if SAME < abs(numbers.get(name, number) - number) < least
        }
        if self._cases_are_open and OPEN in small | crept:  # who counts all cases has these with the others
            is_small = is_small or OPEN in small
            small, crept = small - {OPEN}, crept - {OPEN}
            small, crept = (small | {"cases"}, crept) if is_small else (small, crept | {"cases"})
        return Cell(tally, numbers, is_small, frozenset(small), frozenset(crept))

    def _hidden_first(self) -> Iterator[Item]:
        """The figures and parts that are small, or that grew by too few."""
        for key, cell in self.cells.items():
            parts = parts_of(cell.tally)
            if cell.is_small or cell.crept - parts:
                yield key, WHOLE
            yield from ((key, name) for name in parts & (cell.small | cell.crept))

    def _protected(self) -> Iterator[tuple[CellKey, str, float]]:
        """The small numbers of hidden figures, and those that grew by too few, with the width that each must have."""
        indicator = self._indicator
        for key, cell in self.cells.items():
            for name in sorted(cell.small | cell.crept):
                amount = cell.numbers[name] if is_sum(indicator, name) and name in cell.small else None
                width = POLICY.width(indicator.protects, amount)
                yield key, name, min(width, self._sizes[key]) if self._cases_are_open else width

    def _growing(self) -> frozenset[str]:
        """The numbers that never shrank in any cell that was shown."""
        names = set(self._nature.quantities)
        for key, shown in self._shown_before.items():
            states = [*shown, self.cells[key].numbers] if key in self.cells else shown
            for before, after in pairwise(states):
                names -= {name for name in before.keys() & after.keys() if after[name] < before[name] - SAME}
        return frozenset(names)

    @cached_property
    def _nature(self) -> Nature:
        numbers = [each for cell in self.cells.values() for each in cell.numbers.items()]
        largest = max((number for _, number in numbers), default=0.0)
        names = {name for name, _ in numbers} - ({OPEN} if self._cases_are_open else set())
        return nature_of(self._indicator, names, largest)

    @cached_property
    def _states(self) -> list[Published]:
        """What each earlier state showed that had a new figure."""
        states = []
        for state in self._past:
            shown = {
                (key, name): number
                for key, (measured, since) in state.figures.items()
                if since == state.on
                for name, number in quantities_of(self._indicator, measured).items()
            }
            states.append((state, shown))
        before, near = states[:-LAYERS], states[-LAYERS:]
        least: dict[tuple[CellKey, str], float] = {}
        for _, shown in before:
            least |= shown
        published = [
            Published(
                sums=[each for each in sums_of(state.figures) if each.whole in state.figures],
                shown=shown,
                most={},
            )
            for state, shown in near
        ]
        return [Published(sums=[], shown=least, most={}), *published] if least else published

    @cached_property
    def _sums_now(self) -> list[Sum]:
        """The sums among the cells, those that hold: where a case has no lab of its own, labs don't add up."""
        return [
            each
            for each in sums_of(self.cells)
            if each.whole in self.cells
            and self._sizes[each.whole] == sum(self._sizes[part] for part in each.parts)
        ]

    @cached_property
    def _cases_are_open(self) -> bool:
        """Whether open events tell how many cases a cell has, of which internal events decide who waits."""
        audiences = {type_of(event).audience for event in self._indicator.events}
        return self._indicator.measure.name == "quartiles" and Audience.OPEN in audiences

    @cached_property
    def _most(self) -> dict[tuple[CellKey, str], float]:
        """The most that a number of a cell can be for whoever counts open events."""
        return {(key, "cases"): float(n) for key, n in self._sizes.items()} if self._cases_are_open else {}

    def _knowledge(self, growing: frozenset[str], further_ones: Hidden) -> Knowledge:
        hidden = self.hidden | further_ones
        shown = {
            (key, name): number
            for key, cell in self.cells.items()
            if (key, WHOLE) not in hidden
            for name, number in cell.numbers.items()
            if (key, name) not in hidden
        }
        now = Published(sums=self._sums_now, shown=shown, most=self._most)
        return Knowledge([*self._states, now], growing, self._nature)


def parts_of(tally: Tally) -> frozenset[str]:
    """The numbers that may be hidden while the figure is shown."""
    return frozenset(PART_OF.get(name, name) for name in tally.parts)
