"""Which day is it in the city?"""

from datetime import UTC, date, datetime

import pytest

from shared.kernel.city_day import today_in_the_city


@pytest.mark.parametrize(
    ("at", "today"),
    [
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), date(2026, 1, 1)),
    ],
)
def test_the_citys_day_begins_before_that_of_utc(at: datetime, today: date) -> None:
    assert today_in_the_city(at) == today
