"""When does a case of a cohort count?"""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.indicators.cases import Verdict
from services.reporting.indicators.cohort import Window, is_mature, judged, within

YEAR = Window(months=12)


def test_a_window_of_twelve_months_includes_its_last_day() -> None:
    assert within(date(2017, 3, 1), "2018-03-01", YEAR)
    assert not within(date(2017, 3, 1), "2018-03-02", YEAR)
    assert not within(date(2017, 3, 1), None, YEAR)


def test_a_window_of_days_counts_days() -> None:
    assert within(date(2018, 1, 1), "2018-06-30", Window(days=180))
    assert not within(date(2018, 1, 1), "2018-07-01", Window(days=180))


def test_a_cohort_is_mature_when_window_and_three_months_have_passed() -> None:
    start = date(2017, 3, 1)
    assert not is_mature(start, YEAR, date(2018, 5, 31))
    assert is_mature(start, YEAR, date(2018, 6, 1))


def test_before_maturity_even_good_news_waits() -> None:
    assert judged(date(2018, 1, 1), Verdict.YES, YEAR, date(2018, 12, 31)) == Verdict.IMMATURE
    assert judged(date(2018, 1, 1), Verdict.YES, YEAR, date(2019, 4, 1)) == Verdict.YES


@given(st.dates(), st.integers(0, 24), st.integers(0, 400))
def test_a_window_never_ends_before_it_begins_and_never_fails(start: date, months: int, days: int) -> None:
    end = Window(months=months, days=days).ends(start)
    assert start <= end
    assert end == date.max or end >= start + timedelta(days=min(days, (date.max - start).days))
