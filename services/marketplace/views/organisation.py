"""What does the marketplace know of organisations? Whether they may post, as the service `actors` publishes it."""

from enum import StrEnum
from typing import NotRequired, TypeAlias, TypedDict, assert_never

from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationCheckReopened,
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
    | OrganisationCheckReopened
    | OrganisationSuspended
    | OrganisationReinstated
)


class OrganisationStatus(StrEnum):
    """Whether an organisation may post: only a verified one may."""

    REGISTERED = "registered"
    CHANGED = "changed"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


HIDDEN = (OrganisationStatus.CHANGED, OrganisationStatus.SUSPENDED)
"""Those whose posts the board does not show: they wait for a check, or until they are reinstated."""


class OrganisationDocument(TypedDict):
    """An organisation as the board needs it."""

    verified: bool
    changed: bool
    suspended: bool
    id: NotRequired[str]
    name: NotRequired[str]
    sector: NotRequired[Sector]
    district: NotRequired[str]


def evolve(
    document: OrganisationDocument | None, event: Happening[OrganisationEvent]
) -> OrganisationDocument:
    """Name, sector and district of an organisation, and whether it is verified or suspended."""
    organisation = document or OrganisationDocument(verified=False, changed=False, suspended=False)
    match event.data:
        case OrganisationRegistered() | OrganisationAmended() as data:
            return organisation | {"name": data.name, "sector": data.sector, "district": data.district}
        case OrganisationVerified():
            return organisation | {"verified": True, "changed": False}
        case OrganisationCheckReopened():
            return organisation | {"verified": False, "changed": True}
        case OrganisationSuspended():
            return organisation | {"suspended": True}
        case OrganisationReinstated():
            return organisation | {"suspended": False}
        case _:
            assert_never(event.data)


def status_of(organisation: OrganisationDocument) -> OrganisationStatus:
    """Suspended goes before all, and changed before verified: neither may post."""
    if organisation["suspended"]:
        return OrganisationStatus.SUSPENDED
    if organisation["changed"]:
        return OrganisationStatus.CHANGED
    return OrganisationStatus.VERIFIED if organisation["verified"] else OrganisationStatus.REGISTERED


ORGANISATIONS = ReadModel(
    name="organisations",
    version=2,
    on=events_of(OrganisationEvent),
    evolve=evolve,
    columns={"status": status_of},
)
