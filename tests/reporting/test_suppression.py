"""Is every figure hidden that is too small, and every one that would give it away?"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.answers import Answers, Asked
from services.reporting.suppression import (
    POLICY,
    Cell,
    Protects,
    dominated,
    hidden_count,
    hidden_ratio,
    one_contributor,
)
from shared.kernel.recorded import Recorded
from tests.reporting.histories import MUCH_LATER, InMemory, figure, groups
from tests.reporting.stories import agreements, sealed

AWAY = "would let a suppressed figure be computed"
PERSONS, ORGANISATIONS = Protects.PERSONS, Protects.ORGANISATIONS


# --- the policy -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "protects", "is_shown"),
    [
        (Cell(n=0), PERSONS, True),
        (Cell(n=4), PERSONS, False),
        (Cell(n=5), PERSONS, True),
        (Cell(n=9, n_persons=4), PERSONS, False),
        (Cell(n=9, n_organisations=2), PERSONS, False),
        (Cell(n=9, n_persons=5, n_organisations=3), PERSONS, True),
        (Cell(n=2, n_organisations=4), ORGANISATIONS, False),
        (Cell(n=3, n_organisations=3), ORGANISATIONS, True),
        (Cell(n=9, n_organisations=2), ORGANISATIONS, False),
    ],
)
def test_a_cell_is_shown_from_the_least_count_on(cell: Cell, protects: Protects, is_shown: bool) -> None:
    assert (hidden_count(cell, protects) is None) == is_shown


@pytest.mark.parametrize(
    ("part", "rest", "is_shown"),
    [(0, 5, True), (5, 0, True), (0, 4, False), (5, 4, False), (4, 5, False), (5, 5, True), (0, 0, True)],
)
def test_a_ratio_is_shown_when_neither_part_is_small(part: int, rest: int, is_shown: bool) -> None:
    why = hidden_ratio(Cell(n=part), Cell(n=rest), Cell(n=part + rest), PERSONS)
    assert (why is None) == is_shown


def test_a_sum_is_hidden_when_one_makes_up_more_than_85_percent() -> None:
    assert dominated([Decimal(85), Decimal(15)]) is None
    assert dominated([Decimal(86), Decimal(14)]) == one_contributor(POLICY)
    assert dominated([]) is None


# --- secondary suppression ----------------------------------------------------------------------------
def in_years(**n_by_year: int) -> list[Recorded[Any]]:
    return [
        sealed(f"{year}-{n}", date(int(year[1:]), 5, 2))
        for year, many in n_by_year.items()
        for n in range(many)
    ]


def shown_by_year(events: list[Recorded[Any]]) -> dict[str, Any]:
    results = groups("agreements_sealed", events, "year")
    return {
        year: result["value"] if result["value"] is not None else result["suppressed"]
        for year, result in results.items()
    }


def test_one_small_year_takes_the_smallest_other_with_it() -> None:
    assert shown_by_year(in_years(y2016=10, y2017=2, y2018=7, y2019=5)) == {
        "2016": 10,
        "2017": "fewer than 3 organisations",
        "2018": 7,
        "2019": AWAY,
    }


def test_two_small_years_that_are_small_together_take_a_third() -> None:
    shown = shown_by_year(in_years(y2016=10, y2017=1, y2018=1, y2019=5))
    assert (shown["2016"], shown["2019"]) == (10, AWAY)


def test_two_small_years_that_are_enough_together_take_no_other() -> None:
    assert shown_by_year(in_years(y2016=10, y2017=2, y2018=2)) == {
        "2016": 10,
        "2017": "fewer than 3 organisations",
        "2018": "fewer than 3 organisations",
    }


def test_the_same_year_asked_for_alone_is_hidden_too() -> None:
    events = in_years(y2016=10, y2017=2, y2018=7, y2019=5)
    alone = figure("agreements_sealed", events, Asked(begins=date(2019, 1, 1), ends=date(2019, 12, 31)))
    assert alone == {"value": None, "suppressed": AWAY}


def test_a_period_that_leaves_only_a_few_outside_is_hidden() -> None:
    events = in_years(y2016=10, y2017=2)
    asked = Asked(begins=date(2015, 1, 1), ends=date(2016, 12, 31))
    assert figure("agreements_sealed", events, asked)["suppressed"] == AWAY


def test_the_figure_of_one_lab_is_hidden_when_it_gives_another_away() -> None:
    events = [sealed(f"a{n}", date(2017, 5, 2), lab="north") for n in range(6)]
    events += [sealed(f"b{n}", date(2017, 5, 2), lab="south") for n in range(2)]
    assert figure("agreements_sealed", events, Asked(lab="north"))["suppressed"] == AWAY
    assert {lab: result["value"] for lab, result in groups("agreements_sealed", events, "lab").items()} == {
        "north": None,
        "south": None,
    }


def test_a_small_part_of_a_figure_takes_the_same_part_of_another_year_with_it() -> None:
    events = [
        *agreements(date(2016, 5, 2), kept=6, partly=4, failing=4, prefix="a"),
        *agreements(date(2017, 5, 2), kept=6, partly=1, failing=4, prefix="b"),
        *agreements(date(2018, 5, 2), kept=9, partly=8, failing=4, prefix="c"),
    ]
    shown = groups("redemption_rate", events, "year")
    assert {year: result["strict_numerator"] for year, result in shown.items()} == {
        "2016": None,
        "2017": None,
        "2018": 9,
    }
    assert [result["value"] for result in shown.values()] == ["0.714", "0.636", "0.810"]


def test_auditors_see_everything_and_what_the_public_does_not() -> None:
    events = in_years(y2016=10, y2017=2, y2018=7, y2019=5)
    shown = groups("agreements_sealed", events, "year", full=True)
    assert {year: result["value"] for year, result in shown.items()} == {
        "2016": 10,
        "2017": 2,
        "2018": 7,
        "2019": 5,
    }
    assert {year for year, result in shown.items() if "withheld" in result} == {"2017", "2019"}


def small_sums(counts: Mapping[str, int], shown: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Groups of hidden years whose sum can be computed from the total and is small."""
    hidden = [year for year, value in shown.items() if isinstance(value, str)]
    return [tuple(hidden)] if hidden and 0 < sum(counts[year] for year in hidden) < 3 else []


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from([f"y{year}" for year in range(2010, 2020)]), st.integers(1, 9), min_size=1
    )
)
def test_no_small_number_of_agreements_can_be_computed_from_a_table(counts: dict[str, int]) -> None:
    events = in_years(**counts)
    shown = shown_by_year(events)
    by_year = {year[1:]: many for year, many in counts.items()}
    whole = figure("agreements_sealed", events)["value"]
    assert all(value >= 3 for value in shown.values() if isinstance(value, int))
    if whole is not None:
        assert small_sums(by_year, shown) == []
        hidden = [year for year, value in shown.items() if isinstance(value, str)]
        assert len(hidden) != 1


def test_an_answer_asked_for_twice_is_the_same_and_one_that_went_on_is_not() -> None:
    facts = InMemory(in_years(y2016=10))
    answers = Answers(facts)
    first = answers.indicator("agreements_sealed", Asked(), MUCH_LATER)
    assert answers.indicator("agreements_sealed", Asked(), MUCH_LATER) is first
    facts.position += 1
    later = answers.indicator("agreements_sealed", Asked(), MUCH_LATER)
    assert later["cutoff"]["marketplace"] == first["cutoff"]["marketplace"] + 1
