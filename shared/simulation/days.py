"""On which days does a city work? Months of a period, working days, and the moment at which the office opens."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

OFFICE_OPENS = time(7, tzinfo=UTC)  # nine o'clock in summer; the city is two hours ahead then, one in winter
SATURDAY = 5
LONGEST_MONTH = 31  # [days]
HOLIDAYS = frozenset(
    {(12, 24), (12, 25), (12, 26), (12, 31), (1, 1), (5, 1), (10, 3)}
)  # (month, day) closed each year


def months(begins: date, ends: date) -> Iterator[tuple[date, date, float]]:
    """First and last day of each month of a period, and the share of the month that lies within it, in (0, 1]."""
    first = begins.replace(day=1)
    while first <= ends:
        after = (first + timedelta(days=LONGEST_MONTH)).replace(day=1)
        inside = max(first, begins), min(after - timedelta(days=1), ends)
        yield *inside, ((inside[1] - inside[0]).days + 1) / (after - first).days
        first = after


def years(begins: date, ends: date) -> float:
    """How long a period is [years]."""
    return ((ends - begins).days + 1) / 365.25


def working_day(day: date) -> date:
    """The day itself, or the next one on which the office is open."""
    while day.weekday() >= SATURDAY or (day.month, day.day) in HOLIDAYS:
        day += timedelta(days=1)
    return day


def opening(day: date) -> datetime:
    """The moment at which the office opens on the working day that is this one or the next."""
    return datetime.combine(working_day(day), OFFICE_OPENS)
