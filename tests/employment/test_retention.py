"""Is each retention check asked when it falls due, and closed exactly once (rule E11)?"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.employment.domain import retention as rules
from services.employment.domain.placement import PLACEMENT
from services.employment.domain.retention import (
    ConfirmRetention,
    CorrectRetention,
    DenyRetention,
    MarkRetentionDue,
    RecordRetentionUnknown,
)
from shared.events.employment.placement import (
    PlacementEnded,
    PlacementRetentionConfirmed,
    PlacementRetentionCorrected,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    RetentionCheckFellDue,
)
from shared.events.vocabulary import CorrectionReason, EndReason, RetentionAnswer
from shared.testing.sentences import Given, given
from tests.employment.story import Story

DUE_AT = datetime(2026, 6, 1, tzinfo=UTC)
LATER = datetime(2026, 6, 10, 9, tzinfo=UTC)
MARK = MarkRetentionDue(placement_id="pl1", milestone=3, at=DUE_AT)
FELL_DUE = RetentionCheckFellDue(milestone=3, due_on=date(2026, 6, 1))
CONFIRM = ConfirmRetention(placement_id="pl1", milestone=3, same_employer=True, at=LATER)
CONFIRMED = PlacementRetentionConfirmed(milestone=3, same_employer=True)
DENY = DenyRetention(placement_id="pl1", milestone=3, at=LATER)
UNKNOWN = RecordRetentionUnknown(placement_id="pl1", milestone=3, at=LATER)
ANSWERS = [
    (CONFIRM, CONFIRMED),
    (DENY, PlacementRetentionDenied(milestone=3)),
    (UNKNOWN, PlacementRetentionUnknown(milestone=3)),
]


@pytest.fixture
def running(story: Story) -> Given:
    """A job that began on 1 March 2026."""
    return given(PLACEMENT, story.proposed, story.contracted, story.started)


def went_on(running: Given, *events: Any) -> Given:
    """The same placement after further events."""
    return given(running.decider, *running.events, *events)


def test_a_check_falls_due_once_on_its_day(running: Given) -> None:
    running.when(MARK).then(FELL_DUE)
    went_on(running, FELL_DUE).when(MARK).then_nothing_happened()


@pytest.mark.parametrize(
    ("milestone", "due_on"), [(3, date(2026, 6, 1)), (6, date(2026, 9, 1)), (12, date(2027, 3, 1))]
)
def test_checks_fall_due_after_3_6_and_12_months(running: Given, milestone: int, due_on: date) -> None:
    at = datetime(due_on.year, due_on.month, due_on.day, tzinfo=UTC)
    mark = MarkRetentionDue(placement_id="pl1", milestone=milestone, at=at)
    running.when(mark).then(RetentionCheckFellDue(milestone=milestone, due_on=due_on))


def test_a_check_does_not_fall_due_before_its_day(running: Given) -> None:
    early = replace(MARK, at=datetime(2026, 5, 31, 21, tzinfo=UTC))
    running.when(early).then_refused_by(rules.milestone_is_reached)


@pytest.mark.parametrize(("answer", "answered"), ANSWERS)
def test_a_due_check_is_answered(running: Given, answer: Any, answered: Any) -> None:
    went_on(running, FELL_DUE).when(answer).then(answered)


@pytest.mark.parametrize(("answer", "answered"), ANSWERS)
def test_the_same_answer_again_stays_quiet(running: Given, answer: Any, answered: Any) -> None:
    went_on(running, FELL_DUE, answered).when(answer).then_nothing_happened()


@pytest.mark.parametrize(("answer", "answered"), ANSWERS)
def test_a_check_is_closed_once(running: Given, answer: Any, answered: Any) -> None:
    for other, _ in ANSWERS:
        if other is not answer:
            went_on(running, FELL_DUE, answered).when(other).then_refused_by(rules.check_is_open)
    elsewhere = replace(CONFIRM, same_employer=False)
    went_on(running, FELL_DUE, answered).when(elsewhere).then_refused_by(rules.check_is_open)


@pytest.mark.parametrize(("answer", "answered"), ANSWERS)
def test_nothing_is_answered_before_it_falls_due(running: Given, answer: Any, answered: Any) -> None:
    early = replace(answer, at=datetime(2026, 5, 31, 21, tzinfo=UTC))
    running.when(early).then_refused_by(rules.milestone_is_reached)


@pytest.mark.parametrize(("answer", "answered"), ANSWERS)
def test_an_answer_that_is_faster_than_the_ticker_says_that_the_check_fell_due(
    running: Given, answer: Any, answered: Any
) -> None:
    running.when(answer).then(FELL_DUE, answered)
    went_on(running, FELL_DUE, answered).when(MARK).then_nothing_happened()


@pytest.mark.parametrize("milestone", [0, 1, 9, 24, -3, 2**70])
def test_other_milestones_are_not_asked_about(running: Given, milestone: int) -> None:
    for command in (MARK, CONFIRM, DENY, UNKNOWN):
        odd = replace(command, milestone=milestone)
        running.when(odd).then_refused_by(rules.milestone_is_one_of_the_three)


def test_checks_go_on_after_the_end_for_somebody_may_work_elsewhere(running: Given) -> None:
    ended = PlacementEnded(ended_on=date(2026, 4, 30), reason=EndReason.MOVED_ON, early=True)
    went_on(running, ended).when(MARK).then(FELL_DUE)
    elsewhere = replace(CONFIRM, same_employer=False)
    answered = replace(CONFIRMED, same_employer=False)
    went_on(running, ended, FELL_DUE).when(elsewhere).then(answered)


def test_nothing_is_asked_about_work_that_never_started(story: Story) -> None:
    never = given(PLACEMENT, story.proposed, story.contracted, story.never_started)
    for command in (MARK, CONFIRM, DENY, UNKNOWN):
        never.when(command).then_refused_by(rules.work_has_started)


CORRECT = CorrectRetention(
    placement_id="pl1",
    milestone=3,
    answer=RetentionAnswer.CONFIRMED_ELSEWHERE,
    reason=CorrectionReason.LEARNT_LATER,
    at=LATER,
)
CORRECTED = PlacementRetentionCorrected(
    milestone=3,
    corrects=5,
    reason=CorrectionReason.LEARNT_LATER,
    answer=RetentionAnswer.CONFIRMED_ELSEWHERE,
)


def test_an_answer_that_came_late_counts_instead_of_unknown(running: Given) -> None:
    unknown = went_on(running, FELL_DUE, PlacementRetentionUnknown(milestone=3))
    unknown.when(CONFIRM).then_refused_by(rules.check_is_open)
    unknown.when(CORRECT).then(CORRECTED)
    corrected = went_on(unknown, CORRECTED)
    corrected.when(CORRECT).then_nothing_happened()
    corrected.when(replace(CONFIRM, same_employer=False)).then_nothing_happened()
    denied = replace(CORRECT, answer=RetentionAnswer.DENIED, reason=CorrectionReason.OBJECTION)
    again = replace(CORRECTED, corrects=6, answer=RetentionAnswer.DENIED, reason=CorrectionReason.OBJECTION)
    corrected.when(denied).then(again)


@pytest.mark.parametrize("answer", RetentionAnswer)
def test_every_answer_may_be_corrected_to_every_other(running: Given, answer: RetentionAnswer) -> None:
    correction = replace(CORRECT, answer=answer)
    for _, answered in ANSWERS:
        before = went_on(running, FELL_DUE, answered)
        outcome = before.when(correction)
        if outcome.refused is not None:
            outcome.then_refused_by(rules.answer_changes)
        else:
            outcome.then(replace(CORRECTED, answer=answer))


def test_only_an_answer_is_corrected(running: Given) -> None:
    went_on(running, FELL_DUE).when(CORRECT).then_refused_by(rules.check_is_answered)
    denied = went_on(running, FELL_DUE, PlacementRetentionDenied(milestone=3))
    same = replace(CORRECT, answer=RetentionAnswer.DENIED)
    denied.when(same).then_refused_by(rules.answer_changes)
