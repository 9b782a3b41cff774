"""What happens to an organisation of the city? Stream organisation-<id>."""

from dataclasses import dataclass
from typing import TypeAlias

from shared.events.registry import Audience, event
from shared.events.vocabulary import Sector
from shared.kernel.text import Name


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRegistered:
    """An organisation of the city was registered; it may post once it is verified."""

    name: Name
    sector: Sector
    district: Name
    legal_form: Name | None = None
    charitable: bool | None = None


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationVerified:
    """A coordinator has checked that the organisation exists and who may speak for it."""


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationAmended:
    """Name, sector, district or form were corrected; the event carries all of them as they are now."""

    name: Name
    sector: Sector
    district: Name
    legal_form: Name | None = None
    charitable: bool | None = None


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationCheckReopened:
    """What a coordinator had verified has changed: the organisation waits for another check, its posts are hidden."""


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSuspended:
    """The organisation's posts are hidden from the board; its agreements go on (handbook 7.6)."""


@event("actors", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationReinstated:
    """The suspension is over."""


OrganisationEvent: TypeAlias = (
    OrganisationRegistered
    | OrganisationVerified
    | OrganisationAmended
    | OrganisationCheckReopened
    | OrganisationSuspended
    | OrganisationReinstated
)
