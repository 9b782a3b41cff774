"""What does the marketplace know of organisations? Whether they may post, as the service `actors` publishes it."""

from enum import StrEnum
from typing import NotRequired, TypeAlias, TypedDict, assert_never

from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.events.vocabulary import Sector
from shared.kernel.read_model import ReadModel, events_of
from shared.kernel.recorded import Happening

OrganisationEvent: TypeAlias = (
    OrganisationRegistered
    | OrganisationVerified
    | OrganisationAmended
    | OrganisationSuspended
    | OrganisationReinstated
)


class OrganisationStatus(StrEnum):
    """Whether an organisation may post: only a verified one may."""

    REGISTERED = "registered"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class OrganisationDocument(TypedDict):
    """An organisation as the board needs it."""

    verified: bool
    suspended: bool
    id: NotRequired[str]
    name: NotRequired[str]
    sector: NotRequired[Sector]
    district: NotRequired[str]


def evolve(
    document: OrganisationDocument | None, event: Happening[OrganisationEvent]
) -> OrganisationDocument:
    """Name, sector and district of an organisation, and whether it is verified or suspended."""
    organisation = document or OrganisationDocument(verified=False, suspended=False)
    match event.data:
        case OrganisationRegistered() | OrganisationAmended() as data:
            return organisation | {"name": data.name, "sector": data.sector, "district": data.district}
        case OrganisationVerified():
            return organisation | {"verified": True}
        case OrganisationSuspended():
            return organisation | {"suspended": True}
        case OrganisationReinstated():
            return organisation | {"suspended": False}
        case _:
            assert_never(event.data)


def status_of(organisation: OrganisationDocument) -> OrganisationStatus:
    """Suspended goes before verified: a suspended organisation may not post."""
    if organisation["suspended"]:
        return OrganisationStatus.SUSPENDED
    return OrganisationStatus.VERIFIED if organisation["verified"] else OrganisationStatus.REGISTERED


ORGANISATIONS = ReadModel(
    name="organisations",
    version=1,
    on=events_of(OrganisationEvent),
    evolve=evolve,
    columns={"status": status_of},
)
