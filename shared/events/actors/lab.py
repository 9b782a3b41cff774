"""What happens to a lab of social innovation? Stream lab-<id>."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from shared.events.registry import Audience, event
from shared.events.vocabulary import LabPhase
from shared.kernel.quantity import Money
from shared.kernel.text import Mandate, Name


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class LabEstablished:
    """A lab of social innovation begins; `budget` is of the whole consortium [EUR]."""

    name: Name
    begins_on: date
    ends_on: date | None = None
    funding_ref: Name | None = None
    budget: Money | None = None


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class LabMandateDefined:
    """The official order for the lab's process, in words."""

    mandate: Mandate


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class LabMemberAdmitted:
    """An organisation joined the lab."""

    organisation_id: str
    joined_on: date


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class LabMemberReleased:
    """An organisation left the lab."""

    organisation_id: str
    left_on: date


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class LabPhaseEntered:
    """The lab went on to a phase of its process."""

    phase: LabPhase


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class LabClosed:
    """The lab has ended."""


LabEvent: TypeAlias = (
    LabEstablished | LabMandateDefined | LabMemberAdmitted | LabMemberReleased | LabPhaseEntered | LabClosed
)
