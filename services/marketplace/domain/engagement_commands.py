"""What can be done with an engagement? Its commands, in the order in which its life asks for them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from shared.events.vocabulary import EndReason, VolunteeringForm


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
class LogHours:
    """Report hours of one day [h]; `civic` when unpaid, voluntary and not owed under employment (rule V01)."""

    engagement_id: str
    entry_id: str
    worked_on: date
    hours: Decimal
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
class EndEngagement:
    """Note that the engagement is over."""

    engagement_id: str
    ended_on: date
    reason: EndReason
    at: datetime


EngagementCommand: TypeAlias = (
    ReferVolunteer
    | DeclineReferral
    | StartTrial
    | EndTrial
    | StartEngagement
    | LogHours
    | ConfirmHours
    | DisputeHours
    | EndEngagement
)
