"""Which figures may be published? Small cells are not, nor what would let one compute them.

Policy of handbook 6.2: cells of persons from 5 on, of organisations from 3 on; behind persons too there must be 3
organisations, where organisations stand behind them (R117). Of a ratio neither the numerator nor its complement may be
small; of a sum nobody may make up almost all. Zero may be published unless the denominator is small.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Protects(StrEnum):
    """Whom a figure is about: that decides how many are too few."""

    PERSONS = "persons"
    ORGANISATIONS = "organisations"


@dataclass(frozen=True, slots=True)
class Policy:
    """A versioned suppression policy: the smallest counts that may be shown, the largest share of one contributor."""

    version: str
    least_persons: int
    least_organisations: int
    largest_share: Decimal

    def least(self, protects: Protects) -> int:
        """The smallest count that may be shown."""
        return self.least_persons if protects == Protects.PERSONS else self.least_organisations


POLICY = Policy(version="1", least_persons=5, least_organisations=3, largest_share=Decimal("0.85"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands behind a number: cases, distinct persons or their stand-ins, distinct organisations.

    `n_persons` and `n_organisations` are None where the cases name none.
    """

    n: int
    n_persons: int | None = None
    n_organisations: int | None = None


def hidden_count(cell: Cell, protects: Protects, policy: Policy = POLICY) -> str | None:
    """Why a count, or a sum over a cell, is not shown; None when it may be."""
    if cell.n == 0:
        return None
    least = policy.least(protects)
    persons = cell.n_persons if protects == Protects.PERSONS else None
    if min(cell.n, cell.n if persons is None else persons) < least:
        return f"fewer than {least} {protects}"
    if cell.n_organisations is not None and cell.n_organisations < policy.least_organisations:
        return f"fewer than {policy.least_organisations} organisations"
    return None


def hidden_ratio(
    part: Cell, rest: Cell, whole: Cell, protects: Protects, policy: Policy = POLICY
) -> str | None:
    """Why a ratio of `part` to `whole` is not shown, `rest` being what the part leaves; None when it may be."""
    hidden = hidden_count(whole, protects, policy)
    if hidden is not None or whole.n == 0:
        return hidden
    if hidden_count(part, protects, policy) or hidden_count(rest, protects, policy):
        return f"a part with fewer than {policy.least(protects)} {protects}"
    return None


def dominated(contributions: Iterable[Decimal], policy: Policy = POLICY) -> str | None:
    """Why a sum is not shown that one contributor makes up almost alone; None when it may be."""
    shares = list(contributions)
    total = sum(shares, Decimal(0))
    if total > 0 and max(shares) > total * policy.largest_share:
        return f"one contributor makes up more than {policy.largest_share:.0%}"
    return None
