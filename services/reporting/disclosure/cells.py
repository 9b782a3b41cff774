"""Which cells does a table of figures have, and which of them are sums of others?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

ALL = "all"
"""The period without a limit."""


class CellKey(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A calendar cell: `period` is `all`, `2018`, `2018-Q2` or `2018-05`; `lab` is None for all labs.

    `by` and `group` are a declared breakdown and one of its groups, None for the total.
    """

    indicator: str
    version: int
    period: str
    lab: str | None = None
    by: str | None = None
    group: str | None = None


class Sum(msgspec.Struct, frozen=True):
    """A cell, and those of which it is the sum."""

    whole: CellKey
    parts: tuple[CellKey, ...]


def periods_of(day: date) -> tuple[str, str, str]:
    """The year, the quarter and the month of a day."""
    return f"{day.year:04d}", f"{day.year:04d}-Q{(day.month + 2) // 3}", f"{day:%Y-%m}"


def sums_of(keys: Iterable[CellKey]) -> Iterator[Sum]:
    """Every sum among these cells: months to quarters, years and all; groups to totals; labs to all labs."""
    parts: dict[tuple[str, CellKey], list[CellKey]] = defaultdict(list)
    for key in keys:
        if (around := _around(key.period)) is not None:
            parts["period", msgspec.structs.replace(key, period=around)].append(key)
        if key.by is not None:
            parts[key.by, msgspec.structs.replace(key, by=None, group=None)].append(key)
        if key.lab is not None:
            parts["lab", msgspec.structs.replace(key, lab=None)].append(key)
    for (_, whole), each in parts.items():
        yield Sum(whole, tuple(each))


def _around(period: str) -> str | None:
    """The next larger period; None around all."""
    if period == ALL:
        return None
    year, _, part = period.partition("-")
    if not part:
        return ALL
    return year if part.startswith("Q") else f"{year}-Q{(int(part) + 2) // 3}"
