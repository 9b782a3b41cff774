"""What happens between a volunteer and a host, from counselling to the last hour?

Streams counselling-<id> and engagement-<id>. All internal: a volunteer is a random id and stays within the city.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from shared.events.clear import COUNTED, DECIDES, DUE, MATCH, RANDOM
from shared.events.registry import Audience, event
from shared.events.vocabulary import CorrectionReason, DeclineReason, EndReason, VolunteeringForm
from shared.kernel.quantity import AtLeastOne, CorrectedHours, HoursOfADay


# --- counselling ------------------------------------------------------------------------------------
@event("marketplace", Audience.INTERNAL, clear={"person_id": RANDOM})
@dataclass(frozen=True, slots=True, kw_only=True)
class CounsellingRequested:
    """A citizen asked the volunteer agency for counselling."""

    person_id: str


@event("marketplace", Audience.INTERNAL, clear={"person_id": RANDOM, "held_on": DUE})
@dataclass(frozen=True, slots=True, kw_only=True)
class CounsellingHeld:
    """The counselling took place."""

    person_id: str
    held_on: date


@event("marketplace", Audience.INTERNAL, clear={"corrects": COUNTED, "reason": DECIDES, "held_on": DUE})
@dataclass(frozen=True, slots=True, kw_only=True)
class CounsellingCorrected:
    """The counselling took place on another day; `corrects` is the number of the event that no longer holds."""

    corrects: AtLeastOne
    reason: CorrectionReason
    held_on: date


CounsellingEvent: TypeAlias = CounsellingRequested | CounsellingHeld | CounsellingCorrected


# --- engagement -------------------------------------------------------------------------------------
@event(
    "marketplace", Audience.INTERNAL, clear={**MATCH, "person_id": RANDOM, "host_id": RANDOM, "form": DECIDES}
)
@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerReferred:
    """The agency brought volunteer and host together after a confirmed match."""

    match_id: str
    offer_id: str
    search_id: str
    person_id: str
    host_id: str
    form: VolunteeringForm


@event("marketplace", Audience.INTERNAL, clear={**MATCH, "reason": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralDeclined:
    """The referral failed; evaluators count it like one that succeeds (handbook 4.2)."""

    offer_id: str
    search_id: str
    match_id: str
    reason: DeclineReason | None = None


@event("marketplace", Audience.INTERNAL, clear={"started_on": DUE})
@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStarted:
    """The volunteer tries the work."""

    started_on: date


@event("marketplace", Audience.INTERNAL, clear={**MATCH, "ended_on": DUE, "reason": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEnded:
    """The trial is over without an engagement."""

    offer_id: str
    search_id: str
    match_id: str
    ended_on: date
    reason: EndReason


@event("marketplace", Audience.INTERNAL, clear={**MATCH, "host_id": RANDOM, "started_on": DUE})
@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementStarted:
    """The volunteer is engaged."""

    match_id: str
    offer_id: str
    search_id: str
    host_id: str
    started_on: date


@event(
    "marketplace",
    Audience.INTERNAL,
    clear={
        "entry_id": RANDOM,
        "worked_on": DUE,
        "hours": COUNTED,
        "civic": DECIDES,
    },
)
@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerHoursLogged:
    """The volunteer reports hours [h]; `civic` when unpaid, voluntary and not owed under employment (rule V01)."""

    entry_id: str
    worked_on: date
    hours: HoursOfADay
    civic: bool


@event(
    "marketplace",
    Audience.INTERNAL,
    clear={
        "entry_id": RANDOM,
        "worked_on": DUE,
        "hours": COUNTED,
        "civic": DECIDES,
        "host_id": RANDOM,
    },
)
@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerHoursConfirmed:
    """The host confirms reported hours [h]; from then on they count (rule V02)."""

    entry_id: str
    worked_on: date
    hours: HoursOfADay
    civic: bool
    host_id: str


@event("marketplace", Audience.INTERNAL, clear={"entry_id": RANDOM})
@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerHoursDisputed:
    """The host does not confirm reported hours."""

    entry_id: str


@event(
    "marketplace",
    Audience.INTERNAL,
    clear={
        "entry_id": RANDOM,
        "corrects": COUNTED,
        "reason": DECIDES,
        "worked_on": DUE,
        "hours": COUNTED,
        "civic": DECIDES,
    },
)
@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerHoursCorrected:
    """The host corrects confirmed hours [h]; these values count instead, 0 hours where nothing was worked.

    `corrects` is the number of the event in its stream whose values no longer hold.
    """

    entry_id: str
    corrects: AtLeastOne
    reason: CorrectionReason
    worked_on: date
    hours: CorrectedHours
    civic: bool


@event("marketplace", Audience.INTERNAL, clear={**MATCH, "ended_on": DUE, "reason": DECIDES})
@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementEnded:
    """The engagement is over."""

    offer_id: str
    search_id: str
    match_id: str
    ended_on: date
    reason: EndReason


EngagementEvent: TypeAlias = (
    VolunteerReferred
    | ReferralDeclined
    | TrialStarted
    | TrialEnded
    | EngagementStarted
    | VolunteerHoursLogged
    | VolunteerHoursConfirmed
    | VolunteerHoursDisputed
    | VolunteerHoursCorrected
    | EngagementEnded
)
