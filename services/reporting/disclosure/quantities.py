"""Which numbers of a figure add up over cells, and how does a published figure tell them?"""

from collections.abc import Iterable
from decimal import Decimal

from services.reporting.disclosure.knowledge import Nature
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measure import Measured

NOT_ADDED = {"months"}
"""Whole numbers of a figure that don't add up over cells: the months of two groups are the same months."""

BEYOND = 1000.0
"""How much further than twice the largest number a hidden one may lie."""

ROUNDED = 0.0005
"""How far a number with three decimals may lie from the true one."""

PART_OF = {"strict_value": "strict_numerator"}
"""The number that a hidden part hides, where its name is another."""


def quantities_of(indicator: Indicator, figure: Measured) -> dict[str, float]:
    """The numbers of a figure that add up; those that it hides are missing. A suppressed figure tells none."""
    if "suppressed" in figure:
        return {}
    counts = {
        name: float(value)
        for name, value in figure.items()
        if isinstance(value, int) and not isinstance(value, bool) and name not in NOT_ADDED
    }
    if indicator.measure.name == "rate":
        counts["denominator"] -= counts["numerator"]  # what adds up and is small is what the numerator leaves
    if indicator.measure.name == "hours":
        counts["value"] = float(Decimal(figure["value"]))
    return counts


def is_sum(indicator: Indicator, quantity: str) -> bool:
    """Whether the number is a sum with decimals; all others are counts."""
    return indicator.measure.name == "hours" and quantity == "value"


def nature_of(indicator: Indicator, names: Iterable[str], largest: float) -> Nature:
    """How these numbers of an indicator are rounded, and what everybody knows of a cell that has any case."""
    quantities = tuple(sorted(names))
    alone = {"count": "value", "hours": "entries"}.get(indicator.measure.name)
    return Nature(
        quantities=quantities,
        slack={name: ROUNDED for name in quantities if is_sum(indicator, name)},
        floor={} if alone is None else {alone: 1.0},
        beyond=BEYOND + 2 * largest,
    )
