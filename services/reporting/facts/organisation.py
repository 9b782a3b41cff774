"""The organisation as evaluation knows it."""

from typing import Any

from services.reporting.facts.fact import Fact, Row, day
from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.kernel.recorded import Happening


def evolve(row: Row, event: Happening[Any]) -> Row:
    """One organisation."""
    data = event.data
    match data:
        case OrganisationRegistered() | OrganisationAmended():
            told = {"sector": str(data.sector), "district": data.district}
            kept = {
                "registered_on": row["registered_on"] or day(event),
                "is_suspended": row["is_suspended"] or 0,
            }
            return row | told | kept
        case OrganisationVerified():
            return row | {"verified_on": day(event)}
        case _:
            return row | {"is_suspended": int(isinstance(data, OrganisationSuspended))}


ORGANISATION = Fact(
    name="organisation",
    version=2,
    source="actors",
    columns={"sector": str, "district": str, "registered_on": str, "verified_on": str, "is_suspended": int},
    on=(
        OrganisationRegistered,
        OrganisationAmended,
        OrganisationVerified,
        OrganisationSuspended,
        OrganisationReinstated,
    ),
    evolve=evolve,
)
