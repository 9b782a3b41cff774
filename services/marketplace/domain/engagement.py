"""The engagement: a volunteer referred to a host, on trial, engaged, ended.

One stream per engagement guards its one course; its hours are decided in `hours.py`, by a decider of the same stream.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias, assert_never

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
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.identity import derived_id
from shared.kernel.refusal import require


# --- commands -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class ReferVolunteer:
    """Bring volunteer and host together after a confirmed match."""

    engagement_id: str
    match_id: str
    offer_id: str
    search_id: str
    person_id: str
    host_id: str
    form: VolunteeringForm
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineReferral:
    """Say that the referral comes to nothing."""

    engagement_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTrial:
    """Note that the volunteer tries the work."""

    engagement_id: str
    started_on: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTrial:
    """Note that the trial ended without an engagement."""

    engagement_id: str
    ended_on: date
    reason: EndReason
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEngagement:
    """Note that the volunteer is engaged."""

    engagement_id: str
    started_on: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEngagement:
    """Note that the engagement is over."""

    engagement_id: str
    ended_on: date
    reason: EndReason
    at: datetime


EngagementCommand: TypeAlias = (
    ReferVolunteer | DeclineReferral | StartTrial | EndTrial | StartEngagement | EndEngagement
)


# --- state --------------------------------------------------------------------------------------
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
    """One entry of hours; `logged` has the values that hold, `stated_in` is the number of the event that says so."""

    logged: VolunteerHoursLogged
    stated_in: int
    status: EntryStatus = EntryStatus.LOGGED
    correction: VolunteerHoursCorrected | None = None


NO_REFERRAL = VolunteerReferred(
    match_id="", offer_id="", search_id="", person_id="", host_id="", form=VolunteeringForm.ONE_OFF
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """The state that the rules read; `started_on` is of the trial, then of the engagement.

    `steps` are the events so far but for those of hours: each happens once. `n_events` counts all.
    """

    status: EngagementStatus = EngagementStatus.UNKNOWN
    referral: VolunteerReferred | None = None
    steps: tuple[EngagementEvent, ...] = ()
    started_on: date | None = None
    ended_on: date | None = None
    entries: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    n_events: int = 0

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


# --- rules about the engagement: each reads as one sentence -------------------------------------
def referral_is_new(engagement: Engagement, _: ReferVolunteer) -> bool:
    """Refer a volunteer once; this referral is recorded for another match, person or host."""
    return engagement.referral is None


def trial_is_not_recorded_yet(engagement: Engagement, _: StartTrial) -> bool:
    """Start a trial once; the trial is recorded with its first day."""
    return not any(isinstance(step, TrialStarted) for step in engagement.steps)


def end_is_not_recorded_yet(engagement: Engagement, _: EndTrial | EndEngagement) -> bool:
    """Report an end once; the last day and the reason are recorded."""
    return engagement.ended_on is None


def start_is_not_recorded_yet(engagement: Engagement, _: StartEngagement) -> bool:
    """Start an engagement once; the engagement is recorded with its first day."""
    return not any(isinstance(step, EngagementStarted) for step in engagement.steps)


def volunteer_was_referred(engagement: Engagement, _: EngagementCommand) -> bool:
    """Choose a referral that has neither started nor been declined."""
    return engagement.status == EngagementStatus.REFERRED


def trial_is_under_way(engagement: Engagement, _: EngagementCommand) -> bool:
    """End a trial only while the volunteer is on trial."""
    return engagement.status == EngagementStatus.IN_TRIAL


def volunteer_was_referred_or_is_on_trial(engagement: Engagement, _: EngagementCommand) -> bool:
    """Start an engagement from a referral or from a trial."""
    return engagement.status in {EngagementStatus.REFERRED, EngagementStatus.IN_TRIAL}


def engagement_is_under_way(engagement: Engagement, _: EngagementCommand) -> bool:
    """End an engagement only while the volunteer is engaged."""
    return engagement.status == EngagementStatus.ENGAGED


def engagement_does_not_start_before_its_trial(engagement: Engagement, command: StartEngagement) -> bool:
    """Choose a start that is not before the start of the trial."""
    return engagement.started_on is None or engagement.started_on <= command.started_on


def start_is_not_in_the_future(_: Engagement, command: StartTrial | StartEngagement) -> bool:
    """Choose today or an earlier day; a start is noted once it has taken place."""
    return command.started_on <= today_in_the_city(command.at)


def end_is_between_start_and_today(engagement: Engagement, command: EndTrial | EndEngagement) -> bool:
    """Choose a day from the start until today."""
    started = engagement.started_on
    return started is not None and started <= command.ended_on <= today_in_the_city(command.at)


# --- decide: one function per command -----------------------------------------------------------
def refer(engagement: Engagement, command: ReferVolunteer) -> list[EngagementEvent]:
    """A confirmed match brings volunteer and host together, once."""
    referred = VolunteerReferred(
        match_id=command.match_id,
        offer_id=command.offer_id,
        search_id=command.search_id,
        person_id=command.person_id,
        host_id=command.host_id,
        form=command.form,
    )
    if engagement.referral == referred:
        return []
    require(engagement, command, referral_is_new)
    return [referred]


def decline(engagement: Engagement, command: DeclineReferral) -> list[EngagementEvent]:
    """The referral comes to nothing; a person's reason is not kept (rule P02)."""
    if engagement.status == EngagementStatus.DECLINED:
        return []
    require(engagement, command, volunteer_was_referred)
    referral = engagement.known_referral
    return [
        ReferralDeclined(offer_id=referral.offer_id, search_id=referral.search_id, match_id=referral.match_id)
    ]


