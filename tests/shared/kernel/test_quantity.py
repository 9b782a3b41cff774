"""Are impossible numbers told from possible ones, at each limit?"""

from decimal import Decimal

import pytest

from shared.kernel.quantity import are_weekly_hours, has_few_decimals, is_term


@pytest.mark.parametrize(
    ("number", "is_short"),
    [("1.2345", True), ("1.23456", False), ("1E+3", True), ("NaN", False), ("Infinity", False)],
)
def test_a_number_is_finite_and_has_at_most_four_decimals(number: str, is_short: bool) -> None:
    assert has_few_decimals(Decimal(number)) == is_short


def test_an_amount_of_money_has_two_decimals() -> None:
    assert has_few_decimals(Decimal("1.23"), 2)
    assert not has_few_decimals(Decimal("1.234"), 2)


@pytest.mark.parametrize(
    ("hours", "possible"),
    [("0", False), ("0.0001", True), ("60", True), ("60.0001", False), ("38.12345", False), ("NaN", False)],
)
def test_weekly_hours_are_above_0_and_60_at_most(hours: str, possible: bool) -> None:
    assert are_weekly_hours(Decimal(hours)) == possible


@pytest.mark.parametrize(("months", "possible"), [(0, False), (1, True), (600, True), (601, False)])
def test_a_term_lasts_1_to_600_months(months: int, possible: bool) -> None:
    assert is_term(months) == possible
