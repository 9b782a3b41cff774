"""Does a declaration have a word for everything, and is a mean of months what it says?"""

from datetime import date
from decimal import Decimal
from typing import Any

from services.reporting.indicators import employment, engagement
from services.reporting.indicators.breakdowns import CATEGORY
from services.reporting.indicators.cases import Case
from services.reporting.indicators.indicator import DIMENSIONS, Dimension
from services.reporting.indicators.measures import PER_MONTH
from services.reporting.indicators.written import QUANTITIES, Written
from services.reporting.suppression import Protects
from shared.events.vocabulary import Category, VolunteeringForm, WorkForm


def test_every_group_of_a_closed_list_has_its_words() -> None:
    assert set(CATEGORY.words) == set(Category)
    assert set(engagement.FORM.words) == set(VolunteeringForm)
    assert set(employment.FORM.words) == set(WorkForm) - employment.NO_EMPLOYMENT
    assert set(QUANTITIES) == set(Written)
    assert set(DIMENSIONS) == set(Dimension)


def a_month(month: int, n: int, *organisations: str) -> Case:
    return Case(on=date(2017, month, 1), value=Decimal(n), organisations=organisations)


def counted(*cases: Case) -> dict[str, Any]:
    return PER_MONTH.result(cases, Protects.PERSONS, full=False)


def test_reports_of_a_month_are_added_up_and_months_averaged() -> None:
    assert counted(a_month(1, 20), a_month(1, 10), a_month(2, 45)) == {
        "value": "37.500",
        "months": 2,
        "reports": 3,
    }
    assert counted() == {"value": None, "months": 0, "reports": 0}


def test_a_month_with_few_persons_is_hidden_and_one_with_none_is_not() -> None:
    assert counted(a_month(1, 2), a_month(1, 2), a_month(2, 4))["suppressed"] == "fewer than 5 persons"
    assert counted(a_month(1, 2), a_month(1, 3))["value"] == "5.000"
    assert counted(a_month(1, 0))["value"] == "0.000"
    assert counted(a_month(1, 50, "a", "b"))["suppressed"] == "fewer than 3 organisations"
