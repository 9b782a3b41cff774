"""What is an indicator? A versioned definition that turns facts into cases, and a measure that counts them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

from msgspec import Struct

from services.reporting.facts.fact import Fact
from services.reporting.suppression import Cell, Protects, hidden_count

Labs: TypeAlias = tuple[str | None] | None
"""The lab whose rows are counted (None in it: of no lab), or None for all."""

NO_GROUPS: Mapping[str, str | None] = MappingProxyType({})


class Verdict(StrEnum):
    """What a case says about a rate."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    IMMATURE = "immature"


class Case(Struct, frozen=True, kw_only=True, gc=False):
    """One case: its day, what it says, a value where there is one, and by what it may be broken down.

    `organisations` are those behind it, and `person` the stream that stands for one, for suppression. `strict` says
    whether it also holds in the stricter variant, None where there is none. A struct, since there are many.
    """

    on: date
    verdict: Verdict = Verdict.YES
    value: Decimal | None = None
    organisations: tuple[str, ...] = ()
    person: str | None = None
    groups: Mapping[str, str | None] = NO_GROUPS
    strict: bool | None = None


class FactReader(Protocol):
    """Reads facts at one moment."""

    def rows(self, fact: Fact, columns: Sequence[str], labs: Labs) -> list[tuple[Any, ...]]:
        """These columns of every row, or of the rows of one lab."""
        ...


class Facts:
    """The facts that one answer counts: of every lab, or of one; `today` decides which cohorts are mature."""

    def __init__(self, reader: FactReader, today: date, labs: Labs = None) -> None:
        self._reader = reader
        self._labs = labs
        self.today = today

    def rows(self, fact: Fact, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of the rows that are counted."""
        return self._reader.rows(fact, columns, self._labs)

    def by_id(self, fact: Fact, column: str) -> dict[str, Any]:
        """One column of the rows that others refer to, by their key; whichever lab they belong to."""
        return dict(self._reader.rows(fact, ("id", column), None))

    def labs(self, fact: Fact) -> set[str | None]:
        """The labs that a fact's rows belong to."""
        return {lab for (lab,) in self.rows(fact, "lab")}

    def are_synthetic(self, fact: Fact) -> bool:
        """Whether any row that is counted was simulated."""
        return any(synthetic for (synthetic,) in self.rows(fact, "is_synthetic"))

    def of_lab(self, lab: str | None) -> "Facts":
        """The same facts, counted for one lab, or for none."""
        return Facts(self._reader, self.today, (lab,))


Measured: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What a measure found: why the public does not see it, or None; the figure; and what stands behind its parts.

    A part is shown when none of its groups of cases is small.
    """

    hidden: str | None
    figure: Measured
    parts: Mapping[str, tuple[Sequence[Case], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A way to count cases. `shows` names the parts beside `value`, in the order in which a table has them."""

    name: str
    shows: tuple[str, ...]
    of: Callable[[Sequence[Case], Protects], Found]

    def result(self, cases: Sequence[Case], protects: Protects, *, full: bool) -> Measured:
        """The figure of these cases as it may be shown."""
        return shown(self.of(cases, protects), protects, full=full)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A definition. `id` is the handbook's, `step` its place on the impact ladder [1 to 7], `unit` in brackets.

    `facts[0]` is the one that is counted, the others are referred to. `stricter` names the stricter variant, in English
    and German. Source: handbook 9.
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
    stricter: tuple[str, str] | None = None


def shown(found: Found, protects: Protects, *, full: bool) -> Measured:
    """A figure as it may be shown; `full` shows it all and says what the public doesn't see."""
    if full:
        return found.figure | ({"withheld": found.hidden} if found.hidden else {})
    if found.hidden:
        return suppressed(found.hidden)
    return without(
        found.figure, [name for name, groups in found.parts.items() if any_small(groups, protects)]
    )


def cell(cases: Sequence[Case]) -> Cell:
    """What stands behind these cases."""
    persons = {case.person for case in cases if case.person is not None}
    organisations = {organisation for case in cases for organisation in case.organisations}
    return Cell(n=len(cases), n_persons=len(persons) or None, n_organisations=len(organisations) or None)


def any_small(groups: Iterable[Sequence[Case]], protects: Protects) -> bool:
    """Whether any group of cases is too small to be shown."""
    return any(hidden_count(cell(cases), protects) is not None for cases in groups)


def without(figure: Measured, parts: Sequence[str]) -> Measured:
    """The figure without some of its parts; it says which."""
    if not parts:
        return figure
    named = sorted({*parts, *figure.get("suppressed_parts", ())})
    return figure | dict.fromkeys(parts) | {"suppressed_parts": named}


def suppressed(why: str) -> Measured:
    """What the public sees instead of a figure."""
    return {"value": None, "suppressed": why}
