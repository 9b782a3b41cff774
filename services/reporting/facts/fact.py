"""What is a fact? A read model of typed columns, folded from the events of one source."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

from shared.kernel.city_day import MIDNIGHT, ONE_DAY, moment_in_the_city, today_in_the_city
from shared.kernel.read_model import ReadModel, by_noun, events_of
from shared.kernel.recorded import Happening

Fact: TypeAlias = ReadModel[Any, Any]

E = TypeVar("E")


class Row(Struct, gc=False):
    """The columns of every fact: the lab that its events were marked with, and whether any of them was simulated.

    Days are ISO text, durations whole minutes, yes and no 1 and 0. A row never holds a person or a person's search.
    """

    lab: str | None = None
    is_synthetic: int = 0


EVERYWHERE = frozenset(Row.__struct_fields__)

R = TypeVar("R", bound=Row)


def fact(
    row: type[R],
    *,
    name: str,
    version: int,
    on: Any,
    evolve: Callable[[R, Happening[E]], None],
    keys: Callable[[Happening[E]], Iterable[str]] = by_noun,
) -> ReadModel[R, E]:
    """A table of rows; `evolve` changes the row to what it is after an event of the union `on`.

    Since a fact listens to one source only, it doesn't depend on how the sources' events interleave.
    """

    def after(before: R | None, event: Happening[E]) -> R:
        changed = row() if before is None else before
        evolve(changed, event)
        if event.synthetic or event.lab:
            changed.is_synthetic = int(bool(changed.is_synthetic or event.synthetic))
            changed.lab = changed.lab or event.lab
        return changed

    names = sorted(row.__struct_fields__, key=EVERYWHERE.__contains__)
    return ReadModel(
        name=name,
        version=version,
        on=events_of(on),
        evolve=after,
        keys=keys,
        columns={column: attrgetter(column) for column in names},
        row=row,
    )


def day(event: Happening[object]) -> str:
    """The day in the city on which an event happened."""
    midnight, before, after = _days_around(event.time.toordinal())
    return before if event.time < midnight else after


@lru_cache(maxsize=10_000)
def _days_around(ordinal: int) -> tuple[datetime, str, str]:
    """When the city's next day begins within this day in UTC, and both days: most of a fold's time went into days."""
    today = today_in_the_city(datetime.combine(date.fromordinal(ordinal), MIDNIGHT, UTC))
    tomorrow = min(today, date.max - ONE_DAY) + ONE_DAY
    return moment_in_the_city(tomorrow), today.isoformat(), tomorrow.isoformat()


def minutes(hours: Decimal | None) -> int | None:
    """Hours [h] as whole minutes [min]."""
    return None if hours is None else int((hours * 60).to_integral_value())


def word(value: object) -> str | None:
    """A word of a vocabulary as text."""
    return None if value is None else str(value)
