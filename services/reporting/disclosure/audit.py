"""What are the least and the most that each protected number can be, for a reader of all published states?

Many cities would have published the same states as the true one. An *alternative* is such a city, written as what its
hidden numbers differ by from the true ones: its cells add up, and its counts grow where counts do. How far alternatives
lie apart in a number is the width of the interval in which a reader can place it (Fischetti and Salazar 2001, the
attacker's problem). One linear program holds all states; an alternative that widens one interval widens others, and
those of earlier states are tried first, so that few programs are solved (ADR 38).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from services.reporting.disclosure.alternatives import (
    FREE,
    Alternatives,
    Binding,
    Named,
    Narrow,
    Numbers,
    Protected,
    nothing_published,
)
from services.reporting.disclosure.cells import CellKey, Sum
from services.reporting.disclosure.program import EXACT, Program, Row, Solved
from services.reporting.disclosure.quantities import Anatomy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

BEYOND = 1000.0
"""How much further than twice the largest number a hidden one may lie."""


MANY = 12
"""From how many numbers on sums of them are looked at first."""


class Audit:
    """The audit of one state; which of its numbers are shown may be tried out."""

    def __init__(
        self,
        anatomy: Anatomy,
        numbers: Numbers,
        sums: Sequence[Sum],
        protected: Sequence[Protected],
        before: Alternatives,
        *,
        present: Collection[CellKey] = (),
    ) -> None:
        self._anatomy = anatomy
        self._numbers = numbers
        self._before = before
        self._columns = [(key, name) for key in numbers for name in anatomy.base]
        self._n_before = len(before.least)
        self._at = {column: self._n_before + at for at, column in enumerate(self._columns)}
        self._growing = self._still_growing()
        values = np.array([numbers[key][name] for key, name in self._columns])
        self._least = np.array([*before.least, *-values])
        most = np.full(len(values), BEYOND + 2 * values.max(initial=0.0))
        if anatomy.rest is not None:
            most = np.array([numbers[key][anatomy.rest] for key, _ in self._columns])
        self._most = np.array([*before.most, *most])
        self._bindings = [
            each for each in before.bindings if each.growing is None or each.growing in self._growing
        ]
        self._sums_at: dict[Named, int] = {}
        self._bind(sums, present)
        self._bind_within_cells()
        self._bind_to_earlier()
        self._program = Program(
            self._least.tolist(), self._most.tolist(), [each.row for each in self._bindings]
        )
        self._protect(protected)
        self._is_looked_at = False
        self._show(frozenset())
        self._continue()

    def _protect(self, protected: Sequence[Protected]) -> None:
        """Which columns add up to each protected number of all states, and how wide its interval must be."""
        new: dict[tuple[int, ...], float] = {}
        for each in protected:
            columns = tuple(self._at[each.cell, part] for part in self._anatomy.parts(each.name))
            new[columns] = max(each.width, new.get(columns, 0.0))
        self._protected = [*self._before.protected, *new.items()]
        self._needed = np.array([width for _, width in self._protected])
        lengths = [len(columns) for columns, _ in self._protected]
        self._adding = np.array([at for columns, _ in self._protected for at in columns], int)
        self._starts = np.cumsum([0, *lengths[:-1]]) if lengths else np.zeros(0, int)
        self._apart = np.zeros((0, len(self._least)))
        self._values = np.zeros((0, len(self._needed)))
        self._fits = np.zeros(0, bool)

    # --- the program: a column for each hidden number of earlier states, and for each number of this one -----------
    def _still_growing(self) -> frozenset[str]:
        before = self._before.numbers
        shrank = {
            name
            for key in before.keys() | self._numbers.keys()
            for name in self._before.growing
            if self._number(key, name) < before.get(key, {}).get(name, 0.0) - EXACT
        }
        return self._before.growing - shrank

    def _number(self, key: CellKey, name: str) -> float:
        return self._numbers.get(key, {}).get(name, 0.0)

    def _bind(self, sums: Sequence[Sum], present: Collection[CellKey]) -> None:
        """Cells add up, and those that are there have a case."""
        for each in sums:
            for name in self._anatomy.base:
                parts = dict.fromkeys((self._at[part, name] for part in each.parts), -1.0)
                self._bindings.append(Binding(Row({self._at[each.whole, name]: 1.0, **parts}, 0.0, 0.0)))
        for key in present:
            columns = [self._at[key, name] for name in self._anatomy.base]
            n = sum(self._numbers[key][name] for name in self._anatomy.base)
            self._bindings.append(Binding(Row(dict.fromkeys(columns, 1.0), 1.0 - n, FREE)))

    def _bind_within_cells(self) -> None:
        """Some numbers of a cell tell others."""
        for key in self._numbers:
            for name, parts in self._anatomy.made_of.items():
                self._sums_at[key, name] = len(self._bindings)
                self._bindings.append(Binding(Row({self._at[key, part]: 1.0 for part in parts}, -FREE, FREE)))

    def _bind_to_earlier(self) -> None:
        for name in sorted(self._growing):
            if name in self._anatomy.base or not self._growing.issuperset(self._anatomy.parts(name)):
                self._bindings += (
                    self._growth(key, name) for key in self._numbers if key in self._before.numbers
                )

    def _growth(self, key: CellKey, name: str) -> Binding:
        """The number is at least as large as it was in the state before."""
        parts = self._anatomy.parts(name)
        now = {self._at[key, part]: 1.0 for part in parts}
        then = {self._before.at[key, part]: -1.0 for part in parts if (key, part) in self._before.at}
        grown = self._numbers[key][name] - self._before.numbers[key].get(name, 0.0)
        return Binding(Row({**now, **then}, -grown, FREE), name)

    # --- which numbers are shown ---------------------------------------------------------------------------------
    def _show(self, shown: Collection[Named]) -> None:
        """In every alternative, a number that is shown is the true one."""
        self._shown = np.array([column in shown for column in self._columns], bool)
        n = self._n_before
        self._program.limit_columns(
            np.arange(n, len(self._least)),
            np.where(self._shown, 0.0, self._least[n:]),
            np.where(self._shown, 0.0, self._most[n:]),
        )
        self._shown_sums = {number: at for number, at in self._sums_at.items() if number in shown}
        at = np.array(list(self._sums_at.values()), int)
        is_shown = np.array([number in shown for number in self._sums_at], bool)
        least, most = (np.array([self._bindings[row].row[end] for row in at]) for end in (1, 2))
        self._program.limit_rows(at, np.where(is_shown, 0.0, least), np.where(is_shown, 0.0, most))
        self._fits = self._fitting()
        values = self._values[self._fits]
        self._low, self._high = values.min(axis=0, initial=0.0), values.max(axis=0, initial=0.0)

    def _fitting(self) -> "Array":
        """Which alternatives have all that is shown as it is."""
        apart = np.abs(self._apart[:, self._n_before :][:, self._shown])
        fits: Array = apart.max(axis=1, initial=0.0) <= EXACT
        columns_shown = set((self._n_before + np.flatnonzero(self._shown)).tolist())
        for at in self._shown_sums.values():
            if hidden := [column for column in self._bindings[at].row.weights if column not in columns_shown]:
                fits &= np.abs(self._apart[:, hidden].sum(axis=1)) <= EXACT
        return fits

    # --- alternatives --------------------------------------------------------------------------------------------
    def _continue(self) -> None:
        """Alternatives of the state before are some of this state, where nothing contradicts them."""
        apart = np.hstack([self._before.apart, np.zeros((len(self._before.apart), len(self._columns)))])
        for column, at in self._before.at.items():
            if column in self._at:
                apart[:, self._at[column]] = apart[:, at]
        fits = ((apart >= self._least - EXACT) & (apart <= self._most + EXACT)).all(axis=1)
        for row, _ in self._bindings:
            values = apart[:, list(row.weights)] @ np.array(list(row.weights.values()))
            fits &= (values >= row.least - EXACT) & (values <= row.most + EXACT)
        for each in apart[fits]:
            self._note(each)

    def _note(self, apart: "Array") -> None:
        values = np.add.reduceat(apart[self._adding], self._starts) if len(self._starts) else np.zeros(0)
        self._apart = np.vstack([self._apart, apart])
        self._values = np.vstack([self._values, values])
        self._fits = np.append(self._fits, True)
        self._low, self._high = np.minimum(self._low, values), np.maximum(self._high, values)

    def _solve(self, objective: Mapping[int, float]) -> Solved:
        solved = self._program.least(objective)
        self._note(np.where(np.abs(solved.values) < EXACT / 10, 0.0, solved.values))
        return solved

    def narrow(self, shown: Collection[Named], at_most: int | None = None) -> Iterator[Narrow]:
        """The numbers whose interval is too narrow when these numbers are shown; with `at_most` only so many."""
        self._show(shown)
        left = self._too_narrow()
        if not self._is_looked_at:
            self._is_looked_at = True
            for weights in self._at_once(left):
                self._solve(weights)
        n_narrow = 0
        for number in left:
            if self._is_wide(number):
                continue
            because: set[Named] = set()
            for sign in (1.0, -1.0):
                if not self._is_wide(number):
                    solved = self._solve(dict.fromkeys(self._protected[number][0], sign))
                    because.update(self._leaning(solved))
            if not self._is_wide(number):
                yield Narrow(int(number), self._low[number], self._high[number], frozenset(because))
                n_narrow += 1
                if n_narrow == at_most:
                    return

    def _too_narrow(self) -> "Array":
        return np.flatnonzero(self._high - self._low < self._needed - EXACT)

    def _is_wide(self, number: int) -> bool:
        return bool(self._high[number] - self._low[number] >= self._needed[number] - EXACT)

    def _at_once(self, left: "Array") -> Iterator[dict[int, float]]:
        """A few sums of many numbers: where they are least and largest, many numbers are at once."""
        if len(left) < MANY:
            return
        for pattern in ((1.0, 1.0), (1.0, -1.0)):
            for sign in (1.0, -1.0):
                weights: dict[int, float] = {}
                for turn, number in enumerate(left):
                    for at in self._protected[number][0]:
                        weights[at] = weights.get(at, 0.0) + sign * pattern[turn % 2]
                yield weights

    def _leaning(self, solved: Solved) -> Iterator[Named]:
        """The shown numbers with a price: none of them may change without the optimum doing so."""
        for at in np.flatnonzero(self._shown & (np.abs(solved.column_prices[self._n_before :]) > EXACT)):
            yield self._columns[at]
        for number, row in self._shown_sums.items():
            if abs(solved.row_prices[row]) > EXACT:
                yield number

    def accept(self, narrow: Narrow) -> None:
        """The interval stays as narrow as it is: no number of this state makes it so."""
        self._needed[narrow.number] = narrow.most - narrow.least

    def after(self, shown: Collection[Named]) -> Alternatives:
        """What else could be true when these are shown. Numbers that may shrink tell nothing of later ones."""
        if not self._growing:
            return nothing_published(self._anatomy)._replace(numbers=self._numbers, growing=self._growing)
        self._show(shown)
        hidden = [*range(self._n_before), *(self._n_before + np.flatnonzero(~self._shown)).tolist()]
        new = {old: at for at, old in enumerate(hidden)}
        bindings = []
        for number, (row, growing) in enumerate(self._bindings):
            weights = {new[at]: weight for at, weight in row.weights.items() if at in new}
            if weights:
                is_shown = number in self._shown_sums.values()
                bindings.append(
                    Binding(Row(weights, 0.0, 0.0) if is_shown else row._replace(weights=weights), growing)
                )
        return Alternatives(
            numbers=self._numbers,
            at={column: new[at] for column, at in self._at.items() if at in new},
            least=self._least[hidden].tolist(),
            most=self._most[hidden].tolist(),
            bindings=bindings,
            apart=self._apart[self._enough()][:, hidden],
            protected=[
                (tuple(new[at] for at in columns if at in new), needed)
                for (columns, _), needed in zip(self._protected, self._needed.tolist(), strict=True)
            ],
            growing=self._growing,
        )

    def _enough(self) -> list[int]:
        """Alternatives that make each interval wide enough."""
        kept: list[int] = []
        low, high = np.zeros(len(self._needed)), np.zeros(len(self._needed))
        for number in np.flatnonzero(self._fits).tolist():
            values = self._values[number]
            widens = ((values < low - EXACT) | (values > high + EXACT)) & (high - low < self._needed - EXACT)
            if not kept or widens.any():
                kept.append(number)
                low, high = np.minimum(low, values), np.maximum(high, values)
        return kept
