"""What does a reader of all published states know? Sums of cells, figures that were shown, and that counts grow."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import msgspec

from services.reporting.disclosure.cells import CellKey, Sum

SAME = 1e-6
"""What two numbers may differ that are the same."""

Layer: TypeAlias = int


class Number(NamedTuple):
    """One number of one cell as of one published state."""

    cell: CellKey
    quantity: str
    layer: Layer


class Equation(NamedTuple):
    """Hidden numbers of one state with their signs; their weighted sum is `value`, give or take `slack`.

    `shown` are the numbers from which `value` is computed.
    """

    weights: tuple[tuple[Number, int], ...]
    value: float
    slack: float
    layer: Layer
    shown: tuple[tuple[CellKey, str], ...]


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What one state shows of an indicator: its cells, the sums that bind them, and the numbers shown as of it."""

    sums: Sequence[Sum]
    shown: Mapping[tuple[CellKey, str], float]
    most: Mapping[tuple[CellKey, str], float]
    """What open events tell of hidden numbers."""


class Nature(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody knows of an indicator's numbers: how they are rounded, and the least of a cell that exists.

    No number is larger than `beyond`, which is so large that it tells nothing.
    """

    quantities: tuple[str, ...]
    slack: Mapping[str, float]
    floor: Mapping[str, float]
    beyond: float


class Knowledge:
    """The numbers that nobody was shown, and all that binds them."""

    def __init__(self, states: Sequence[Published], growing: frozenset[str], nature: "Nature") -> None:
        self._states = states
        self._growing = growing
        self._alias: dict[Number, Number] = {}
        self._slack, self._floor, self._quantities = nature.slack, nature.floor, nature.quantities
        self._beyond = nature.beyond
        self._latest: dict[Number, Layer] = {}
        self.joined_by: dict[Number, tuple[Equation, ...]] = {}
        self.equations = self._reduced()

    def canonical(self, number: Number) -> Number:
        """The number that it must equal, of the earliest state."""
        while number in self._alias:
            number = self._alias[number]
        return number

    def shown(self, number: Number) -> float | None:
        """The number as that state shows it; None where it does not."""
        return self._states[number.layer].shown.get((number.cell, number.quantity))

    def bounds(self, number: Number) -> tuple[float, float]:
        """What all states show of the same number before and after, as far as it only grows."""
        least, most = self._floor.get(number.quantity, 0.0), self._beyond
        for layer in {number.layer, self._latest.get(number, number.layer)}:
            most = min(most, self._states[layer].most.get((number.cell, number.quantity), most))
        if number.quantity in self._growing:
            slack, latest = self._slack.get(number.quantity, 0.0), self._latest.get(number, number.layer)
            for layer, state in enumerate(self._states):
                shown = state.shown.get((number.cell, number.quantity))
                if shown is not None and layer < latest:
                    least = max(least, shown - slack)
                if shown is not None and layer > number.layer:
                    most = min(most, shown + slack)
        return least, max(least, most)

    def orders(self, numbers: Iterable[Number]) -> Iterator[tuple[Number, Number]]:
        """Pairs of hidden numbers of a cell, the earlier and the later, which is at least as large."""
        by_cell: dict[tuple[CellKey, str], list[Number]] = defaultdict(list)
        for number in numbers:
            if number.quantity in self._growing:
                by_cell[number.cell, number.quantity].append(number)
        for each in by_cell.values():
            ordered = sorted(each, key=lambda number: number.layer)
            yield from pairwise(ordered)

    def _reduced(self) -> list[Equation]:
        """The equations without what is shown; what can't have grown between two states is one number."""
        raw = [dict(self._of_layer(layer)) for layer in range(len(self._states))]
        is_new = True
        while is_new:
            is_new = False
            for layer in range(1, len(raw)):
                for name in raw[layer].keys() & raw[layer - 1].keys():
                    is_new |= self._joined(raw[layer - 1][name], raw[layer][name])
        equations: dict[object, Equation] = {}
        for by_name in raw:
            for each in map(self._merged, by_name.values()):
                if each.weights:
                    equations.setdefault((frozenset(each.weights), each.value, each.slack), each)
        return list(equations.values())

    def _joined(self, before: Equation, after: Equation) -> bool:
        """Whether nothing can have grown between these two; then their numbers are the same."""
        apart: dict[Number, int] = defaultdict(int)
        for equation, sign in ((after, 1), (before, -1)):
            for number, weight in equation.weights:
                apart[self.canonical(number)] += sign * weight
        pairs: dict[tuple[CellKey, str], list[Number]] = defaultdict(list)
        for number, weight in apart.items():
            if weight:
                pairs[number.cell, number.quantity].append(number)
        if not pairs or after.slack or abs(after.value - before.value) > SAME:
            return False
        if any(len(pair) != 2 or quantity not in self._growing for (_, quantity), pair in pairs.items()):  # noqa: PLR2004 - a pair
            return False
        later = {max(pair, key=_layer_of): min(pair, key=_layer_of) for pair in pairs.values()}
        if len({apart[number] > 0 for number in later}) != 1:
            return False
        if any(apart[number] != -apart[earlier] for number, earlier in later.items()):
            return False
        self._alias |= later
        for number, earlier in later.items():
            self._latest[earlier] = max(
                number.layer, self._latest.get(earlier, 0), self._latest.get(number, 0)
            )
            self.joined_by[earlier] = (
                *self.joined_by.get(earlier, ()),
                *self.joined_by.get(number, ()),
                after,
            )
        return True

    def _merged(self, equation: Equation) -> Equation:
        weights: dict[Number, int] = defaultdict(int)
        for number, weight in equation.weights:
            weights[self.canonical(number)] += weight
        return equation._replace(weights=tuple((each, weight) for each, weight in weights.items() if weight))

    def _of_layer(self, layer: Layer) -> Iterator[tuple[object, Equation]]:
        state = self._states[layer]
        for sums in state.sums:
            for quantity in self._quantities:
                cells = [(sums.whole, 1), *((part, -1) for part in sums.parts)]
                equation = self._equation([(Number(cell, quantity, layer), sign) for cell, sign in cells])
                if equation.weights:
                    yield (sums, quantity), equation

    def _equation(self, weights: Sequence[tuple[Number, int]]) -> Equation:
        hidden: list[tuple[Number, int]] = []
        revealing: list[tuple[CellKey, str]] = []
        value, slack, layer = 0.0, 0.0, weights[0][0].layer
        for number, weight in weights:
            shown = self.shown(number)
            if shown is None:
                hidden.append((number, weight))
            else:
                revealing.append((number.cell, number.quantity))
                value -= weight * shown
                slack += self._slack.get(number.quantity, 0.0)
        return Equation(tuple(hidden), round(value, 6), slack, layer, tuple(revealing))


def _layer_of(number: Number) -> Layer:
    return number.layer
