"""All cells of an indicator as of one state, beside all that was shown of them before: which may be shown now?

A figure is new when each of its numbers has grown by none or by at least k since every one that was shown before. What
is too small, what grew by too few, and what the audit asks for stays hidden; of a cell that was shown before, the last
figure stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from services.reporting.disclosure.alternatives import Alternatives, Named, Protected
from services.reporting.disclosure.audit import Audit
from services.reporting.disclosure.cells import CellKey, Sum, sums_of
from services.reporting.disclosure.choosing import WHOLE, Hidden, Item, Search, costs_of
from services.reporting.disclosure.program import EXACT
from services.reporting.disclosure.quantities import (
    CASES,
    PART_OF,
    anatomies_of,
    are_cases_open,
    hidden_with,
    is_sum,
    numbers_of,
    parts_of,
)
from services.reporting.indicators.cases import Case
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measure import Measured, Tally, any_small, without
from services.reporting.suppression import POLICY

Dated: TypeAlias = tuple[Measured, date]
"""A figure, and the date of the state whose figure it is."""

ShownBefore: TypeAlias = Mapping[CellKey, Sequence[Mapping[str, float]]]
"""The numbers of each figure that was shown of a cell."""


class Cell(NamedTuple):
    """A cell as it is now: its tally, its numbers, those of them that are small, and those that grew by too few."""

    tally: Tally
    numbers: Mapping[str, float]
    counted: Sequence[str]
    is_small: bool
    small: frozenset[str]
    crept: frozenset[str]


class Table:
    """All cells of an indicator, and what was shown of them before."""

    def __init__(
        self,
        indicator: Indicator,
        cases: Mapping[CellKey, Sequence[Case]],
        shown_before: ShownBefore,
    ) -> None:
        self._indicator, self._anatomies = indicator, anatomies_of(indicator)
        self._names = {name for each in self._anatomies for name in each.names}
        self._shown_before = shown_before
        self._sizes = {key: len(each) for key, each in cases.items()}
        self.cells = {key: self._cell(key, each) for key, each in cases.items()}
        self.hidden: Hidden = frozenset(self._hidden_first())

    def audits(self, before: Sequence[Alternatives]) -> list[Audit]:
        """The audits of these cells, beside what else could be true after all earlier states."""
        numbers = {key: cell.numbers for key, cell in self.cells.items()}
        sums, protected = self._sums(), list(self._protected())
        audits = []
        for anatomy, alternatives in zip(self._anatomies, before, strict=True):
            here = [each for each in protected if each.name in anatomy.names]
            present = (
                []
                if anatomy.rest
                else [k for k, cell in self.cells.items() if _largest(cell) in anatomy.names]
            )
            audits.append(
                Audit(
                    anatomy,
                    numbers,
                    sums,
                    here,
                    alternatives,
                    present=present,
                )
            )
        return audits

    def further(self, audits: Sequence[Audit]) -> Hidden:
        """What else stays hidden, so that no small number and no small growth can be computed."""
        items = {(key, name) for key, cell in self.cells.items() for name in (WHOLE, *parts_of(cell.tally))}
        free = {item for item in items - self.hidden if (item[0], WHOLE) not in self.hidden}
        return Search(audits, self.shown_with, self._hiding, costs_of(free, self._sizes)).cheapest()

    def shown_with(self, further: Hidden) -> frozenset[Named]:
        """The numbers that are shown when these are hidden, besides those that must be."""
        hidden = self.hidden | further
        return frozenset(
            (key, name) for key, cell in self.cells.items() for name in self._shown(key, cell, hidden)
        )

    def dated(self, key: CellKey, hidden: Hidden, on: date) -> Dated | None:
        """The figure of a cell with these hidden; None where it has no new one."""
        if (key, WHOLE) in hidden:
            return None
        tally = self.cells[key].tally
        names = [name for name in tally.parts if (key, PART_OF.get(name, name)) in hidden]
        return without(tally.figure, names), on

    def _shown(self, key: CellKey, cell: Cell, hidden: Hidden) -> Iterator[str]:
        """The numbers of a cell that a reader has."""
        gone = {name for part in parts_of(cell.tally) if (key, part) in hidden for name in hidden_with(part)}
        if (key, WHOLE) in hidden:
            gone = self._names
        return (name for name in self._names if name not in gone)

    def _hiding(self, number: Named) -> Iterator[Item]:
        """What may be hidden, so that this number is."""
        key, name = number
        yield key, WHOLE
        yield from ((key, part) for part in parts_of(self.cells[key].tally) if name in hidden_with(part))

    def _cell(self, key: CellKey, cases: Sequence[Case]) -> Cell:
        indicator = self._indicator
        tally = indicator.measure.of(cases, indicator.protects)
        numbers = numbers_of(indicator, tally.figure)
        least = POLICY.least(indicator.protects)
        is_small = tally.hidden is not None or (
            indicator.measure.name == "quartiles" and 0 < numbers["cases"] < 2 * least
        )
        parts = {name for part in parts_of(tally) for name in hidden_with(part)} - {CASES}
        small = set(numbers) - parts - {CASES} if is_small else set()
        for name, groups in tally.parts.items():
            if any_small(groups, indicator.protects):
                small |= hidden_with(PART_OF.get(name, name)) - {CASES}
        if is_small and numbers[CASES] < least:
            small.add(CASES)
        crept = {
            name
            for before in self._shown_before.get(key, ())
            for name, number in before.items()
            if EXACT < abs(numbers.get(name, number) - number) < least
        }
        unprotected = (
            {CASES} if are_cases_open(self._indicator) or len(indicator.measure.counts) == 1 else set()
        )
        small = {name for name in small if numbers[name] > 0} - unprotected
        return Cell(
            tally,
            numbers,
            indicator.measure.counts,
            is_small,
            frozenset(small),
            frozenset(crept - unprotected),
        )

    def _hidden_first(self) -> Iterator[Item]:
        """The figures and parts that are small, or that grew by too few."""
        for key, cell in self.cells.items():
            parts = parts_of(cell.tally)
            concealed = {name for part in parts for name in hidden_with(part)}
            if cell.is_small or cell.crept - concealed:
                yield key, WHOLE
            yield from ((key, part) for part in parts if hidden_with(part) & (cell.small | cell.crept))

    def _protected(self) -> Iterator[Protected]:
        """The small numbers of hidden figures, and those that grew by too few, with the width that each must have."""
        indicator = self._indicator
        for key, cell in self.cells.items():
            for name in sorted(cell.small | cell.crept):
                amount = cell.numbers[name] if is_sum(indicator, name) and name in cell.small else None
                width = POLICY.width(indicator.protects, amount)
                yield Protected(
                    key, name, min(width, self._sizes[key]) if are_cases_open(self._indicator) else width
                )

    def _sums(self) -> list[Sum]:
        """The sums among the cells, those that hold: where a case has no lab of its own, labs don't add up."""
        return [
            each
            for each in sums_of(self.cells)
            if each.whole in self.cells
            and self._sizes[each.whole] == sum(self._sizes[part] for part in each.parts)
        ]


def _largest(cell: Cell) -> str:
    """The largest of the numbers that together are all cases of a cell."""
    return max(sorted(cell.counted), key=lambda name: cell.numbers[name])
