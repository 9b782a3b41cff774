"""Which counsellings and engagements are there, and how many hours were logged and confirmed?"""

from typing import Any

from services.marketplace.views.plain import plain
from shared.events.marketplace.engagement import (
    CounsellingHeld,
    CounsellingRequested,
    EngagementEnded,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
    TrialStarted,
    VolunteerHoursConfirmed,
    VolunteerHoursDisputed,
    VolunteerHoursLogged,
    VolunteerReferred,
)
from shared.kernel.read_model import Document, ReadModel
from shared.kernel.recorded import Happening

ENTRY = {VolunteerHoursConfirmed: "confirmed", VolunteerHoursDisputed: "disputed"}


def evolve_engagement(document: Document | None, event: Happening[Any]) -> Document | None:
    """One engagement with its entries of hours."""
    engagement = document or {}
    data = event.data
    match data:
        case VolunteerReferred():
            referred: Document = plain(data)
            return referred | {"status": "referred", "entries": {}}
        case TrialStarted():
            return engagement | {"status": "in_trial", "trial_on": data.started_on.isoformat()}
        case EngagementStarted():
            return engagement | {"status": "engaged", "started_on": data.started_on.isoformat()}
        case ReferralDeclined():
            return engagement | {"status": "declined"}
        case TrialEnded() | EngagementEnded():
            return engagement | {
                "status": "ended",
                "ended_on": data.ended_on.isoformat(),
                "end_reason": data.reason,
            }
        case VolunteerHoursLogged():
            entry = plain(data) | {"status": "logged"}
            return engagement | {"entries": engagement["entries"] | {data.entry_id: entry}}
        case _:
            entry = engagement["entries"][data.entry_id] | {"status": ENTRY[type(data)]}
            return engagement | {"entries": engagement["entries"] | {data.entry_id: entry}}


def evolve_counselling(document: Document | None, event: Happening[Any]) -> Document | None:
    """One request for counselling."""
    if isinstance(event.data, CounsellingRequested):
        return {
            "person_id": event.data.person_id,
            "status": "requested",
            "requested_at": event.time.isoformat(),
        }
    return (document or {}) | {"status": "held", "held_on": event.data.held_on.isoformat()}


ENGAGEMENTS = ReadModel(
    name="engagements",
    version=1,
    on=(
        VolunteerReferred,
        ReferralDeclined,
        TrialStarted,
        TrialEnded,
        EngagementStarted,
        VolunteerHoursLogged,
        VolunteerHoursConfirmed,
        VolunteerHoursDisputed,
        EngagementEnded,
    ),
    evolve=evolve_engagement,
    columns={
        "person_id": lambda engagement: engagement.get("person_id"),
        "host_id": lambda engagement: engagement.get("host_id"),
        "status": lambda engagement: engagement.get("status"),
        "match_id": lambda engagement: engagement.get("match_id"),
    },
)

COUNSELLINGS = ReadModel(
    name="counsellings",
    version=1,
    on=(CounsellingRequested, CounsellingHeld),
    evolve=evolve_counselling,
    columns={
        "person_id": lambda counselling: counselling.get("person_id"),
        "status": lambda counselling: counselling.get("status"),
    },
)
