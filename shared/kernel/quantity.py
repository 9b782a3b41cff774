"""Which numbers are possible? Decimals that stay short, weekly hours and terms that people can work."""

from decimal import Decimal

MOST_WEEKLY_HOURS = 60  # [h/week] ArbZG section 3: six working days of ten hours
LONGEST_TERM = 600  # [months] a working life
MOST_DECIMALS = 4  # of hours and pay per hour, so that a record stays short


def has_few_decimals(number: Decimal, most: int = MOST_DECIMALS) -> bool:
    """Whether a number is finite and has at most so many decimals."""
    exponent = number.as_tuple().exponent  # a letter where it is no number
    return isinstance(exponent, int) and exponent >= -most


def are_weekly_hours(hours: Decimal) -> bool:
    """Whether somebody can work so many hours a week [h/week]: more than 0 and at most 60, with few decimals."""
    return has_few_decimals(hours) and 0 < hours <= MOST_WEEKLY_HOURS


def is_term(months: int) -> bool:
    """Whether work can be agreed for so long [months]: for 1 to 600 months."""
    return 1 <= months <= LONGEST_TERM
