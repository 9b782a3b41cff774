"""Which figures may be published? Small cells are not, nor what would let one compute them.

Policy of handbook 6.2: cells of persons from 5 on, of organisations from 3 distinct ones on; of a ratio neither the
numerator nor its complement may be small. Zero may be published unless the denominator is small.
"""

from dataclasses import dataclass
from enum import StrEnum


class Protects(StrEnum):
    """Whom a figure is about: that decides how many are too few."""

    PERSONS = "persons"
    ORGANISATIONS = "organisations"


@dataclass(frozen=True, slots=True)
class Policy:
    """A versioned suppression policy; `least` is the smallest count that may be shown."""

    version: str
    least_persons: int
    least_organisations: int

    def least(self, protects: Protects) -> int:
        """The smallest count that may be shown."""
        return self.least_persons if protects == Protects.PERSONS else self.least_organisations


POLICY = Policy(version="1", least_persons=5, least_organisations=3)


def hidden_count(n: int, n_units: int, protects: Protects, policy: Policy = POLICY) -> str | None:
    """Why a count or a sum over `n` cases of `n_units` distinct units is not shown, or None."""
    least = policy.least(protects)
    if 0 < n < least or 0 < n_units < least:
        return f"fewer than {least} {protects}"
    return None


def hidden_ratio(
    numerator: int, denominator: int, n_units: int, protects: Protects, policy: Policy = POLICY
) -> str | None:
    """Why a ratio is not shown, or None."""
    least = policy.least(protects)
    if 0 < denominator < least or 0 < n_units < least:
        return f"fewer than {least} {protects}"
    if 0 < numerator < least or 0 < denominator - numerator < least:
        return f"a part of fewer than {least}"
    return None
