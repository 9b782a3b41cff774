"""Which terms and hours does the law allow for an entry qualification? Source: SGB III section 54a, handbook 5.3."""

from datetime import date
from decimal import Decimal

LONGEST = 12  # [months]
SHORTEST = 4  # [months] for a start from REFORMED_ON
SHORTEST_BEFORE = 6  # [months] for an earlier start
REFORMED_ON = date(2024, 4, 1)  # handbook 5.3, R78
FEWEST_HOURS = Decimal(20)  # [h/week] full time or at least this


def term_is_allowed(starts_on: date, term_months: int | None) -> bool:
    """Whether an entry qualification that starts on this day may last `term_months` [months]."""
    shortest = SHORTEST if starts_on >= REFORMED_ON else SHORTEST_BEFORE
    return term_months is not None and shortest <= term_months <= LONGEST


def hours_are_allowed(hours_per_week: Decimal) -> bool:
    """Whether `hours_per_week` [h/week] are enough for an entry qualification."""
    return hours_per_week >= FEWEST_HOURS
