"""What happens to organisations, persons and labs? Published by `actors`.

These names and fields are a storage format (see CHANGING.md). Nothing here is personal data: a person is a random id.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from shared.events.registry import Audience, event
from shared.events.vocabulary import LabPhase, PersonContext, Sector


# --- organisation: stream organisation-<id> ---------------------------------------------------
@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRegistered:
    """An organisation of the city is known; it may not post before it is verified."""

    name: str
    sector: Sector
    district: str
    legal_form: str | None = None
    charitable: bool | None = None


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationVerified:
    """A coordinator has checked that the organisation exists and who may speak for it."""


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationAmended:
    """Name, sector, district or form were corrected; the event carries all of them as they are now."""

    name: str
    sector: Sector
    district: str
    legal_form: str | None = None
    charitable: bool | None = None


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSuspended:
    """What the organisation has on the board is hidden; what is agreed goes on (handbook 7.6)."""


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationReinstated:
    """The suspension is over."""


OrganisationEvent: TypeAlias = (
    OrganisationRegistered
    | OrganisationVerified
    | OrganisationAmended
    | OrganisationSuspended
    | OrganisationReinstated
)


# --- person: stream person-<id> ---------------------------------------------------------------
@event("actors", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistered:
    """A person is known under a random id, in one half of the city's work; nothing else is stored yet."""

    context: PersonContext


PersonEvent: TypeAlias = PersonRegistered


# --- lab: stream lab-<id> ---------------------------------------------------------------------
@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class LabEstablished:
    """A lab of social innovation begins; `budget` is of the whole consortium [EUR]."""

    name: str
    begins_on: date
    ends_on: date | None = None
    funding_ref: str | None = None
    budget: Decimal | None = None


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class LabMandateDefined:
    """The official order for the lab's process, in words."""

    mandate: str


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
