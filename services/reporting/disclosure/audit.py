"""What are the least and the most that each hidden number can be, for a reader of all published states?

Source: Fischetti and Salazar 2001, the attacker's problem; ADR 32.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import TypeAlias

import msgspec

from services.reporting.disclosure.knowledge import Equation, Knowledge, Number
from services.reporting.disclosure.program import EXACT, Linear, Program, Solved

Reached: TypeAlias = dict[Number, tuple[float, float]]
"""The smallest and the largest value of a number that is known to fit all that is shown."""

NOTHING = (inf, -inf)


class Narrow(msgspec.Struct, frozen=True, kw_only=True):
    """A protected number whose interval is too narrow, and the equations that make it so."""

    number: Number
    least: float
    most: float
    because: Sequence[Equation]


def too_narrow(
    knowledge: Knowledge,
    widths: Mapping[Number, float],
    reached: Reached,
    at_most: int | None = None,
) -> Iterator[Narrow]:
    """The numbers whose interval is narrower than the width that they must have.

    What each can be is noted in `reached`, which may come from an audit in which no less was shown. With `at_most`,
    only so many of the numbers that are bound to each other.
    Raises: ContradictionError.
    """
    wanted: dict[Number, list[Number]] = defaultdict(list)
    for number, width in widths.items():
        least, most = reached.get(number, NOTHING)
        if most - least < width - EXACT:
            wanted[knowledge.canonical(number)].append(number)
    for numbers, equations, orders in _components(knowledge, wanted):
        protected = {each: max(widths[name] for name in wanted[each]) for each in numbers if each in wanted}
        bounds = [knowledge.bounds(number) for number in numbers]
        if len(numbers) == 1:
            yield from _named(_alone(numbers[0], bounds[0], equations, protected), wanted)
            continue
        part = _Part(numbers, bounds, equations, orders)
        part.reached = {each: reached.get(wanted[each][0], NOTHING) for each in protected}
        yield from _named(part.too_narrow(protected, at_most), wanted)
        reached |= {name: part.reached[each] for each in protected for name in wanted[each]}


def _named(narrow: Iterable[Narrow], wanted: Mapping[Number, Sequence[Number]]) -> Iterator[Narrow]:
    for each in narrow:
        for name in wanted[each.number]:
            yield msgspec.structs.replace(each, number=name)


class _Part:
    """Numbers that equations bind, as a linear program."""

    def __init__(
        self,
        numbers: Sequence[Number],
        bounds: Sequence[tuple[float, float]],
        equations: Sequence[Equation],
        orders: Sequence[tuple[Number, Number]],
    ) -> None:
        self._at = {number: at for at, number in enumerate(numbers)}
        self._equations = equations
        constraints = [
            Linear(
                coefficients={self._at[number]: weight for number, weight in each.weights},
                least=each.value - each.slack,
                most=each.value + each.slack,
            )
            for each in equations
        ]
        constraints += [
            Linear(coefficients={self._at[later]: 1, self._at[earlier]: -1}, least=0.0, most=inf)
            for earlier, later in orders
        ]
        self._program = Program(bounds, constraints)
        self.reached: Reached = {}

    def too_narrow(self, widths: Mapping[Number, float], at_most: int | None) -> Iterator[Narrow]:
        """The numbers with too narrow an interval. Any solution widens the intervals of all that it holds."""
        names = sorted({number.quantity for number in widths})
        by_name = {self._at[each]: (-1) ** names.index(each.quantity) for each in widths}
        by_turns = {at: (-1) ** turn for turn, at in enumerate(by_name)}
        first = [
            {at: sign * weight for at, weight in each.items()}
            for each in (by_name, by_turns)
            for sign in (1, -1)
        ]
        for solved in self._program.least(first):
            self._reach(solved)
        left = [number for number, width in widths.items() if self._width(number) < width - EXACT]
        n_narrow, step = 0, at_most or max(1, len(left))
        for begin in range(0, len(left), step):
            if at_most is not None and n_narrow >= at_most:
                return
            some = left[begin : begin + step]
            ends = list(
                self._program.least([{self._at[number]: sign} for number in some for sign in (1, -1)])
            )
            for solved in ends:
                self._reach(solved)
            for number, lowest, highest in zip(some, ends[::2], ends[1::2], strict=True):
                if self._width(number) < widths[number] - EXACT:
                    n_narrow += 1
                    yield self._narrow(number, lowest.leans_on | highest.leans_on)

    def _narrow(self, number: Number, leans_on: Iterable[int]) -> Narrow:
        least, most = self.reached[number]
        because = [self._equations[at] for at in sorted(leans_on) if at < len(self._equations)]
        return Narrow(number=number, least=least, most=most, because=because)

    def _width(self, number: Number) -> float:
        least, most = self.reached[number]
        return most - least

    def _reach(self, solved: Solved) -> None:
        for number, (least, most) in self.reached.items():
            value = solved.values[self._at[number]]
            self.reached[number] = min(least, value), max(most, value)


def _alone(
    number: Number, bounds: tuple[float, float], equations: Sequence[Equation], widths: Mapping[Number, float]
) -> Iterator[Narrow]:
    """What equations say of a single hidden number."""
    least, most = bounds
    for each in equations:
        ((_, weight),) = each.weights
        ends = [(each.value + sign * each.slack) / weight for sign in (1, -1)]
        least, most = max(least, min(ends)), min(most, max(ends))
    if most - least < widths[number] - EXACT:
        yield Narrow(number=number, least=least, most=max(least, most), because=equations)


def _components(
    knowledge: Knowledge, wanted: Mapping[Number, object]
) -> Iterator[tuple[list[Number], list[Equation], list[tuple[Number, Number]]]]:
    """The groups of numbers that equations or growth bind together, as far as one of them is wanted."""
    numbers = dict.fromkeys(wanted)
    numbers |= dict.fromkeys(number for each in knowledge.equations for number, _ in each.weights)
    orders = list(knowledge.orders(numbers))
    leader = {number: number for number in numbers}

    def led_by(number: Number) -> Number:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    for each in knowledge.equations:
        first = led_by(each.weights[0][0])
        for number, _ in each.weights[1:]:
            leader[led_by(number)] = first
    for earlier, later in orders:
        leader[led_by(later)] = led_by(earlier)
    groups: dict[Number, tuple[list[Number], list[Equation], list[tuple[Number, Number]]]] = {
        led_by(number): ([], [], []) for number in wanted
    }
    for number in numbers:
        if (group := groups.get(led_by(number))) is not None:
            group[0].append(number)
    for each in knowledge.equations:
        if (group := groups.get(led_by(each.weights[0][0]))) is not None:
            group[1].append(each)
    for pair in orders:
        if (group := groups.get(led_by(pair[0]))) is not None:
            group[2].append(pair)
    yield from groups.values()
