"""How does a test city come to have published states? Its clock goes on to the next month, and the loop steps once."""

from datetime import datetime, timedelta

from shared.kernel.calendar_months import months_after
from shared.kernel.city_day import moment_in_the_city, today_in_the_city
from shared.service import clock
from tests.city import WholeCity


def next_month() -> datetime:
    """Two hours into the month after this one."""
    first = months_after(today_in_the_city(clock.now()).replace(day=1), 1)
    return moment_in_the_city(first) + timedelta(hours=2)


def publish(city: WholeCity) -> int:
    """Publish the states of a city as if this month were over; returns how many are new."""
    publishing = city.instance.units["reporting"].publishing
    assert publishing is not None
    return publishing.step(next_month())
