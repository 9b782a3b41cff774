"""Which engagements are there, and how many hours were logged and confirmed?"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypeAlias, TypedDict, assert_never

from services.marketplace.domain.engagement import EngagementStatus, EntryStatus
from services.marketplace.views.plain import plain
from shared.events.marketplace.engagement import (
    EngagementEnded,
    EngagementEvent,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
    TrialStarted,
    VolunteerHoursConfirmed,
    VolunteerHoursCorrected,
    VolunteerHoursDisputed,
    VolunteerHoursLogged,
    VolunteerReferred,
)
from shared.events.vocabulary import EndReason, VolunteeringForm
from shared.kernel.read_model import Ask, ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Caller, Query, Role
from shared.service.visible import EVERYTHING, NOTHING, Visible

OfHours: TypeAlias = (
    VolunteerHoursLogged | VolunteerHoursConfirmed | VolunteerHoursDisputed | VolunteerHoursCorrected
)


class EntryDocument(TypedDict):
    """One entry of hours; hours [h] and the day are text."""

    entry_id: str
    worked_on: str
    hours: str
    civic: bool
    status: EntryStatus


class EngagementDocument(TypedDict):
    """An engagement with its entries of hours by their ids."""

    match_id: str
    offer_id: str
    search_id: str
    person_id: str
    host_id: str
    form: VolunteeringForm
    status: EngagementStatus
    entries: dict[str, EntryDocument]
    id: NotRequired[str]
    trial_on: NotRequired[str]
    started_on: NotRequired[str]
    ended_on: NotRequired[str]
    end_reason: NotRequired[EndReason]


def evolve(
    engagement: EngagementDocument | None, event: Happening[EngagementEvent]
) -> EngagementDocument | None:
    """One engagement with its entries of hours."""
    data = event.data
    if isinstance(data, VolunteerReferred):
        referred: EngagementDocument = plain(data)
        return referred | {"status": EngagementStatus.REFERRED, "entries": {}}
    if engagement is None:
        return None
    match data:
        case TrialStarted():
            return engagement | {
                "status": EngagementStatus.IN_TRIAL,
                "trial_on": data.started_on.isoformat(),
            }
        case EngagementStarted():
            return engagement | {
                "status": EngagementStatus.ENGAGED,
                "started_on": data.started_on.isoformat(),
            }
        case ReferralDeclined():
            return engagement | {"status": EngagementStatus.DECLINED}
        case TrialEnded() | EngagementEnded():
            return engagement | {
                "status": EngagementStatus.ENDED,
                "ended_on": data.ended_on.isoformat(),
                "end_reason": data.reason,
            }
        case (
            VolunteerHoursLogged()
            | VolunteerHoursConfirmed()
            | VolunteerHoursDisputed()
            | VolunteerHoursCorrected()
        ):
            entry = _entry(engagement, data)
            return engagement | {"entries": engagement["entries"] | {data.entry_id: entry}}
        case _:
            assert_never(data)


def _entry(engagement: EngagementDocument, data: OfHours) -> EntryDocument:
    match data:
        case VolunteerHoursLogged():
            logged: EntryDocument = plain(data)
            return logged | {"status": EntryStatus.LOGGED}
        case VolunteerHoursConfirmed():
            return engagement["entries"][data.entry_id] | {"status": EntryStatus.CONFIRMED}
        case VolunteerHoursDisputed():
            return engagement["entries"][data.entry_id] | {"status": EntryStatus.DISPUTED}
        case VolunteerHoursCorrected():
            return engagement["entries"][data.entry_id] | {
                "worked_on": data.worked_on.isoformat(),
                "hours": str(data.hours),
                "civic": data.civic,
            }
        case _:
            assert_never(data)


def engagement_shown(caller: Caller | None, engagement: EngagementDocument) -> Mapping[str, Any]:
    """The host sees the engagement, not the search that led to it."""
    if caller is None or caller.role != Role.ORGANISATION:
        return engagement
    return {name: value for name, value in engagement.items() if name != "search_id"}


ENGAGEMENTS = ReadModel(
    name="engagements",
    version=1,
    on=events_of(EngagementEvent),
    evolve=evolve,
    columns={
        "person_id": lambda engagement: engagement["person_id"],
        "host_id": lambda engagement: engagement["host_id"],
        "status": lambda engagement: engagement["status"],
        "match_id": lambda engagement: engagement["match_id"],
    },
)


def engagements_visible(caller: Caller | None, _: Ask) -> tuple[Visible, ...]:
    """The coordinator sees all, a host and a volunteer their own; which of both somebody is follows from the role."""
    own = {Role.PERSON: "person_id", Role.ORGANISATION: "host_id"}
    if caller is None:
        return NOTHING
    return (Visible(columns={own[caller.role]: caller.actor}),) if caller.role in own else EVERYTHING


ENGAGEMENT_QUERY = Query(
    nouns="engagements",
    view=ENGAGEMENTS,
    roles=frozenset({Role.COORDINATOR, Role.ORGANISATION, Role.PERSON}),
    filters=("status", "match_id"),
    words={"status": EngagementStatus},
    shown=engagement_shown,
    visible=engagements_visible,
)
