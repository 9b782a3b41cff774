"""On which day do so many months end?"""

import calendar
from datetime import date

MONTHS_A_YEAR = 12


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
