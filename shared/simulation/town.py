"""What may every story read? The simulated city, the period, the amounts, and the organisations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, cast

from shared.events.vocabulary import Sector
from shared.simulation.amounts import Amounts
from shared.simulation.neighbours import Neighbours

READY_AFTER = timedelta(days=35)  # by then the first organisations are verified, and the other stories begin

A = TypeVar("A", bound=Amounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One organisation. It may act from `acts_from` on (None: never verified) until it is suspended, if ever."""

    id: str
    name: str
    sector: Sector
    district: str
    legal_form: str | None
    registered_at: datetime
    acts_from: datetime | None
    suspended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A city in a period; `lab` is the lab's part of its file.

    With `files_follow` the city's sample files are imported afterwards; stories leave out the market days in them.
    """

    districts: Sequence[str]
    lab: Mapping[str, Any]
    begins: date
    ends: date
    amounts: Mapping[type[Amounts], Amounts]
    scale: float
    files_follow: bool
    neighbours: Neighbours
    members: Sequence[Member] = ()

    @property
    def ready_on(self) -> date:
        """The first day on which there are organisations that may act."""
        return self.begins + READY_AFTER

    def amount(self, part: type[A]) -> A:
        """The amounts in this part of the city's file."""
        return cast("A", self.amounts[part])

    def acting(self, at: datetime, *sectors: Sector) -> list[Member]:
        """The organisations of these sectors that may act at this moment and will not be suspended."""
        return [
            member
            for member in self.members
            if member.sector in sectors
            and member.acts_from is not None
            and member.acts_from < at
            and member.suspended_at is None
        ]

    def scaled(self, mean: float) -> float:
        """The amount on this town's scale."""
        return mean * self.scale
