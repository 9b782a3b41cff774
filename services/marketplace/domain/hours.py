"""The hours of an engagement: logged by the volunteer, counted when the host confirms (rules V01, V02)."""

from decimal import Decimal

from services.marketplace.domain.engagement_commands import ConfirmHours, DisputeHours, LogHours
from services.marketplace.domain.engagement_state import Engagement, EngagementStatus, EntryStatus
from shared.events.marketplace.engagement import (
    EngagementEvent,
    VolunteerHoursConfirmed,
    VolunteerHoursDisputed,
    VolunteerHoursLogged,
)
from shared.kernel.city_day import today_in_the_city
from shared.kernel.refusal import require

MOST_HOURS = Decimal(24)  # [h] a day has no more


# --- rules: each reads as one sentence --------------------------------------------------------
def hours_fit_into_a_day(engagement: Engagement, command: LogHours) -> bool:
    """An entry holds more than nothing, and a day's entries together at most 24 hours."""
    if not command.hours.is_finite() or command.hours <= 0:
        return False
    return engagement.hours_on(command.worked_on) + command.hours <= MOST_HOURS


def work_was_done_while_engaged(engagement: Engagement, command: LogHours) -> bool:
    """Hours were worked on a day since the start, up to the end, and not in the future."""
    if engagement.started_on is None or not engagement.started_on <= command.worked_on <= today_in_the_city(
        command.at
    ):
        return False
    return engagement.ended_on is None or command.worked_on <= engagement.ended_on


def engagement_has_started(engagement: Engagement, _: LogHours) -> bool:
    """Hours belong to an engagement that has started."""
    return engagement.status in {EngagementStatus.ENGAGED, EngagementStatus.ENDED}


def confirmed_hours_fit_into_a_day(engagement: Engagement, command: ConfirmHours) -> bool:
    """The hours of a day that count are at most 24 together."""
    entry = engagement.entries[command.entry_id]
    others = engagement.hours_on(entry.logged.worked_on)
    return entry.status != EntryStatus.DISPUTED or others + entry.logged.hours <= MOST_HOURS


def entry_was_logged(engagement: Engagement, command: ConfirmHours | DisputeHours) -> bool:
    """The entry was logged by the volunteer.

    Rule: V02
    """
    return command.entry_id in engagement.entries


def entry_is_not_confirmed(engagement: Engagement, command: DisputeHours) -> bool:
    """What the host has confirmed it does not dispute."""
    return engagement.entries[command.entry_id].status != EntryStatus.CONFIRMED


def entry_is_new(engagement: Engagement, command: LogHours) -> bool:
    """An entry's id is used once."""
    return command.entry_id not in engagement.entries


# --- decide: one function per command ---------------------------------------------------------
def log(engagement: Engagement, command: LogHours) -> list[EngagementEvent]:
    """The volunteer reports; the same entry again stays quiet."""
    logged = VolunteerHoursLogged(
        entry_id=command.entry_id, worked_on=command.worked_on, hours=command.hours, civic=command.civic
    )
    known = engagement.entries.get(command.entry_id)
    if known is not None and known.logged == logged:
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


def confirm(engagement: Engagement, command: ConfirmHours) -> list[EngagementEvent]:
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


def dispute(engagement: Engagement, command: DisputeHours) -> list[EngagementEvent]:
    """The host does not agree; the two talk, and the host may confirm later."""
    require(engagement, command, entry_was_logged)
    if engagement.entries[command.entry_id].status == EntryStatus.DISPUTED:
        return []
    require(engagement, command, entry_is_not_confirmed)
    return [VolunteerHoursDisputed(entry_id=command.entry_id)]
