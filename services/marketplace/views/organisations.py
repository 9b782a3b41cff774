"""What does the marketplace know of organisations? Whether they may post; told by `actors`."""

from typing import Any

from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.kernel.read_model import Document, ReadModel
from shared.kernel.recorded import Happening


def evolve(document: Document | None, event: Happening[Any]) -> Document | None:
    """Name, sector and district of an organisation, and whether it is verified or suspended."""
    organisation = document or {"verified": False, "suspended": False}
    data = event.data
    match data:
        case OrganisationRegistered() | OrganisationAmended():
            return organisation | {"name": data.name, "sector": data.sector, "district": data.district}
        case OrganisationVerified():
            return organisation | {"verified": True}
        case OrganisationSuspended():
            return organisation | {"suspended": True}
        case _:
            return organisation | {"suspended": False}


ORGANISATIONS = ReadModel(
    name="organisations",
    version=1,
    on=(
        OrganisationRegistered,
        OrganisationVerified,
        OrganisationAmended,
        OrganisationSuspended,
        OrganisationReinstated,
    ),
    evolve=evolve,
    columns={
        "status": lambda one: (
            "suspended" if one["suspended"] else "verified" if one["verified"] else "registered"
        )
    },
)
