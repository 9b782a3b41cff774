"""What does an indicator count? Cases, which it reads from facts."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

from msgspec import Struct

from services.reporting.facts.fact import Fact
from services.reporting.suppression import Cell

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


def cell(cases: Sequence[Case]) -> Cell:
    """How many cases, persons and organisations there are."""
    persons = {case.person for case in cases if case.person is not None}
    organisations = {organisation for case in cases for organisation in case.organisations}
    return Cell(n=len(cases), n_persons=len(persons) or None, n_organisations=len(organisations) or None)
