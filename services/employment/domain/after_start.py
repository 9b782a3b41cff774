"""After the start: the work goes on in another form, or it ends. Part of the placement's stream."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from services.employment.domain.course import Placement, Stage, last_day_of_term
from shared.events.employment.placement import (
    PlacementConverted,
    PlacementEnded,
)
from shared.events.vocabulary import EndReason, WorkForm
from shared.kernel.city_day import today_in_the_city
from shared.kernel.refusal import require


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertPlacement:
    """Report that the work goes on in another form, for example as an apprenticeship."""

    placement_id: str
    converted_on: date
    to_form: WorkForm
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPlacement:
    """Report the last day of the work."""

    placement_id: str
    ended_on: date
    reason: EndReason
    at: datetime


AfterStartCommand: TypeAlias = ConvertPlacement | EndPlacement


# --- rules: each reads as one sentence --------------------------------------------------------
def placement_is_running(placement: Placement, _: AfterStartCommand) -> bool:
    """The placement has started and not ended."""
    return placement.stage == Stage.STARTED


def conversion_lies_between_start_and_today(placement: Placement, command: ConvertPlacement) -> bool:
    """The form changed after the start, today or earlier."""
    started_on = placement.retention.started_on
    return started_on is not None and started_on <= command.converted_on <= today_in_the_city(command.at)


def end_lies_between_start_and_today(placement: Placement, command: EndPlacement) -> bool:
    """The last working day is not before the first one and not in the future."""
    started_on = placement.retention.started_on
    return started_on is not None and started_on <= command.ended_on <= today_in_the_city(command.at)


def term_is_over_only_on_its_last_day(placement: Placement, command: EndPlacement) -> bool:
    """A term is over on its last day, not before; who leaves earlier leaves for another reason."""
    last_day = last_day_of_term(placement)
    return command.reason != EndReason.TERM_OVER or last_day is None or command.ended_on >= last_day


def form_changes(placement: Placement, command: ConvertPlacement) -> bool:
    """The work goes on in another form than it has now."""
    return command.to_form != placement.form_now


def conversion_leads_onward(_: Placement, command: ConvertPlacement) -> bool:
    """Work does not turn into an entry qualification; that needs a contract with hours and term of its own.

    Rule: E07
    """
    return command.to_form != WorkForm.ENTRY_QUALIFICATION


# --- decide: one function per command ---------------------------------------------------------
def convert(placement: Placement, command: ConvertPlacement) -> list[PlacementConverted]:
    """The placement goes on under another contract, of which no term is known."""
    converted = PlacementConverted(converted_on=command.converted_on, to_form=command.to_form)
    if converted in placement.steps:
        return []
    require(
        placement,
        command,
        placement_is_running,
        conversion_lies_between_start_and_today,
        form_changes,
        conversion_leads_onward,
    )
    return [converted]


def end(placement: Placement, command: EndPlacement) -> list[PlacementEnded]:
    """The work is over; before the last day of its term it ended early."""
    last_day = last_day_of_term(placement)
    ended = PlacementEnded(
        ended_on=command.ended_on,
        reason=command.reason,
        early=last_day is not None and command.ended_on < last_day,
    )
    if ended in placement.steps:
        return []
    require(
        placement,
        command,
        placement_is_running,
        end_lies_between_start_and_today,
        term_is_over_only_on_its_last_day,
    )
    return [ended]
