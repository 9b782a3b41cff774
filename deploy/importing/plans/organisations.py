"""What does a row about an organisation ask for? Registered, verified unless the file says no, counted where it was."""

from collections.abc import Iterator
from typing import Any

from deploy.importing.identity import noun_id
from deploy.importing.known import Known
from deploy.importing.steps import Step, needed
from services.actors.domain.organisation import (
    ORGANISATION,
    AmendOrganisation,
    RegisterOrganisation,
    VerifyOrganisation,
)
from services.marketplace.domain.market_day import RecordAttendance
from shared.events.actors.organisation import OrganisationRegistered
from shared.events.vocabulary import Sector
from shared.tabular.rows import Row


def steps(row: Row, known: Known) -> Iterator[Step]:
    """The steps of one row."""
    organisation_id = noun_id("organisations", row.key)
    at = known.at(row.day("registered_on"))
    if not known.exists(ORGANISATION, organisation_id):
        register = RegisterOrganisation(organisation_id=organisation_id, **_description(row), at=at)
        yield Step(command=register, name="registered_on", begins=True)
    else:
        if row.day("registered_on"):
            fields: dict[str, tuple[type, ...]] = {"registered_on": (OrganisationRegistered,)}
            known.refuse_other_days(row, ORGANISATION, organisation_id, fields)
        amend = AmendOrganisation(organisation_id=organisation_id, **_description(row), at=known.now)
        yield Step(command=amend, name="name")
    if row.flag("verified"):
        yield Step(command=VerifyOrganisation(organisation_id=organisation_id, at=at), name="verified")
    for told in row.texts("attended"):
        day = known.market_day(told, "attended")
        attended = RecordAttendance(market_day_id=day.id, organisation_id=organisation_id, at=day.opens_at)
        yield Step(command=attended, name="attended")


def _description(row: Row) -> dict[str, Any]:
    return {
        "name": needed(row.text("name"), "name"),
        "sector": Sector(needed(row.text("sector"), "sector")),
        "district": needed(row.text("district"), "district"),
        "legal_form": row.text("legal_form"),
        "charitable": row.flag("charitable"),
    }
