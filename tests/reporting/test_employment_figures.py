"""Which contracts became work, and which work lasted? (E1, E2, E5)."""

from datetime import date
from typing import Any

import pytest

from shared.events.employment.placement import (
    PlacementRetentionConfirmed,
    PlacementRetentionCorrected,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
)
from shared.events.vocabulary import CorrectionReason, RetentionAnswer, WorkForm
from shared.kernel.recorded import Recorded
from tests.reporting.histories import figure, groups
from tests.reporting.stories import at_work, contracted, never_started, proposed, started

SPRING = date(2017, 3, 1)


def began(prefix: str, n: int, form: WorkForm = WorkForm.JOB) -> list[Recorded[Any]]:
    keys = [f"{prefix}{number}" for number in range(n)]
    return [event for key in keys for event in (proposed(key, SPRING, form), started(key, SPRING, form))]


def test_begun_placements_are_counted_and_work_opportunities_are_none() -> None:
    events = [*began("j", 5), *began("w", 7, WorkForm.WORK_OPPORTUNITY)]
    assert figure("placements_started", events) == {"value": 5}


def test_begun_placements_are_broken_down_by_form() -> None:
    events = [*began("j", 6), *began("a", 5, WorkForm.APPRENTICESHIP)]
    shown = groups("placements_started", events, "form")
    assert shown == {"apprenticeship": {"value": 5}, "job": {"value": 6}}


@pytest.mark.parametrize(("n", "employers"), [(4, 4), (9, 2)])
def test_few_persons_and_few_employers_are_hidden(n: int, employers: int) -> None:
    events = []
    for number in range(n):
        key = str(number)
        events += [proposed(key, SPRING, employer=f"w{number % employers}"), started(key, SPRING)]
    assert "suppressed" in figure("placements_started", events)


def signed(prefix: str, n: int, starts_on: date) -> list[Recorded[Any]]:
    keys = [f"{prefix}{number}" for number in range(n)]
    return [event for key in keys for event in (proposed(key, SPRING), contracted(key, SPRING, starts_on))]


def test_the_start_rate_counts_who_began_among_whom_it_is_known() -> None:
    first = date(2017, 4, 1)
    events = [*signed("y", 8, first), *signed("n", 5, first), *signed("u", 2, first)]
    events += [started(f"y{n}", first) for n in range(8)]
    events += [never_started(f"n{n}", first) for n in range(5)]
    shown = figure("start_rate", events)
    assert (shown["value"], shown["denominator"], shown["unknown"]) == ("0.615", 13, 2)
    assert (shown["lower"], shown["upper"]) == ("0.533", "0.667")


def test_the_start_rate_waits_until_three_months_after_the_agreed_day() -> None:
    first = date(2017, 4, 1)
    events = [*signed("y", 8, first), *(started(f"y{n}", first) for n in range(8))]
    assert figure("start_rate", events, today=date(2017, 6, 30))["immature"] == 8
    assert figure("start_rate", events, today=date(2017, 7, 1))["value"] == "1.000"


@pytest.mark.parametrize("milestone", [3, 6, 12])
def test_retention_counts_who_was_at_work_among_those_with_an_answer(milestone: int) -> None:
    events = [
        *at_work("s", SPRING, 6, PlacementRetentionConfirmed(milestone=milestone, same_employer=True)),
        *at_work("e", SPRING, 6, PlacementRetentionConfirmed(milestone=milestone, same_employer=False)),
        *at_work("d", SPRING, 8, PlacementRetentionDenied(milestone=milestone)),
        *at_work("u", SPRING, 3, PlacementRetentionUnknown(milestone=milestone)),
        *at_work("x", SPRING, 2),
    ]
    shown = figure(f"retention_{milestone}_months", events)
    assert (shown["value"], shown["numerator"], shown["denominator"]) == ("0.600", 12, 20)
    assert shown["unknown"] == 5, "unknown, and never asked"
    assert (shown["lower"], shown["upper"]) == ("0.480", "0.680"), (
        "the lower bound counts unknown as not retained"
    )
    assert (shown["strict_value"], shown["strict_numerator"]) == ("0.300", 6)


def test_an_answer_that_came_late_counts_instead_of_unknown() -> None:
    answered = [
        *at_work("s", SPRING, 6, PlacementRetentionConfirmed(milestone=3, same_employer=True)),
        *at_work("d", SPRING, 6, PlacementRetentionDenied(milestone=3)),
    ]
    unknown = PlacementRetentionUnknown(milestone=3)
    late = PlacementRetentionCorrected(
        milestone=3,
        corrects=5,
        reason=CorrectionReason.LEARNT_LATER,
        answer=RetentionAnswer.CONFIRMED_ELSEWHERE,
    )
    before = figure("retention_3_months", [*answered, *at_work("u", SPRING, 8, unknown)])
    assert (before["value"], before["denominator"], before["unknown"]) == ("0.500", 12, 8)
    after = figure("retention_3_months", [*answered, *at_work("u", SPRING, 8, unknown, late)])
    assert (after["value"], after["denominator"], after["unknown"]) == ("0.700", 20, 0)
    assert after["strict_numerator"] == 6


@pytest.mark.parametrize(
    ("milestone", "waiting", "mature"),
    [
        (3, date(2017, 8, 31), date(2017, 9, 1)),
        (6, date(2017, 11, 30), date(2017, 12, 1)),
        (12, date(2018, 5, 31), date(2018, 6, 1)),
    ],
)
def test_retention_waits_for_the_milestone_and_three_months(
    milestone: int, waiting: date, mature: date
) -> None:
    events = list(
        at_work("s", SPRING, 6, PlacementRetentionConfirmed(milestone=milestone, same_employer=True))
    )
    before = figure(f"retention_{milestone}_months", events, today=waiting)
    assert (before["value"], before["immature"]) == (None, 6)
    assert figure(f"retention_{milestone}_months", events, today=mature)["value"] == "1.000"


def test_an_answer_at_one_milestone_says_nothing_of_another() -> None:
    events = list(at_work("s", SPRING, 6, PlacementRetentionConfirmed(milestone=3, same_employer=True)))
    shown = figure("retention_6_months", events)
    assert (shown["value"], shown["unknown"]) == (None, 6)


def test_four_who_were_no_longer_at_work_hide_the_rate() -> None:
    events = [
        *at_work("s", SPRING, 20, PlacementRetentionConfirmed(milestone=3, same_employer=True)),
        *at_work("d", SPRING, 4, PlacementRetentionDenied(milestone=3)),
    ]
    shown = figure("retention_3_months", events)
    assert shown == {"value": None, "suppressed": "a part with fewer than 5 persons"}
