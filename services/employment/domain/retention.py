"""Retention: is the person still at work 3, 6 and 12 months after the start?

Part of the placement's stream; it guards that each check is closed exactly once, and not before it falls due.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeAlias, assert_never

from shared.events.employment.placement import (
    MILESTONES,
    PlacementRetentionConfirmed,
    PlacementRetentionCorrected,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    RetentionCheckFellDue,
)
from shared.events.vocabulary import CorrectionReason, RetentionAnswer
from shared.kernel.calendar_months import months_after
from shared.kernel.city_day import today_in_the_city
from shared.kernel.quantity import AtLeastOne
from shared.kernel.refusal import require


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRetentionDue:
    """Say that a check has fallen due; the ticker does. `milestone` [months]."""

    placement_id: str
    milestone: AtLeastOne
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRetention:
    """At the milestone the person was still at work, with the same employer or another. `milestone` [months]."""

    placement_id: str
    milestone: AtLeastOne
    same_employer: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyRetention:
    """At the milestone the person was no longer at work. `milestone` [months]."""

    placement_id: str
    milestone: AtLeastOne
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRetentionUnknown:
    """Nobody could say; the figure shows it. `milestone` [months]."""

    placement_id: str
    milestone: AtLeastOne
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectRetention:
    """Replace the answer at a milestone, for example by one that came late. `milestone` [months]."""

    placement_id: str
    milestone: AtLeastOne
    answer: RetentionAnswer
    reason: CorrectionReason
    at: datetime


Answer: TypeAlias = ConfirmRetention | DenyRetention | RecordRetentionUnknown
Answered: TypeAlias = PlacementRetentionConfirmed | PlacementRetentionDenied | PlacementRetentionUnknown
RetentionCommand: TypeAlias = MarkRetentionDue | Answer | CorrectRetention
RetentionEvent: TypeAlias = RetentionCheckFellDue | Answered | PlacementRetentionCorrected


# --- state ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What the rules read: the first working day (None before), checks that fell due, answers by milestone.

    `answers` are those that hold, `stated_in` the numbers of the events that state them, `corrections` the last ones.
    """

    started_on: date | None = None
    due: frozenset[int] = frozenset()
    answers: Mapping[int, Answered] = field(default_factory=dict)
    stated_in: Mapping[int, int] = field(default_factory=dict)
    corrections: Mapping[int, PlacementRetentionCorrected] = field(default_factory=dict)


# --- rules: each reads as one sentence --------------------------------------------------------
def work_has_started(retention: Retention, _: RetentionCommand) -> bool:
    """Ask about retention only after the placement has started.

    Rule: E11
    """
    return retention.started_on is not None


def milestone_is_one_of_the_three(_: Retention, command: RetentionCommand) -> bool:
    """Ask about retention 3, 6 or 12 months after the start.

    Rule: E11
    """
    return command.milestone in MILESTONES


def milestone_is_reached(retention: Retention, command: RetentionCommand) -> bool:
    """Wait until the months have passed; only then a check falls due and has an answer.

    Rule: E11
    """
    due_on = due_date(retention, command.milestone)
    return due_on is not None and due_on <= today_in_the_city(command.at)


def check_is_open(retention: Retention, command: Answer) -> bool:
    """Answer a check once, as confirmed, denied or unknown; correct the answer that is recorded.

    Rule: E11
    """
    return command.milestone not in retention.answers


def check_is_answered(retention: Retention, command: CorrectRetention) -> bool:
    """Answer the check first; there is no answer to correct."""
    return command.milestone in retention.answers


def answer_changes(retention: Retention, command: CorrectRetention) -> bool:
    """Name another answer; the check is recorded with this one."""
    return retention.answers[command.milestone] != _in_words(command.milestone, command.answer)


# --- decide: one function for falling due, one for the three answers --------------------------
def mark_due(retention: Retention, command: MarkRetentionDue) -> list[RetentionEvent]:
    """The check is on the counsellor's list, once."""
    require(retention, command, work_has_started, milestone_is_one_of_the_three, milestone_is_reached)
    return _falling_due(retention, command)


def answer(retention: Retention, command: Answer) -> list[RetentionEvent]:
    """The check is closed; when the ticker is late, the answer also says that it fell due."""
    answered = _answered(command)
    if retention.answers.get(command.milestone) == answered:
        return []
    require(
        retention,
        command,
        work_has_started,
        milestone_is_one_of_the_three,
        milestone_is_reached,
        check_is_open,
    )
    return [*_falling_due(retention, command), answered]


def correct(retention: Retention, command: CorrectRetention) -> list[RetentionEvent]:
    """Another answer counts from here on; what was recorded stays in the log."""
    require(retention, command, check_is_answered)
    corrected = PlacementRetentionCorrected(
        milestone=command.milestone,
        corrects=retention.stated_in[command.milestone],
        reason=command.reason,
        answer=command.answer,
    )
    last = retention.corrections.get(command.milestone)
    if last is not None and last == replace(corrected, corrects=last.corrects):
        return []
    require(retention, command, answer_changes)
    return [corrected]


def due_date(retention: Retention, milestone: int) -> date | None:
    """The day on which the check falls due, None while nothing has started. `milestone` [months]."""
    return None if retention.started_on is None else months_after(retention.started_on, milestone)


def _falling_due(retention: Retention, command: RetentionCommand) -> list[RetentionEvent]:
    due_on = due_date(retention, command.milestone)
    if due_on is None or command.milestone in retention.due:
        return []
    return [RetentionCheckFellDue(milestone=command.milestone, due_on=due_on)]


def _answered(command: Answer) -> Answered:
    match command:
        case ConfirmRetention():
            return PlacementRetentionConfirmed(
                milestone=command.milestone, same_employer=command.same_employer
            )
        case DenyRetention():
            return PlacementRetentionDenied(milestone=command.milestone)
        case RecordRetentionUnknown():
            return PlacementRetentionUnknown(milestone=command.milestone)
        case _:
            assert_never(command)


def _in_words(milestone: int, answer: RetentionAnswer) -> Answered:
    match answer:
        case RetentionAnswer.CONFIRMED | RetentionAnswer.CONFIRMED_ELSEWHERE:
            is_same = answer == RetentionAnswer.CONFIRMED
            return PlacementRetentionConfirmed(milestone=milestone, same_employer=is_same)
        case RetentionAnswer.DENIED:
            return PlacementRetentionDenied(milestone=milestone)
        case RetentionAnswer.UNKNOWN:
            return PlacementRetentionUnknown(milestone=milestone)
        case _:
            assert_never(answer)


# --- evolve -----------------------------------------------------------------------------------
def evolve(retention: Retention, event: RetentionEvent, number: int) -> Retention:
    """The state of the retention checks after an event; `number` is the event's in its stream."""
    match event:
        case RetentionCheckFellDue():
            return replace(retention, due=retention.due | {event.milestone})
        case PlacementRetentionConfirmed() | PlacementRetentionDenied() | PlacementRetentionUnknown():
            return _with(retention, event, number)
        case PlacementRetentionCorrected():
            corrections = {**retention.corrections, event.milestone: event}
            corrected = replace(retention, corrections=corrections)
            return _with(corrected, _in_words(event.milestone, event.answer), number)
        case _:
            assert_never(event)


def _with(retention: Retention, answered: Answered, number: int) -> Retention:
    return replace(
        retention,
        answers={**retention.answers, answered.milestone: answered},
        stated_in={**retention.stated_in, answered.milestone: number},
    )
