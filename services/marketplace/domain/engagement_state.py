"""What do the rules about an engagement read? The referral, how far it is, and its hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from shared.events.marketplace.engagement import (
    EngagementEnded,
    EngagementEvent,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
    TrialStarted,
    VolunteerHoursConfirmed,
    VolunteerHoursDisputed,
    VolunteerHoursLogged,
    VolunteerReferred,
)
from shared.events.vocabulary import VolunteeringForm


class EngagementStatus(StrEnum):
    """Where an engagement is in its life."""

    UNKNOWN = "unknown"
    REFERRED = "referred"
    IN_TRIAL = "in_trial"
    ENGAGED = "engaged"
    DECLINED = "declined"
    NOT_PLACED = "not_placed"
    ENDED = "ended"


class EntryStatus(StrEnum):
    """How far an entry of hours is."""

    LOGGED = "logged"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of hours."""

    logged: VolunteerHoursLogged
    status: EntryStatus = EntryStatus.LOGGED


NO_REFERRAL = VolunteerReferred(
    match_id="", offer_id="", search_id="", person_id="", host_id="", form=VolunteeringForm.ONE_OFF
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """The state that the rules read; `started_on` is of the trial, then of the engagement."""

    status: EngagementStatus = EngagementStatus.UNKNOWN
    referral: VolunteerReferred | None = None
    started_on: date | None = None
    ended_on: date | None = None
    entries: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))

    def hours_on(self, day: date) -> Decimal:
        """The hours of a day that are logged and not disputed [h]."""
        that_day = (
            entry.logged.hours
            for entry in self.entries.values()
            if entry.logged.worked_on == day and entry.status != EntryStatus.DISPUTED
        )
        return sum(that_day, Decimal(0))

    @property
    def known_referral(self) -> VolunteerReferred:
        """The referral; an empty one before there is any."""
        return self.referral or NO_REFERRAL


def evolve(engagement: Engagement, event: EngagementEvent) -> Engagement:
    """The engagement after an event."""
    match event:
        case VolunteerReferred():
            return replace(engagement, status=EngagementStatus.REFERRED, referral=event)
        case ReferralDeclined():
            return replace(engagement, status=EngagementStatus.DECLINED)
        case TrialStarted():
            return replace(engagement, status=EngagementStatus.IN_TRIAL, started_on=event.started_on)
        case TrialEnded():
            return replace(engagement, status=EngagementStatus.NOT_PLACED, ended_on=event.ended_on)
        case EngagementStarted():
            return replace(engagement, status=EngagementStatus.ENGAGED, started_on=event.started_on)
        case EngagementEnded():
            return replace(engagement, status=EngagementStatus.ENDED, ended_on=event.ended_on)
        case VolunteerHoursLogged():
            return _with(engagement, event.entry_id, Entry(event))
        case VolunteerHoursConfirmed():
            return _moved(engagement, event.entry_id, EntryStatus.CONFIRMED)
        case VolunteerHoursDisputed():
            return _moved(engagement, event.entry_id, EntryStatus.DISPUTED)
        case _:
            assert_never(event)


def _moved(engagement: Engagement, entry_id: str, status: EntryStatus) -> Engagement:
    entry = engagement.entries.get(entry_id)
    return engagement if entry is None else _with(engagement, entry_id, replace(entry, status=status))


def _with(engagement: Engagement, entry_id: str, entry: Entry) -> Engagement:
    return replace(engagement, entries=MappingProxyType({**engagement.entries, entry_id: entry}))
