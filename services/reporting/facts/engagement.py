"""Counsellings, engagements and confirmed hours as evaluation knows them; without the volunteer."""

from collections.abc import Iterable
from typing import Any

from services.reporting.facts.fact import Fact, Row, day, minutes
from shared.events.marketplace.engagement import (
    CounsellingHeld,
    CounsellingRequested,
    EngagementEnded,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
    TrialStarted,
    VolunteerHoursConfirmed,
    VolunteerReferred,
)
from shared.kernel.recorded import Happening


def evolve_engagement(row: Row, event: Happening[Any]) -> Row:
    """One engagement."""
    data = event.data
    match data:
        case VolunteerReferred():
            told = {"host_id": data.host_id, "form": str(data.form), "offer_id": data.offer_id}
            return row | told | {"referred_on": day(event)}
        case TrialStarted():
            return row | {"trial_on": data.started_on.isoformat()}
        case EngagementStarted():
            return row | {"started_on": data.started_on.isoformat()}
        case ReferralDeclined():
            return row | {"ended_on": day(event), "end_reason": "declined"}
        case _:
            return row | {"ended_on": data.ended_on.isoformat(), "end_reason": str(data.reason)}


def evolve_counselling(row: Row, event: Happening[Any]) -> Row:
    """One request for counselling."""
    if isinstance(event.data, CounsellingRequested):
        return row | {"requested_on": day(event)}
    return row | {"held_on": event.data.held_on.isoformat()}


def evolve_hours(row: Row, event: Happening[Any]) -> Row:
    """One confirmed entry of hours."""
    data = event.data
    return row | {
        "engagement_id": event.noun_id,
        "host_id": data.host_id,
        "worked_on": data.worked_on.isoformat(),
        "n_minutes": minutes(data.hours),
        "is_civic": int(data.civic),
        "confirmed_on": day(event),
    }


def entry_key(event: Happening[Any]) -> Iterable[str]:
    """The engagement and the entry."""
    return (f"{event.noun_id}:{event.data.entry_id}",)


ENGAGEMENT = Fact(
    name="engagement",
    version=2,
    source="marketplace",
    columns={
        "host_id": str,
        "offer_id": str,
        "form": str,
        "referred_on": str,
        "trial_on": str,
        "started_on": str,
        "ended_on": str,
        "end_reason": str,
    },
    on=(VolunteerReferred, ReferralDeclined, TrialStarted, TrialEnded, EngagementStarted, EngagementEnded),
    evolve=evolve_engagement,
)

COUNSELLING = Fact(
    name="counselling",
    version=2,
    source="marketplace",
    columns={"requested_on": str, "held_on": str},
    on=(CounsellingRequested, CounsellingHeld),
    evolve=evolve_counselling,
)

VOLUNTEER_HOURS = Fact(
    name="volunteer_hours",
    version=2,
    source="marketplace",
    columns={
        "engagement_id": str,
        "host_id": str,
        "worked_on": str,
        "n_minutes": int,
        "is_civic": int,
        "confirmed_on": str,
    },
    on=(VolunteerHoursConfirmed,),
    evolve=evolve_hours,
    keys=entry_key,
)
