"""Which further figures are not shown, so that no protected number can be computed? The cheapest choice that passes.

An integer program over what audits have shown: of the cells that a too narrow interval is computed from, at least one
stays hidden. A choice that passes the audit under all of these is the cheapest there is (implicit hitting set).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from services.reporting.disclosure.alternatives import Named
from services.reporting.disclosure.audit import Audit
from services.reporting.disclosure.cells import CellKey
from services.reporting.disclosure.program import fewest

Item: TypeAlias = tuple[CellKey, str]
"""What is shown or hidden: a figure (`WHOLE`), or one part of it."""

Hidden: TypeAlias = frozenset[Item]

WHOLE = ""

AT_ONCE = 6
"""How many numbers are looked at before something is hidden for them."""

ROUNDS = 3
"""After so many integer programs the cheapest choice that passed is taken, also where a cheaper one may exist."""


class Search:
    """Looks for the cheapest set of items to hide as of a state.

    `shown_with` says which numbers are shown when these items are hidden, `hiding` which items hide a number.
    """

    def __init__(
        self,
        audits: Sequence[Audit],
        shown_with: Callable[[Hidden], frozenset[Named]],
        hiding: Callable[[Named], Iterable[Item]],
        costs: Mapping[Item, float],
    ) -> None:
        self._audits = audits
        self._shown_with = shown_with
        self._hiding = hiding
        self._costs = costs
        self._items = list(costs)
        self._covers: dict[frozenset[Item], None] = {}

    def cheapest(self) -> Hidden:
        """The cheapest set that leaves every interval as wide as it can and must be."""
        best: Hidden | None = None
        hidden: Hidden = frozenset()
        for _ in range(ROUNDS):
            passing = self._passing(hidden)
            if passing == hidden:
                return hidden
            if best is None or self._cost(passing) < self._cost(best):
                best = passing
            hidden = self._hitting()
        return hidden if best is None else best

    def _cost(self, hidden: Hidden) -> float:
        return sum(self._costs[item] for item in hidden)

    def _hitting(self) -> Hidden:
        at = {item: number for number, item in enumerate(self._items)}
        covers = [frozenset(at[item] for item in cover) for cover in self._covers]
        return frozenset(self._items[number] for number in fewest(list(self._costs.values()), covers))

    def _passing(self, hidden: Hidden) -> Hidden:
        """A set around this one that passes; on the way, notes of which items one must be hidden."""
        while True:
            new = set()
            shown = self._shown_with(hidden)
            for audit in self._audits:
                for each in audit.narrow(shown, AT_ONCE):
                    cover = frozenset(item for number in each.because for item in self._hiding(number))
                    if cover := cover & self._costs.keys() - hidden:
                        new.add(cover)
                    else:
                        audit.accept(each)
            if not new:
                return hidden
            ordered = sorted(new, key=lambda cover: sorted(self._costs[item] for item in cover))
            self._covers |= dict.fromkeys(ordered)
            for cover in ordered:
                if not cover & hidden:
                    hidden |= {min(cover, key=self._costs.__getitem__)}


def costs_of(items: Iterable[Item], sizes: Mapping[CellKey, int]) -> dict[Item, float]:
    """What hiding each of these costs: the larger its period and its count, the more a reader loses.

    No two cost the same, so that the choice is the same wherever it is computed.
    """
    largest = max(sizes.values(), default=1) or 1
    return {
        item: (_RANK[len(item[0].period)] + sizes[item[0]] / largest) * (1.0 if item[1] == WHOLE else 0.5)
        + number * 1e-5
        for number, item in enumerate(sorted(items, key=_sorted_by))
    }


_RANK = {3: 8.0, 4: 4.0, 7: 1.5}
"""By the length of a period's name: all, a year, a quarter or a month."""


def _sorted_by(item: Item) -> tuple[str, ...]:
    cell, part = item
    return (cell.period, cell.lab or "", cell.by or "", cell.group or "", part)
