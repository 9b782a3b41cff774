"""What happens to organisations, persons and labs? Published by `actors`.

These names and fields are a storage format (see CHANGING.md). A person is a random id; what is personal is `Sealed` and
lies in a slot beside the log, never in the record.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from shared.events.registry import Audience, event
from shared.events.vocabulary import ErasureBasis, LabPhase, PersonContext, Purpose, RefusalGround, Sector
from shared.kernel.sealed import Retention, Sealed


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
    """A person is known under a random id, in one half of the city's work; who it is lies sealed beside the log."""

    context: PersonContext
    name: Sealed | None = None
    contact: Sealed | None = None
    birth_date: Sealed | None = None


@event("actors", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAmended:
    """Something personal was corrected; what is not sealed anew stays as it was."""

    name: Sealed | None = None
    contact: Sealed | None = None
    birth_date: Sealed | None = None


@event("actors", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """The person agreed to one use of their data, and to no other."""

    purpose: Purpose


@event("actors", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn:
    """The person no longer agrees to this use."""

    purpose: Purpose


@event("actors", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDisclosed:
    """Somebody opened what is sealed of the person: in which role and for what."""

    purpose: Purpose
    role: str


PersonEvent: TypeAlias = PersonRegistered | PersonAmended | ConsentGiven | ConsentWithdrawn | PersonDisclosed


# --- erasure: stream erasure-<random id>; whose it is, only the vault knows ---------------------
@event("actors", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequested:
    """What is kept of a person for these reasons is to be made unreadable for good."""

    basis: ErasureBasis
    retentions: tuple[Retention, ...]


@event("actors", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureBlocked:
    """A proof obligation keeps this class, and no other, until the date."""

    retention: Retention
    until: date


@event("actors", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRefused:
    """The request was turned down, for the reason that the person was told."""

    reason: RefusalGround


@event("actors", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReported:
    """A service has said that it holds no slot of the person any more."""

    service: str
    n_slots: int


@event("actors", Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureCompleted:
    """Every service has reported: keys and slots are gone."""

    n_slots: int


ErasureEvent: TypeAlias = (
    ErasureRequested | ErasureBlocked | ErasureRefused | ErasureReported | ErasureCompleted
)


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
