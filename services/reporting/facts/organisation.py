"""The organisation as evaluation knows it."""

from typing import TypeAlias, assert_never

from services.reporting.facts.fact import Row, day, fact
from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.kernel.recorded import Happening

OrganisationEvent: TypeAlias = (
    OrganisationRegistered
    | OrganisationAmended
    | OrganisationVerified
    | OrganisationSuspended
    | OrganisationReinstated
)


class OrganisationRow(Row):
    """One organisation."""

    sector: str | None = None
    district: str | None = None
    registered_on: str | None = None
    verified_on: str | None = None
    is_suspended: int | None = None


def evolve(row: OrganisationRow, event: Happening[OrganisationEvent]) -> None:
    """The first day counts, and the newest sector and district."""
    data = event.data
    match data:
        case OrganisationRegistered() | OrganisationAmended():
            row.sector, row.district = str(data.sector), data.district
            row.registered_on = row.registered_on or day(event)
            row.is_suspended = row.is_suspended or 0
        case OrganisationVerified():
            row.verified_on = row.verified_on or day(event)
        case OrganisationSuspended():
            row.is_suspended = 1
        case OrganisationReinstated():
            row.is_suspended = 0
        case _:
            assert_never(data)


ORGANISATION = fact(OrganisationRow, name="organisation", version=2, on=OrganisationEvent, evolve=evolve)
