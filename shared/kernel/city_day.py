"""Which day is it in the city? A moment is in UTC, a day is what people write down.

The city's time zone is data, and a constant of the process like the city itself: whoever puts a city together says it
once, before anything asks for a day (ADR 26).
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MIDNIGHT = time()
ONE_DAY = timedelta(days=1)
DAYS_KEPT = 20_000
"""Of how many days it is remembered when they begin and end."""

_ZONES: list[ZoneInfo] = []
"""The zone of the city that this process serves, once it was said."""


def serve_city_in(zone: ZoneInfo) -> None:
    """Say in which time zone the city of this process lies; the same may be said again.

    Raises: ValueError for another zone, since two zones would give one moment two days.
    """
    if not _ZONES:
        _ZONES.append(zone)
    if _ZONES[0].key != zone.key:
        msg = (
            f"This process serves a city in {_ZONES[0].key}; a city in {zone.key} needs a process of its own."
        )
        raise ValueError(msg)


def today_in_the_city(at: datetime) -> date:
    """The calendar day in the city at this moment.

    Raises: LookupError before `serve_city_in`.
    """
    return day_in(_zone(), at)


def moment_in_the_city(day: date, clock_shows: time = MIDNIGHT) -> datetime:
    """The moment, in UTC, at which the city's clocks show this on this day; its beginning, where nothing is said.

    Raises: LookupError before `serve_city_in`.
    """
    return moment_in(_zone(), day, clock_shows)


def day_in(zone: ZoneInfo, at: datetime) -> date:
    """The calendar day at this moment in a time zone; no day lies before the year 1 or after 9999."""
    day = (at if at.tzinfo is UTC else at.astimezone(UTC)).date()
    begins, ends = _bounds(zone, day)
    if at < begins:
        return day - ONE_DAY
    return day if ends is None or at < ends else day + ONE_DAY


def moment_in(zone: ZoneInfo, day: date, clock_shows: time) -> datetime:
    """The moment, in UTC, at which clocks show this on this day in a time zone; nothing lies before the year 1."""
    try:
        return datetime.combine(day, clock_shows, zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, clock_shows, UTC)


@lru_cache(DAYS_KEPT)
def _bounds(zone: ZoneInfo, day: date) -> tuple[datetime, datetime | None]:
    """When a day begins and ends in a time zone: facts ask for the days of many moments, most of them on few days."""
    ends = None if day == date.max else moment_in(zone, day + ONE_DAY, MIDNIGHT)
    return moment_in(zone, day, MIDNIGHT), ends


def _zone() -> ZoneInfo:
    if not _ZONES:
        raise LookupError("nobody said in which time zone the city lies")
    return _ZONES[0]
