"""The counselling: asked for by a citizen, held by the volunteer agency.

One stream per request guards that it is counted once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias, assert_never

from shared.events.marketplace.engagement import (
    CounsellingCorrected,
    CounsellingEvent,
    CounsellingHeld,
    CounsellingRequested,
)
from shared.events.vocabulary import CorrectionReason
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.refusal import require


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCounselling:
    """Ask the volunteer agency for a talk."""

    counselling_id: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCounselling:
    """Note that the talk took place."""

    counselling_id: str
    held_on: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectCounselling:
    """Say that the talk took place on another day."""

    counselling_id: str
    held_on: date
    reason: CorrectionReason
    at: datetime


CounsellingCommand: TypeAlias = RequestCounselling | HoldCounselling | CorrectCounselling


# --- state ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Counselling:
    """Who asked, on which day the talk took place, and the number of the event that says so; `n_events` counts all."""

    person_id: str = ""
    held_on: date | None = None
    stated_in: int = 0
    correction: CounsellingCorrected | None = None
    n_events: int = 0


# --- rules ------------------------------------------------------------------------------------
def counselling_is_new(counselling: Counselling, _: RequestCounselling) -> bool:
    """Request another counselling under another id; this one is recorded for somebody else."""
    return counselling.person_id == ""


def counselling_was_requested(counselling: Counselling, _: HoldCounselling) -> bool:
    """Request the counselling first; a talk is held with somebody who asked for it."""
    return counselling.person_id != ""


def talk_is_not_in_the_future(_: Counselling, command: HoldCounselling | CorrectCounselling) -> bool:
    """Choose today or an earlier day; a talk is noted once it has taken place."""
    return command.held_on <= today_in_the_city(command.at)


def talk_is_not_recorded_yet(counselling: Counselling, _: HoldCounselling) -> bool:
    """Correct the day, or request another counselling for another talk; the talk of this one is recorded."""
    return counselling.held_on is None


def talk_took_place(counselling: Counselling, _: CorrectCounselling) -> bool:
    """Note the talk first; there is no day to correct."""
    return counselling.held_on is not None


def day_changes(counselling: Counselling, command: CorrectCounselling) -> bool:
    """Name another day; the talk is recorded with this one."""
    return counselling.held_on != command.held_on


# --- decide: one function per command ---------------------------------------------------------
def decide(counselling: Counselling, command: CounsellingCommand) -> Sequence[CounsellingEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case RequestCounselling():
            return ask(counselling, command)
        case HoldCounselling():
            return hold(counselling, command)
        case CorrectCounselling():
            return correct(counselling, command)
        case _:
            assert_never(command)


def ask(counselling: Counselling, command: RequestCounselling) -> list[CounsellingEvent]:
    """The request is counted, once."""
    if counselling.person_id == command.person_id:
        return []
    require(counselling, command, counselling_is_new)
    return [CounsellingRequested(person_id=command.person_id)]


def hold(counselling: Counselling, command: HoldCounselling) -> list[CounsellingEvent]:
    """The talk took place, once."""
    if counselling.held_on == command.held_on:
        return []
    require(
        counselling, command, counselling_was_requested, talk_is_not_in_the_future, talk_is_not_recorded_yet
    )
    return [CounsellingHeld(person_id=counselling.person_id, held_on=command.held_on)]


def correct(counselling: Counselling, command: CorrectCounselling) -> list[CounsellingEvent]:
    """Another day counts from here on; what was recorded stays in the log."""
    require(counselling, command, talk_took_place, talk_is_not_in_the_future)
    corrected = CounsellingCorrected(
        corrects=counselling.stated_in, reason=command.reason, held_on=command.held_on
    )
    last = counselling.correction
    if last is not None and last == replace(corrected, corrects=last.corrects):
        return []
    require(counselling, command, day_changes)
    return [corrected]


# --- evolve -----------------------------------------------------------------------------------
def evolve(counselling: Counselling, event: CounsellingEvent) -> Counselling:
    """The counselling after an event."""
    number = counselling.n_events + 1
    counted = replace(counselling, n_events=number)
    match event:
        case CounsellingRequested():
            return replace(counted, person_id=event.person_id)
        case CounsellingHeld():
            return replace(counted, held_on=event.held_on, stated_in=number)
        case CounsellingCorrected():
            return replace(counted, held_on=event.held_on, stated_in=number, correction=event)
        case _:
            assert_never(event)


COUNSELLING = Decider(name="counselling", initial=Counselling(), decide=decide, evolve=evolve)
