"""Which day is it in the city? A moment is in UTC, a day is what people write down."""

from datetime import date, datetime, timedelta

CITY_AHEAD_OF_UTC = timedelta(hours=2)  # Europe/Berlin in summer; in winter it is an hour's grace


def today_in_the_city(at: datetime) -> date:
    """The calendar day in the city at this moment, `at` in UTC."""
    return (at + CITY_AHEAD_OF_UTC).date()
