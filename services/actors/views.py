"""Who takes part in the city's work, and how does it stand with them?"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shared.events.actors.erasure import (
    ErasureBlocked,
    ErasureCompleted,
    ErasureRefused,
    ErasureReported,
    ErasureRequested,
)
from shared.events.actors.lab import (
    LabClosed,
    LabEstablished,
    LabMandateDefined,
    LabMemberAdmitted,
    LabMemberReleased,
    LabPhaseEntered,
)
from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.events.actors.person import (
    ConsentGiven,
    PersonAmended,
    PersonRegistered,
)
from shared.events.employment.placement import (
    PlacementProposed,
    PlacementStarted,
)
from shared.events.marketplace.engagement import (
    CounsellingHeld,
    CounsellingRequested,
    EngagementEnded,
    EngagementStarted,
    VolunteerHoursLogged,
    VolunteerReferred,
)
from shared.events.marketplace.need import SearchAmended, SearchPosted
from shared.kernel.read_model import Ask, Document, ReadModel, all_found
from shared.kernel.recorded import Happening


# --- organisations ----------------------------------------------------------------------------
def organisation(document: Document | None, event: Happening[Any]) -> Document | None:
    """An organisation as it is now; `state` is registered, verified or suspended."""
    known = document or {"verified": False, "suspended": False}
    match event.data:
        case OrganisationRegistered() | OrganisationAmended() as told:
            known = {**known, **_description(told)}
        case OrganisationVerified():
            known = {**known, "verified": True}
        case OrganisationSuspended():
            known = {**known, "suspended": True}
        case OrganisationReinstated():
            known = {**known, "suspended": False}
    return {**known, "state": _organisation_state(known)}


def _description(told: OrganisationRegistered | OrganisationAmended) -> Document:
    return {
        "name": told.name,
        "sector": str(told.sector),
        "district": told.district,
        "legal_form": told.legal_form,
        "charitable": told.charitable,
    }


def _organisation_state(document: Document) -> str:
    if document["suspended"]:
        return "suspended"
    return "verified" if document["verified"] else "registered"


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
    evolve=organisation,
    columns={
        "state": lambda document: document["state"],
        "sector": lambda document: document.get("sector"),
        "district": lambda document: document.get("district"),
    },
)


# --- persons ----------------------------------------------------------------------------------
def person(_: Document | None, event: Happening[Any]) -> Document | None:
    """A person: the half of the city's work in which the id is known, and nothing else."""
    return {"context": str(event.data.context)}


PERSONS = ReadModel(
    name="persons",
    version=1,
    on=(PersonRegistered,),
    evolve=person,
    columns={"context": lambda document: document["context"]},
)


# --- activities: since when has nothing happened for a person? --------------------------------
def activity(document: Document | None, event: Happening[Any]) -> Document | None:
    """A stream that is about a person, and when something last happened in it."""
    about_themself = isinstance(event.data, PersonRegistered | PersonAmended | ConsentGiven)
    told = event.noun_id if about_themself else getattr(event.data, "person_id", None)
    person_id: str | None = told or (document or {}).get("person_id")
    if person_id is None:
        return None
    at = event.time.isoformat()
    return {"person_id": person_id, "at": max(at, (document or {}).get("at", at))}


def by_search(event: Happening[Any]) -> Iterable[str]:
    """A placement knows the search that it came from, and not whose it is."""
    from_search = isinstance(event.data, PlacementProposed | PlacementStarted)
    return (event.data.search_id,) if from_search else (event.noun_id,)


def last_activity(ask: Ask, person_id: str) -> datetime | None:
    """When something last happened for a person that they have a part in."""
    times = [document["at"] for document in all_found(ask, ACTIVITIES, person_id=person_id)]
    return datetime.fromisoformat(max(times)) if times else None


ACTIVITIES = ReadModel(
    name="activities",
    version=1,
    on=(
        PersonRegistered,
        PersonAmended,
        ConsentGiven,
        SearchPosted,
        SearchAmended,
        CounsellingRequested,
        CounsellingHeld,
        VolunteerReferred,
        EngagementStarted,
        VolunteerHoursLogged,
        EngagementEnded,
        PlacementProposed,
        PlacementStarted,
    ),
    evolve=activity,
    keys=by_search,
    columns={"person_id": lambda document: document["person_id"]},
)


# --- erasures ---------------------------------------------------------------------------------
def erasure(document: Document | None, event: Happening[Any]) -> Document | None:
    """An erasure with its classes and what each service reported; whose it is stands nowhere."""
    known: Document = document or {"state": "requested", "retentions": [], "kept": {}, "n_slots": {}}
    match event.data:
        case ErasureRequested() as told:
            return {**known, "basis": str(told.basis), "retentions": [str(one) for one in told.retentions]}
        case ErasureBlocked() as told:
            return {**known, "kept": {**known["kept"], str(told.retention): told.until.isoformat()}}
        case ErasureRefused() as told:
            return {**known, "state": "refused", "reason": str(told.reason)}
        case ErasureReported() as told:
            return {**known, "n_slots": {**known["n_slots"], told.service: told.n_slots}}
        case _:
            return {**known, "state": "completed", "completed_at": event.time.isoformat()}


ERASURES = ReadModel(
    name="erasures",
    version=1,
    on=(ErasureRequested, ErasureBlocked, ErasureRefused, ErasureReported, ErasureCompleted),
    evolve=erasure,
    columns={"state": lambda document: document["state"]},
)


# --- labs -------------------------------------------------------------------------------------
def lab(document: Document | None, event: Happening[Any]) -> Document | None:
    """A lab with its mandate, phase and members; `state` is established, active (in a phase) or closed."""
    known: Document = document or {"state": "established", "mandate": None, "phase": None, "members": []}
    match event.data:
        case LabEstablished() as told:
            return {**known, **_founding(told)}
        case LabMandateDefined() as told:
            return {**known, "mandate": told.mandate}
        case LabMemberAdmitted() as told:
            member = {"organisation_id": told.organisation_id, "joined_on": told.joined_on.isoformat()}
            return {**known, "members": [*_members_without(known, told.organisation_id), member]}
        case LabMemberReleased() as told:
            return {**known, "members": _members_without(known, told.organisation_id)}
        case LabPhaseEntered() as told:
            return {**known, "phase": str(told.phase), "state": "active"}
        case LabClosed():
            return {**known, "state": "closed"}
    return known


def _founding(told: LabEstablished) -> Document:
    return {
        "name": told.name,
        "begins_on": told.begins_on.isoformat(),
        "ends_on": None if told.ends_on is None else told.ends_on.isoformat(),
        "funding_ref": told.funding_ref,
        "budget": None if told.budget is None else str(told.budget),
    }


def _members_without(document: Document, organisation_id: str) -> list[dict[str, Any]]:
    return [member for member in document["members"] if member["organisation_id"] != organisation_id]


LABS = ReadModel(
    name="labs",
    version=1,
    on=(LabEstablished, LabMandateDefined, LabMemberAdmitted, LabMemberReleased, LabPhaseEntered, LabClosed),
    evolve=lab,
    columns={
        "state": lambda document: document["state"],
        "phase": lambda document: document["phase"],
    },
)
