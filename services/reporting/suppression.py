"""Which figures may be published? No small cells, and no figures from which one could compute them.

Policy of handbook 6.2: a cell is shown from 5 persons or 3 organisations on. A cell of persons that belong to
organisations needs 3 of these too (R117). In a ratio neither the numerator nor what it leaves of the denominator may be
small. In a sum nobody may contribute almost everything. Zero may be shown unless the denominator is small. Every reason
is written here in both languages.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.reporting.words import Words


class Protects(StrEnum):
    """Who a figure protects, which decides how many are too few."""

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

    def width(self, protects: Protects, amount: float | None = None) -> float:
        """How wide the interval must be in which a protected number can lie, for a reader of all that is published.

        Of a count it holds as many whole numbers as the smallest shown count; of an `amount` that is a sum it is also
        as wide as the share that the largest contributor must leave to others. Source: ADR 32.
        """
        width = float(self.least(protects) - 1)
        return width if amount is None else max(width, amount * float(1 - self.largest_share))


GERMAN = {Protects.PERSONS: "Personen", Protects.ORGANISATIONS: "Organisationen"}
NOT_SHOWN = Words(
    "too small, or a small figure could be computed from it",
    "zu klein, oder eine kleine Zahl ließe sich daraus ausrechnen",
)
"""What published states say of every hidden figure: a reason of its own would tell which of them is small."""

GIVES_AWAY = Words(
    "would let a suppressed figure be computed", "sonst ließe sich eine geschützte Zahl ausrechnen"
)

POLICY = Policy(version="3", least_persons=5, least_organisations=3, largest_share=Decimal("0.85"))
"""Version 2 showed medians from twice the smallest count on, and asked for an interval as wide as `width` says.

Version 3 audits each state together with all earlier ones (ADR 38).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The basis of a number: cases, distinct persons or their stand-ins, distinct organisations.

    `n_persons` and `n_organisations` are None where the cases name none.
    """

    n: int
    n_persons: int | None = None
    n_organisations: int | None = None


def fewer_than(least: int, protects: Protects) -> Words:
    """The reason of a count that is too small."""
    return Words(f"fewer than {least} {protects}", f"weniger als {least} {GERMAN[protects]}")


def small_part(policy: Policy, protects: Protects) -> Words:
    """The reason of a ratio one part of which is too small."""
    least = policy.least(protects)
    return Words(
        f"a part with fewer than {least} {protects}", f"ein Teil mit weniger als {least} {GERMAN[protects]}"
    )


def one_contributor(policy: Policy) -> Words:
    """The reason of a sum that comes almost entirely from one contributor."""
    share = f"{policy.largest_share * 100:.0f}"
    return Words(
        f"one contributor makes up more than {share}%", f"mehr als {share} % stammen von einer Stelle"
    )


def reasons(protects: Protects, policy: Policy = POLICY) -> tuple[Words, ...]:
    """Every reason to hide a figure that protects these."""
    return (
        fewer_than(policy.least(protects), protects),
        fewer_than(policy.least_organisations, Protects.ORGANISATIONS),
        small_part(policy, protects),
        one_contributor(policy),
        GIVES_AWAY,
        NOT_SHOWN,
    )


def hidden_count(cell: Cell, protects: Protects, policy: Policy = POLICY) -> Words | None:
    """Why a count, or a sum over a cell, is not shown; None when it may be."""
    if cell.n == 0:
        return None
    least = policy.least(protects)
    persons = cell.n_persons if protects == Protects.PERSONS else None
    if min(cell.n, cell.n if persons is None else persons) < least:
        return fewer_than(least, protects)
    if cell.n_organisations is not None and cell.n_organisations < policy.least_organisations:
        return fewer_than(policy.least_organisations, Protects.ORGANISATIONS)
    return None


def hidden_ratio(
    part: Cell, rest: Cell, whole: Cell, protects: Protects, policy: Policy = POLICY
) -> Words | None:
    """Why a ratio of `part` to `whole` is not shown, `rest` being what the part leaves; None when it may be."""
    hidden = hidden_count(whole, protects, policy)
    if hidden is not None or whole.n == 0:
        return hidden
    if hidden_count(part, protects, policy) or hidden_count(rest, protects, policy):
        return small_part(policy, protects)
    return None


def dominated(contributions: Iterable[Decimal], policy: Policy = POLICY) -> Words | None:
    """Why a sum that comes almost entirely from one contributor is not shown; None when it may be."""
    shares = list(contributions)
    total = sum(shares, Decimal(0))
    if total > 0 and max(shares) > total * policy.largest_share:
        return one_contributor(policy)
    return None
