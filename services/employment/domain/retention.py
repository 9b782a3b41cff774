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
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    RetentionCheckFellDue,
)
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


Answer: TypeAlias = ConfirmRetention | DenyRetention | RecordRetentionUnknown
Answered: TypeAlias = PlacementRetentionConfirmed | PlacementRetentionDenied | PlacementRetentionUnknown
RetentionCommand: TypeAlias = MarkRetentionDue | Answer
RetentionEvent: TypeAlias = RetentionCheckFellDue | Answered


# --- state ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What the rules read: the first working day (None before), checks that fell due, answers by milestone."""

    started_on: date | None = None
    due: frozenset[int] = frozenset()
    answers: Mapping[int, Answered] = field(default_factory=dict)


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
    """Answer a check once, as confirmed, denied or unknown.

    Rule: E11
    """
    return command.milestone not in retention.answers


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


# --- evolve -----------------------------------------------------------------------------------
def evolve(retention: Retention, event: RetentionEvent) -> Retention:
    """The state of the retention checks after an event."""
    match event:
        case RetentionCheckFellDue():
            return replace(retention, due=retention.due | {event.milestone})
        case PlacementRetentionConfirmed() | PlacementRetentionDenied() | PlacementRetentionUnknown():
            return replace(retention, answers={**retention.answers, event.milestone: event})
        case _:
            assert_never(event)
