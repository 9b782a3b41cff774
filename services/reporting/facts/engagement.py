"""Engagements and their confirmed hours as evaluation knows them; without the volunteer."""

from collections.abc import Iterable
from typing import TypeAlias, assert_never

from services.reporting.facts.fact import Row, day, fact, minutes
from shared.events.marketplace.engagement import (
    EngagementEnded,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
    TrialStarted,
    VolunteerHoursConfirmed,
    VolunteerHoursCorrected,
    VolunteerReferred,
)
from shared.kernel.recorded import Happening

EngagementEvent: TypeAlias = (
    VolunteerReferred | ReferralDeclined | TrialStarted | TrialEnded | EngagementStarted | EngagementEnded
)


class EngagementRow(Row):
    """One engagement."""

    host_id: str | None = None
    offer_id: str | None = None
    form: str | None = None
    referred_on: str | None = None
    trial_on: str | None = None
    started_on: str | None = None
    ended_on: str | None = None
    end_reason: str | None = None


def evolve(row: EngagementRow, event: Happening[EngagementEvent]) -> None:
    """A referral becomes a trial, then an engagement."""
    data = event.data
    match data:
        case VolunteerReferred():
            row.host_id, row.form, row.offer_id = data.host_id, str(data.form), data.offer_id
            row.referred_on = day(event)
        case TrialStarted():
            row.trial_on = data.started_on.isoformat()
        case EngagementStarted():
            row.started_on = data.started_on.isoformat()
        case ReferralDeclined():
            row.ended_on, row.end_reason = day(event), "declined"
        case TrialEnded() | EngagementEnded():
            row.ended_on, row.end_reason = data.ended_on.isoformat(), str(data.reason)
        case _:
            assert_never(data)


class HoursRow(Row):
    """One confirmed entry of hours."""

    engagement_id: str | None = None
    host_id: str | None = None
    worked_on: str | None = None
    n_minutes: int | None = None
    is_civic: int | None = None
    confirmed_on: str | None = None


HoursEvent: TypeAlias = VolunteerHoursConfirmed | VolunteerHoursCorrected


def evolve_hours(row: HoursRow, event: Happening[HoursEvent]) -> None:
    """Hours count once they are confirmed, with the values of their last correction."""
    data = event.data
    if isinstance(data, VolunteerHoursConfirmed):
        row.engagement_id, row.host_id, row.confirmed_on = event.noun_id, data.host_id, day(event)
    row.worked_on, row.n_minutes, row.is_civic = (
        data.worked_on.isoformat(),
        minutes(data.hours),
        int(data.civic),
    )


def entry_key(event: Happening[HoursEvent]) -> Iterable[str]:
    """The engagement and the entry."""
    return (f"{event.noun_id}:{event.data.entry_id}",)


ENGAGEMENT = fact(EngagementRow, name="engagement", version=2, on=EngagementEvent, evolve=evolve)
VOLUNTEER_HOURS = fact(
    HoursRow,
    name="volunteer_hours",
    version=2,
    on=HoursEvent,
    evolve=evolve_hours,
    keys=entry_key,
)
