"""Which day is it in the city? A moment is in UTC, a day is what people write down.

The city's time zone is data, and a constant of the process like the city itself: whoever puts a city together says it
once, before anything asks for a day (ADR 26).
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

MIDNIGHT = time()

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
    try:
        return at.astimezone(zone).date()
    except OverflowError:
        return at.date()


def moment_in(zone: ZoneInfo, day: date, clock_shows: time) -> datetime:
    """The moment, in UTC, at which clocks show this on this day in a time zone; nothing lies before the year 1."""
    try:
        return datetime.combine(day, clock_shows, zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, clock_shows, UTC)


def _zone() -> ZoneInfo:
    if not _ZONES:
        raise LookupError("nobody said in which time zone the city lies")
    return _ZONES[0]
