"""What is a fact? A pure fold of the events of one source into typed rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from shared.kernel.city_day import today_in_the_city
from shared.kernel.read_model import by_noun
from shared.kernel.recorded import Happening

Row: TypeAlias = dict[str, Any]

EVERYWHERE: Mapping[str, type] = {"lab": str, "is_synthetic": int}
"""Columns of every fact: the lab that its events were marked with, and whether any of them was simulated."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fact:
    """One table of facts: days are ISO text, durations whole minutes, yes and no 1 and 0.

    Since a fact listens to one source only, it doesn't depend on how the sources' events interleave. It never holds a
    person or a person's search.
    """

    name: str
    version: int
    source: str
    columns: Mapping[str, type]
    on: tuple[type, ...]
    evolve: Callable[[Row, Happening[Any]], Row]
    keys: Callable[[Happening[Any]], Iterable[str]] = by_noun

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", {**self.columns, **EVERYWHERE})

    @property
    def table(self) -> str:
        """The table's name."""
        return f"fact_{self.name}_v{self.version}"

    def empty(self) -> Row:
        """A row of which nothing is known yet."""
        return dict.fromkeys(self.columns) | {"is_synthetic": 0}

    def fold(self, row: Row | None, event: Happening[Any]) -> Row:
        """The row after an event; None where there was none yet."""
        before = row or self.empty()
        after = self.evolve(before, event)
        if event.synthetic and not after["is_synthetic"]:
            after = after | {"is_synthetic": 1}
        return after | {"lab": event.lab} if event.lab and not after["lab"] else after


def day(event: Happening[Any]) -> str:
    """The day in the city on which an event happened."""
    return today_in_the_city(event.time).isoformat()


def minutes(hours: Decimal | None) -> int | None:
    """Hours [h] as whole minutes [min]."""
    return None if hours is None else int((hours * 60).to_integral_value())
