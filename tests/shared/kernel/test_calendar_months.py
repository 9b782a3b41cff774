"""On which day do so many months end?"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.calendar_months import last_day_of_term, months_after

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
MONTHS = st.integers(0, 600)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 15), 3, date(2026, 4, 15)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
        (date(9999, 6, 30), 12, date.max),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last_one(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


@given(DAYS, MONTHS)
def test_the_day_is_kept_or_is_the_months_last(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and months_after(later, 0).day == later.day)


@given(DAYS, MONTHS, MONTHS)
def test_more_months_never_end_earlier(day: date, some: int, many: int) -> None:
    assert months_after(day, min(some, many)) <= months_after(day, max(some, many))


@pytest.mark.parametrize(
    ("starts_on", "months", "ends_on"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 3, 1), 12, date(2025, 2, 28)),
        (date(2023, 3, 1), 12, date(2024, 2, 29)),
        (date(2023, 2, 28), 12, date(2024, 2, 27)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 29), 1, date(2026, 2, 28)),
        (date(2026, 1, 28), 1, date(2026, 2, 27)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 8, 1), 10, date(2027, 5, 31)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
    ],
)
def test_a_term_ends_on_the_day_before_the_same_number_or_on_the_months_last_day(
    starts_on: date, months: int, ends_on: date
) -> None:
    assert last_day_of_term(starts_on, months) == ends_on


@given(DAYS, MONTHS)
def test_a_day_after_the_term_the_same_number_has_come_or_a_new_month(day: date, months: int) -> None:
    next_day = last_day_of_term(day, months) + timedelta(days=1)
    assert next_day.day == (day.day if months_after(day, months).day == day.day else 1)
