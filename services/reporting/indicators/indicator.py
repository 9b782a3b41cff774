"""What is an indicator? A versioned definition that turns facts into cases, and a measure that counts them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from services.reporting.facts.fact import Fact, Row
from services.reporting.suppression import Protects

MATURITY = timedelta(days=91)  # three months of waiting time before a cohort counts (handbook 9, R85)


class Verdict(StrEnum):
    """What a case says about a rate."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    IMMATURE = "immature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: its day, what it says, a value where there is one, and by what it may be broken down.

    `units` are the organisations behind it, for suppression; empty where the case is a person's.
    """

    on: date
    verdict: Verdict = Verdict.YES
    value: Decimal | None = None
    units: tuple[str, ...] = ()
    groups: Mapping[str, str | None] = field(default_factory=dict)
    strict: bool = True


class Facts:
    """The rows of every fact, read once and kept for one answer."""

    def __init__(self, read: Callable[[Fact], Iterable[Row]], today: date) -> None:
        self._read = read
        self._kept: dict[str, list[Row]] = {}
        self.today = today

    def rows(self, fact: Fact) -> list[Row]:
        """All rows of a fact."""
        if fact.name not in self._kept:
            self._kept[fact.name] = list(self._read(fact))
        return self._kept[fact.name]

    def by_id(self, fact: Fact) -> dict[str, Row]:
        """The rows by their key."""
        return {row["id"]: row for row in self.rows(fact)}


Measured: TypeAlias = dict[str, Any]
Measure: TypeAlias = Callable[[list[Case], Protects, bool], Measured]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A definition. `id` is the handbook's, `step` its place on the impact ladder [1 to 7], `unit` in brackets.

    Source: handbook 9.
    """

    id: str
    name: str
    version: int
    title: str
    title_de: str
    formula: str
    formula_de: str
    unit: str
    step: str
    events: tuple[type, ...]
    facts: tuple[Fact, ...]
    cases: Callable[[Facts], Iterable[Case]]
    measure: Measure
    protects: Protects
    groups: tuple[str, ...] = ()


def day(text: str) -> date:
    """A day of a fact."""
    return date.fromisoformat(text)


def within(start: str, end: str | None, days: int) -> bool:
    """Whether the end came, at most so many days after the start."""
    return end is not None and day(end) - day(start) <= timedelta(days=days)


def judged(start: str, *, reached: bool, window_days: int, today: date) -> Verdict:
    """The verdict of a cohort's case: a case counts once its window and three months of waiting have passed."""
    if day(start) + timedelta(days=window_days) + MATURITY > today:
        return Verdict.IMMATURE
    return Verdict.YES if reached else Verdict.NO
