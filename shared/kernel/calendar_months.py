"""On which day do so many months end? As the civil code counts them."""

import calendar
from datetime import date, timedelta
from functools import lru_cache

MONTHS_A_YEAR = 12
DAYS_KEPT = 20_000
"""How many answers are remembered: many cases begin on one day."""


@lru_cache(DAYS_KEPT)
def months_after(day: date, months: int) -> date:
    """The day so many months later; a month that lacks the day gives its last one, and nothing lies after 9999.

    Source: BGB section 188 (3).
    """
    years, month = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    year = day.year + years
    if year > date.max.year:
        return date.max
    last_day = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last_day))


def last_day_of_term(starts_on: date, months: int) -> date:
    """The last day of a term of so many months that begins on this day; nothing lies after 9999.

    It is the day before the one with the same number; a month that lacks that day gives its last one: a year from
    29 February 2024 ends on 28 February 2025.

    Source: BGB sections 187 (2) and 188 (2) and (3).
    """
    same_number = months_after(starts_on, months)
    is_clipped = same_number.day < starts_on.day
    return same_number if is_clipped else same_number - timedelta(days=1)
