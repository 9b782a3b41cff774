"""Which day is it in the city?"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.city_day import (
    day_in,
    moment_in,
    moment_in_the_city,
    serve_city_in,
    today_in_the_city,
)

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "today"),
    [
        (datetime(2026, 12, 31, 22, 30, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_the_citys_day_follows_its_clocks_in_winter_and_in_summer(at: datetime, today: date) -> None:
    assert today_in_the_city(at) == today
    assert today_in_the_city(at.astimezone(ZoneInfo("Asia/Tokyo"))) == today


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 3, 29), date(2026, 7, 1), date(2026, 10, 25)])
def test_a_day_begins_with_the_first_moment_that_is_of_that_day(day: date) -> None:
    begins = moment_in_the_city(day)
    assert today_in_the_city(begins) == day
    assert today_in_the_city(begins - datetime.resolution) < day


@given(
    st.integers(-2_000_000_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
    st.sampled_from(["Europe/Berlin", "Europe/Lisbon", "Asia/Kolkata", "America/New_York"]),
)
def test_the_day_is_the_one_on_the_calendar_there(at: datetime, name: str) -> None:
    assert day_in(ZoneInfo(name), at) == at.astimezone(ZoneInfo(name)).date()


def test_a_time_on_a_clock_in_the_city_is_a_moment() -> None:
    assert moment_in_the_city(date(2016, 9, 23), time(17)) == datetime(2016, 9, 23, 15, tzinfo=UTC)


def test_no_moment_is_without_a_day_and_no_day_without_a_beginning() -> None:
    assert day_in(BERLIN, datetime.max.replace(tzinfo=UTC)) == date.max
    assert day_in(BERLIN, datetime.min.replace(tzinfo=UTC)) == date.min
    assert moment_in(BERLIN, date.min, time()) == datetime.min.replace(tzinfo=UTC)


def test_a_process_serves_a_city_in_one_time_zone() -> None:
    serve_city_in(BERLIN)
    with pytest.raises(ValueError, match=r"Europe/Berlin; a city in Europe/Kyiv needs a process of its own"):
        serve_city_in(ZoneInfo("Europe/Kyiv"))
