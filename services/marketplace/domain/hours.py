"""The hours of an engagement: logged by the volunteer, confirmed or disputed by the host, corrected.

The engagement's stream guards that an entry counts once, and only when the host confirms it (rules V01, V02); who is
engaged and since when is decided in `engagement.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias, assert_never

from services.marketplace.domain.engagement import ENGAGEMENT, Engagement, EngagementStatus, EntryStatus
from shared.events.marketplace.engagement import (
    EngagementEvent,
    VolunteerHoursConfirmed,
    VolunteerHoursCorrected,
    VolunteerHoursDisputed,
    VolunteerHoursLogged,
)
from shared.events.vocabulary import CorrectionReason
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.quantity import CorrectedHours, HoursOfADay
from shared.kernel.refusal import require

MOST_HOURS = Decimal(24)  # [h] a day has no more


# --- commands -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class LogHours:
    """Report hours of one day [h]; `civic` when unpaid, voluntary and not owed under employment (rule V01)."""

    engagement_id: str
    entry_id: str
    worked_on: date
    hours: HoursOfADay
    civic: bool = True
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmHours:
    """Confirm reported hours as host."""

    engagement_id: str
    entry_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeHours:
    """Say as host that reported hours are not right."""

    engagement_id: str
    entry_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectHours:
    """Correct confirmed hours as host [h]; the command carries all values as they are now, 0 hours for no work."""

    engagement_id: str
    entry_id: str
    worked_on: date
    hours: CorrectedHours
    civic: bool = True
    reason: CorrectionReason
    at: datetime


HoursCommand: TypeAlias = LogHours | ConfirmHours | DisputeHours | CorrectHours


# --- rules: each reads as one sentence ----------------------------------------------------------
def hours_fit_into_a_day(engagement: Engagement, command: LogHours) -> bool:
    """Log more than 0 hours; all entries of a day together have at most 24."""
    if not command.hours.is_finite() or command.hours <= 0:
        return False
    return engagement.hours_on(command.worked_on) + command.hours <= MOST_HOURS


def work_was_done_while_engaged(engagement: Engagement, command: LogHours | CorrectHours) -> bool:
    """Choose a day from the start to the end of the engagement that is not in the future."""
    if engagement.started_on is None or not engagement.started_on <= command.worked_on <= today_in_the_city(
        command.at
    ):
        return False
    return engagement.ended_on is None or command.worked_on <= engagement.ended_on


def engagement_has_started(engagement: Engagement, _: LogHours) -> bool:
    """Start the engagement first; hours belong to an engagement that has started."""
    return engagement.status in {EngagementStatus.ENGAGED, EngagementStatus.ENDED}


def confirmed_hours_fit_into_a_day(engagement: Engagement, command: ConfirmHours) -> bool:
    """Confirm at most 24 hours of a day together."""
    entry = engagement.entries[command.entry_id]
    others = engagement.hours_on(entry.logged.worked_on)
    return entry.status != EntryStatus.DISPUTED or others + entry.logged.hours <= MOST_HOURS


def entry_was_logged(engagement: Engagement, command: ConfirmHours | DisputeHours | CorrectHours) -> bool:
    """Name an entry that the volunteer has logged.

    Rule: V02
    """
    return command.entry_id in engagement.entries


def entry_is_not_confirmed(engagement: Engagement, command: DisputeHours) -> bool:
    """Dispute hours before you confirm them; correct confirmed hours instead."""
    return engagement.entries[command.entry_id].status != EntryStatus.CONFIRMED


def entry_is_new(engagement: Engagement, command: LogHours) -> bool:
    """Give the entry a new id, or let the host correct what is confirmed; this id stands for other hours."""
    return command.entry_id not in engagement.entries


def entry_is_confirmed(engagement: Engagement, command: CorrectHours) -> bool:
    """Correct hours that are confirmed; dispute an entry that waits, and let the volunteer log it anew."""
    return engagement.entries[command.entry_id].status == EntryStatus.CONFIRMED


def corrected_hours_fit_into_a_day(engagement: Engagement, command: CorrectHours) -> bool:
    """State 0 to 24 hours; all entries of a day together have at most 24."""
    logged = engagement.entries[command.entry_id].logged
    others = engagement.hours_on(command.worked_on)
    if command.worked_on == logged.worked_on:
        others -= logged.hours
    return command.hours.is_finite() and 0 <= command.hours <= MOST_HOURS - others


def something_is_corrected(engagement: Engagement, command: CorrectHours) -> bool:
    """Name what is to change; day, hours and kind are recorded just so."""
    logged = engagement.entries[command.entry_id].logged
    return (logged.worked_on, logged.hours, logged.civic) != (command.worked_on, command.hours, command.civic)


# --- decide: one function per command -----------------------------------------------------------
def log_hours(engagement: Engagement, command: LogHours) -> list[EngagementEvent]:
    """The volunteer reports hours; the same entry again changes nothing."""
    logged = VolunteerHoursLogged(
        entry_id=command.entry_id, worked_on=command.worked_on, hours=command.hours, civic=command.civic
    )
    entry = engagement.entries.get(command.entry_id)
    if entry is not None and entry.logged == logged:
        return []
    require(
        engagement,
        command,
        entry_is_new,
        engagement_has_started,
        hours_fit_into_a_day,
        work_was_done_while_engaged,
    )
    return [logged]


def confirm_hours(engagement: Engagement, command: ConfirmHours) -> list[EngagementEvent]:
    """The host confirms; from here on the hours count."""
    require(engagement, command, entry_was_logged)
    entry = engagement.entries[command.entry_id]
    if entry.status == EntryStatus.CONFIRMED:
        return []
    require(engagement, command, confirmed_hours_fit_into_a_day)
    return [
        VolunteerHoursConfirmed(
            entry_id=command.entry_id,
            worked_on=entry.logged.worked_on,
            hours=entry.logged.hours,
            civic=entry.logged.civic,
            host_id=engagement.known_referral.host_id,
        )
    ]


def dispute_hours(engagement: Engagement, command: DisputeHours) -> list[EngagementEvent]:
    """The host does not agree; the two talk, and the host may confirm later."""
    require(engagement, command, entry_was_logged)
    if engagement.entries[command.entry_id].status == EntryStatus.DISPUTED:
        return []
    require(engagement, command, entry_is_not_confirmed)
    return [VolunteerHoursDisputed(entry_id=command.entry_id)]


def correct_hours(engagement: Engagement, command: CorrectHours) -> list[EngagementEvent]:
    """Other values count from here on; what was recorded stays in the log."""
    require(engagement, command, entry_was_logged, entry_is_confirmed)
    entry = engagement.entries[command.entry_id]
    corrected = VolunteerHoursCorrected(
        entry_id=command.entry_id,
        corrects=entry.stated_in,
        reason=command.reason,
        worked_on=command.worked_on,
        hours=command.hours,
        civic=command.civic,
    )
    if entry.correction is not None and entry.correction == replace(
        corrected, corrects=entry.correction.corrects
    ):
        return []
    require(
        engagement,
        command,
        corrected_hours_fit_into_a_day,
        work_was_done_while_engaged,
        something_is_corrected,
    )
    return [corrected]


def decide(engagement: Engagement, command: HoursCommand) -> Sequence[EngagementEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case LogHours():
            return log_hours(engagement, command)
        case ConfirmHours():
            return confirm_hours(engagement, command)
        case DisputeHours():
            return dispute_hours(engagement, command)
        case CorrectHours():
            return correct_hours(engagement, command)
        case _:
            assert_never(command)


HOURS = Decider(name=ENGAGEMENT.name, initial=ENGAGEMENT.initial, decide=decide, evolve=ENGAGEMENT.evolve)
