"""Which months are complete, and which cell of the calendar does a period name?"""

from collections.abc import Iterator
from datetime import date, timedelta

from services.reporting.disclosure.state import ALL, periods_of
from shared.kernel.calendar_months import months_after

ONE_DAY = timedelta(days=1)


def month_ends(begins: date, today: date) -> Iterator[date]:
    """The last day of each month that is over before today, from the month of `begins` on."""
    first = begins.replace(day=1)
    while (following := months_after(first, 1)) <= today:
        yield following - ONE_DAY
        first = following


def first_end(day: date) -> date:
    """The last day of this day's month."""
    return months_after(day.replace(day=1), 1) - ONE_DAY


def bounds_of(period: str) -> tuple[date, date]:
    """The first and the last day of a period's cell."""
    if period == ALL:
        return date.min, date.max
    year, _, part = period.partition("-")
    if not part:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    if part.startswith("Q"):
        begins = date(int(year), 3 * int(part[1:]) - 2, 1)
        return begins, months_after(begins, 3) - ONE_DAY
    begins = date(int(year), int(part), 1)
    return begins, first_end(begins)


def period_of(begins: date, ends: date) -> str | None:
    """The year, quarter or month that these days are, or `all`; None where they are none of these."""
    if (begins, ends) == (date.min, date.max):
        return ALL
    return next((period for period in periods_of(begins) if bounds_of(period) == (begins, ends)), None)


def nearest_period(begins: date, ends: date, on: date) -> str:
    """The smallest cell that holds these days, as far as they lie before the state; else the year they begin in."""
    first = min(begins, on) if begins != date.min else min(ends, on)
    last = min(ends, on)
    for period in reversed(periods_of(first)):
        if bounds_of(period)[0] <= first and last <= bounds_of(period)[1]:
            return period
    return periods_of(first)[0]
