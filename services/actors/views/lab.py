"""Which labs are there, with which mandate, phase and members?"""

from enum import StrEnum
from typing import NotRequired, TypedDict, assert_never

from shared.events.actors.lab import (
    LabClosed,
    LabEstablished,
    LabEvent,
    LabMandateDefined,
    LabMemberAdmitted,
    LabMemberReleased,
    LabPhaseEntered,
)
from shared.events.vocabulary import LabPhase
from shared.kernel.read_model import ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Query


class LabState(StrEnum):
    """How far a lab has come: it is active once it is in a phase."""

    ESTABLISHED = "established"
    ACTIVE = "active"
    CLOSED = "closed"


class Member(TypedDict):
    """An organisation that is in the lab."""

    organisation_id: str
    joined_on: str


class LabDocument(TypedDict):
    """A lab as it is now; `budget` of the whole consortium [EUR]."""

    id: NotRequired[str]
    name: str
    begins_on: str
    ends_on: str | None
    funding_ref: str | None
    budget: str | None
    state: LabState
    mandate: str | None
    phase: LabPhase | None
    members: list[Member]


def lab(document: LabDocument | None, event: Happening[LabEvent]) -> LabDocument | None:
    """A lab as it is now; there is none before it is established."""
    if isinstance(event.data, LabEstablished):
        return _established(event.data)
    if document is None:
        return None
    match event.data:
        case LabMandateDefined(mandate=mandate):
            return {**document, "mandate": mandate}
        case LabMemberAdmitted(organisation_id=organisation_id, joined_on=joined_on):
            member = Member(organisation_id=organisation_id, joined_on=joined_on.isoformat())
            return {**document, "members": [*_members_without(document, organisation_id), member]}
        case LabMemberReleased(organisation_id=organisation_id):
            return {**document, "members": _members_without(document, organisation_id)}
        case LabPhaseEntered(phase=phase):
            return {**document, "phase": phase, "state": LabState.ACTIVE}
        case LabClosed():
            return {**document, "state": LabState.CLOSED}
        case _:
            assert_never(event.data)


def _established(established: LabEstablished) -> LabDocument:
    return {
        "name": established.name,
        "begins_on": established.begins_on.isoformat(),
        "ends_on": None if established.ends_on is None else established.ends_on.isoformat(),
        "funding_ref": established.funding_ref,
        "budget": None if established.budget is None else str(established.budget),
        "state": LabState.ESTABLISHED,
        "mandate": None,
        "phase": None,
        "members": [],
    }


def _members_without(document: LabDocument, organisation_id: str) -> list[Member]:
    return [member for member in document["members"] if member["organisation_id"] != organisation_id]


LABS = ReadModel(
    name="labs",
    version=1,
    on=events_of(LabEvent),
    evolve=lab,
    columns={
        "state": lambda document: document["state"],
        "phase": lambda document: document["phase"],
    },
)
LAB_QUERY = Query(
    nouns="labs",
    view=LABS,
    filters=("state", "phase"),
    words={"state": LabState, "phase": LabPhase},
)
