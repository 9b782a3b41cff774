"""Which numbers of a figure add up over cells, and how does a published figure tell them?"""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measure import Measured, Tally
from shared.events.registry import Audience, type_of

NOT_ADDED = {"months"}
"""Whole numbers of a figure that don't add up over cells: the months of two groups are the same months."""

CASES = "n"
"""All cases of a cell, whatever is said of them."""

STRICT, LOOSE = "strict_numerator", "loose_numerator"
"""The cases of the numerator that hold in the stricter variant, and the others."""

PART_OF = {"strict_value": STRICT}
"""The number that a hidden part hides, where its name is another."""

ALSO_HIDES: Mapping[str, frozenset[str]] = {STRICT: frozenset({LOOSE})}
"""What is hidden with a part, since one could compute the part from it: of most the number of all cases."""


class Anatomy(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of an indicator's figures that are audited together: those that add up to others, and these others.

    `rest` is what the first leaves of all cases, where open events tell how many these are: one tells the other.
    """

    base: tuple[str, ...]
    made_of: Mapping[str, tuple[str, ...]]
    rest: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every number."""
        return (*self.base, *self.made_of)

    def parts(self, name: str) -> tuple[str, ...]:
        """The numbers whose sum it is; itself where it is no sum."""
        return self.made_of.get(name, (name,))


def are_cases_open(indicator: Indicator) -> bool:
    """Whether open events tell how many cases a cell has, of which internal events decide who waits."""
    audiences = {type_of(event).audience for event in indicator.events}
    return indicator.measure.name == "quartiles" and Audience.OPEN in audiences


def anatomies_of(indicator: Indicator) -> tuple[Anatomy, ...]:
    """The numbers of this indicator, apart where a reader learns nothing of some from the others.

    That a cell which is there has a case binds them all; the audit takes it for known of the largest.
    """
    if are_cases_open(indicator):
        return (Anatomy(base=("cases",), made_of={"open": ("cases",)}, rest="open"),)
    alone = tuple(Anatomy(base=(name,), made_of={}) for name in indicator.measure.counts)
    if indicator.measure.name == "hours":
        return (*alone, Anatomy(base=("value",), made_of={}))
    if indicator.stricter is None:
        return alone
    return (Anatomy(base=(STRICT, LOOSE), made_of={"numerator": (STRICT, LOOSE)}), *alone[1:])


def numbers_of(indicator: Indicator, figure: Measured) -> dict[str, float]:
    """The numbers of a figure that add up; those that it hides are missing. A suppressed figure tells none."""
    if "suppressed" in figure:
        return {}
    numbers = {
        name: float(value)
        for name, value in figure.items()
        if isinstance(value, int) and not isinstance(value, bool) and name not in NOT_ADDED
    }
    if indicator.measure.name == "rate":
        numbers["denominator"] -= numbers[
            "numerator"
        ]  # what adds up and is small is what the numerator leaves
    if indicator.measure.name == "hours":
        numbers["value"] = float(Decimal(figure["value"]))
    if STRICT in numbers:
        numbers[LOOSE] = numbers["numerator"] - numbers[STRICT]
    if numbers.keys() >= set(indicator.measure.counts):
        numbers[CASES] = sum(numbers[name] for name in indicator.measure.counts)
    return numbers


def is_sum(indicator: Indicator, quantity: str) -> bool:
    """Whether the number is a sum with decimals; all others are counts."""
    return indicator.measure.name == "hours" and quantity == "value"


def parts_of(tally: Tally) -> frozenset[str]:
    """The numbers that may be hidden while the figure is shown."""
    return frozenset(PART_OF.get(name, name) for name in tally.parts)


def hidden_with(part: str) -> frozenset[str]:
    """The numbers that are hidden with a part."""
    return ALSO_HIDES.get(part, frozenset({CASES})) | {part}