def start_trial(engagement: Engagement, command: StartTrial) -> list[EngagementEvent]:
    """The volunteer tries the work."""
    started = TrialStarted(started_on=command.started_on)
    if started in engagement.steps:
        return []
    require(
        engagement, command, start_is_not_in_the_future, trial_is_not_recorded_yet, volunteer_was_referred
    )
    return [started]


def end_trial(engagement: Engagement, command: EndTrial) -> list[EngagementEvent]:
    """The trial ends without an engagement; the search is open again."""
    referral = engagement.known_referral
    ended = TrialEnded(
        offer_id=referral.offer_id,
        search_id=referral.search_id,
        match_id=referral.match_id,
        ended_on=command.ended_on,
        reason=command.reason,
    )
    if ended in engagement.steps:
        return []
    require(engagement, command, end_is_not_recorded_yet, trial_is_under_way, end_is_between_start_and_today)
    return [ended]


def start(engagement: Engagement, command: StartEngagement) -> list[EngagementEvent]:
    """The volunteer is engaged, with or without a trial before."""
    referral = engagement.known_referral
    started = EngagementStarted(
        match_id=referral.match_id,
        offer_id=referral.offer_id,
        search_id=referral.search_id,
        host_id=referral.host_id,
        started_on=command.started_on,
    )
    if started in engagement.steps:
        return []
    require(
        engagement,
        command,
        start_is_not_in_the_future,
        start_is_not_recorded_yet,
        volunteer_was_referred_or_is_on_trial,
        engagement_does_not_start_before_its_trial,
    )
    return [started]


def end(engagement: Engagement, command: EndEngagement) -> list[EngagementEvent]:
    """The engagement is over; the host is asked whether the place is open again."""
    referral = engagement.known_referral
    ended = EngagementEnded(
        offer_id=referral.offer_id,
        search_id=referral.search_id,
        match_id=referral.match_id,
        ended_on=command.ended_on,
        reason=command.reason,
    )
    if ended in engagement.steps:
        return []
    require(
        engagement, command, end_is_not_recorded_yet, engagement_is_under_way, end_is_between_start_and_today
    )
    return [ended]


def decide(engagement: Engagement, command: EngagementCommand) -> Sequence[EngagementEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case ReferVolunteer():
            return refer(engagement, command)
        case DeclineReferral():
            return decline(engagement, command)
        case StartTrial():
            return start_trial(engagement, command)
        case EndTrial():
            return end_trial(engagement, command)
        case StartEngagement():
            return start(engagement, command)
        case EndEngagement():
            return end(engagement, command)
        case _:
            assert_never(command)


def engagement_id_of(match_id: str) -> str:
    """The id of the engagement that follows from a match of volunteering."""
    return derived_id("engagement", match_id)


# --- evolve -------------------------------------------------------------------------------------
def evolve(engagement: Engagement, event: EngagementEvent) -> Engagement:
    """The engagement after an event."""
    counted = replace(engagement, n_events=engagement.n_events + 1)
    match event:
        case VolunteerHoursLogged():
            return _with(counted, event.entry_id, Entry(event, counted.n_events))
        case VolunteerHoursConfirmed():
            return _moved(counted, event.entry_id, EntryStatus.CONFIRMED)
        case VolunteerHoursDisputed():
            return _moved(counted, event.entry_id, EntryStatus.DISPUTED)
        case VolunteerHoursCorrected():
            return _corrected(counted, event)
        case _:
            return replace(_advanced(counted, event), steps=(*engagement.steps, event))


def _advanced(
    engagement: Engagement,
    event: VolunteerReferred
    | ReferralDeclined
    | TrialStarted
    | TrialEnded
    | EngagementStarted
    | EngagementEnded,
) -> Engagement:
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
        case _:
            assert_never(event)


def _moved(engagement: Engagement, entry_id: str, status: EntryStatus) -> Engagement:
    entry = engagement.entries.get(entry_id)
    if entry is None:
        return engagement
    moved = replace(entry, status=status, stated_in=engagement.n_events)
    return _with(engagement, entry_id, moved)


def _corrected(engagement: Engagement, event: VolunteerHoursCorrected) -> Engagement:
    entry = engagement.entries.get(event.entry_id)
    if entry is None:
        return engagement
    logged = replace(entry.logged, worked_on=event.worked_on, hours=event.hours, civic=event.civic)
    corrected = replace(entry, logged=logged, stated_in=engagement.n_events, correction=event)
    return _with(engagement, event.entry_id, corrected)


def _with(engagement: Engagement, entry_id: str, entry: Entry) -> Engagement:
    return replace(engagement, entries=MappingProxyType({**engagement.entries, entry_id: entry}))


ENGAGEMENT = Decider(name="engagement", initial=Engagement(), decide=decide, evolve=evolve)
