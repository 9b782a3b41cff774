"""Which organisations take part, and may they act?"""

import re
from enum import StrEnum
from typing import NotRequired, TypedDict, assert_never

from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationCheckReopened,
    OrganisationEvent,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.events.vocabulary import Sector
from shared.kernel.read_model import Ask, ReadModel, all_found, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Caller, Query, Role
from shared.service.visible import EVERYTHING, Visible
from shared.tabular.spelling import folded

MAY_SEE_UNVERIFIED = frozenset({Role.COORDINATOR, Role.COUNSELLOR, Role.OPERATOR, Role.AUDITOR})

LEGAL_FORM = re.compile(r"\b(?:e\.?\s?V|g?GmbH|gUG|UG|AG|KG|OHG|e\.?\s?G)\b\.?", re.IGNORECASE)
MOST_NAMESAKES = 10


class OrganisationState(StrEnum):
    """How far an organisation may act; one that has changed what was verified waits for another check."""

    REGISTERED = "registered"
    CHANGED = "changed"
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class OrganisationDocument(TypedDict):
    """An organisation as it is now."""

    id: NotRequired[str]
    name: str
    sector: Sector
    district: str
    legal_form: str | None
    charitable: bool | None
    verified: bool
    changed: bool
    suspended: bool
    state: OrganisationState


# --- the read model ---------------------------------------------------------------------------
def organisation(
    document: OrganisationDocument | None, event: Happening[OrganisationEvent]
) -> OrganisationDocument | None:
    """An organisation as it is now; there is none before it is registered."""
    if isinstance(event.data, OrganisationRegistered):
        return _shown(event.data, None)
    if document is None:
        return None
    match event.data:
        case OrganisationAmended():
            return _shown(event.data, document)
        case OrganisationVerified():
            return _with_state({**document, "verified": True, "changed": False})
        case OrganisationCheckReopened():
            return _with_state({**document, "verified": False, "changed": True})
        case OrganisationSuspended():
            return _with_state({**document, "suspended": True})
        case OrganisationReinstated():
            return _with_state({**document, "suspended": False})
        case _:
            assert_never(event.data)


def _shown(
    described: OrganisationRegistered | OrganisationAmended, before: OrganisationDocument | None
) -> OrganisationDocument:
    return _with_state(
        {
            "name": described.name,
            "sector": described.sector,
            "district": described.district,
            "legal_form": described.legal_form,
            "charitable": described.charitable,
            "verified": before is not None and before["verified"],
            "changed": before is not None and before["changed"],
            "suspended": before is not None and before["suspended"],
            "state": OrganisationState.REGISTERED,
        }
    )


def _with_state(document: OrganisationDocument) -> OrganisationDocument:
    return {**document, "state": _state(document)}


def _state(document: OrganisationDocument) -> OrganisationState:
    if document["suspended"]:
        return OrganisationState.SUSPENDED
    if document["changed"]:
        return OrganisationState.CHANGED
    return OrganisationState.VERIFIED if document["verified"] else OrganisationState.REGISTERED


ORGANISATIONS = ReadModel(
    name="organisations",
    version=2,
    on=events_of(OrganisationEvent),
    evolve=organisation,
    columns={
        "state": lambda document: document["state"],
        "sector": lambda document: document["sector"],
        "district": lambda document: document["district"],
    },
)


# --- who sees what ----------------------------------------------------------------------------
def organisations_visible(caller: Caller | None, _: Ask) -> tuple[Visible, ...]:
    """Everybody sees verified organisations; staff and the organisation itself also see it in other states."""
    if caller is not None and caller.role in MAY_SEE_UNVERIFIED:
        return EVERYTHING
    verified = Visible(columns={"state": OrganisationState.VERIFIED})
    is_organisation = caller is not None and caller.role == Role.ORGANISATION
    return (verified, Visible(key=caller.actor)) if caller is not None and is_organisation else (verified,)


def namesakes(caller: Caller, organisation_id: str, name: str, ask: Ask) -> list[dict[str, str]]:
    """Other organisations of the same name, whatever its case, signs and legal form, that the caller may see."""
    wanted = _core_of(name)
    if not wanted:
        return []
    visible = organisations_visible(caller, ask)
    return [
        {part: other[part] for part in ("id", "name", "district", "state")}
        for other in all_found(ask, ORGANISATIONS)
        if other["id"] != organisation_id
        and _core_of(other["name"]) == wanted
        and any(part.has(ORGANISATIONS, other["id"], other) for part in visible)
    ][:MOST_NAMESAKES]


def _core_of(name: str) -> str:
    return folded(LEGAL_FORM.sub(" ", name))


ORGANISATION_QUERY = Query(
    nouns="organisations",
    view=ORGANISATIONS,
    filters=("state", "sector", "district"),
    words={"state": OrganisationState, "sector": Sector},
    visible=organisations_visible,
)
