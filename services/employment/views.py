"""How do placements stand, and which retention checks wait for an answer?"""

from collections.abc import Iterable
from typing import Any

from services.employment.domain.course import Stage
from services.employment.domain.occupation import is_simple_task
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementConverted,
    PlacementDeclined,
    PlacementEnded,
    PlacementNeverStarted,
    PlacementProposed,
    PlacementRetentionConfirmed,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
    RetentionCheckFellDue,
)
from shared.kernel.read_model import Document, ReadModel
from shared.kernel.recorded import Happening

CHECK_EVENTS = (
    RetentionCheckFellDue,
    PlacementRetentionConfirmed,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
)


# --- placements -------------------------------------------------------------------------------
def placement(document: Document | None, event: Happening[Any]) -> Document | None:
    """A placement as it is now; `state` is its stage, `retention` holds the checks by milestone [months]."""
    known: Document = document or {"state": str(Stage.NEW), "retention": {}}
    match event.data:
        case PlacementProposed() as told:
            return {**known, **_proposal(told)}
        case PlacementDeclined() as told:
            return {**known, "state": str(Stage.DECLINED), "end_reason": str(told.reason)}
        case PlacementContracted() as told:
            return {**known, **_contract(told)}
        case PlacementStarted() as told:
            return {**known, "state": str(Stage.STARTED), "started_on": told.started_on.isoformat()}
        case PlacementNeverStarted() as told:
            return {**known, "state": str(Stage.NEVER_STARTED), "end_reason": str(told.reason)}
        case PlacementConverted() as told:
            converted_on = told.converted_on.isoformat()
            return {**known, "form": str(told.to_form), "converted_on": converted_on, "term_months": None}
        case PlacementEnded() as told:
            return {**known, **_end(told)}
        case _:
            checks = {**known["retention"], str(event.data.milestone): _check(event.data)}
            return {**known, "retention": checks}


def _proposal(told: PlacementProposed) -> Document:
    return {
        "state": str(Stage.PROPOSED),
        "match_id": told.match_id,
        "offer_id": told.offer_id,
        "search_id": told.search_id,
        "employer_id": told.employer_id,
        "form": str(told.form),
        "additional": told.additional,
        "hours_per_week": str(told.hours_per_week),
        "term_months": told.term_months,
        "kldb": told.kldb,
        "simple_task": is_simple_task(told.kldb),
    }


def _contract(told: PlacementContracted) -> Document:
    return {
        "state": str(Stage.CONTRACTED),
        "contracted_on": told.contracted_on.isoformat(),
        "starts_on": told.starts_on.isoformat(),
        "hours_per_week": str(told.hours_per_week),
        "term_months": told.term_months,
    }


def _end(told: PlacementEnded) -> Document:
    return {
        "state": str(Stage.ENDED),
        "ended_on": told.ended_on.isoformat(),
        "end_reason": str(told.reason),
        "early": told.early,
    }


PLACEMENTS = ReadModel(
    name="placements",
    version=1,
    on=(
        PlacementProposed,
        PlacementDeclined,
        PlacementContracted,
        PlacementStarted,
        PlacementNeverStarted,
        PlacementConverted,
        PlacementEnded,
        *CHECK_EVENTS,
    ),
    evolve=placement,
    columns={
        "state": lambda document: document["state"],
        "employer_id": lambda document: document.get("employer_id"),
        "offer_id": lambda document: document.get("offer_id"),
        "search_id": lambda document: document.get("search_id"),
        "match_id": lambda document: document.get("match_id"),
        "form": lambda document: document.get("form"),
    },
)


# --- retention checks -------------------------------------------------------------------------
def check_key(event: Happening[Any]) -> Iterable[str]:
    """One document per placement and milestone: `<placement id>-<months>`."""
    return (f"{event.noun_id}-{event.data.milestone}",)


def retention_check(document: Document | None, event: Happening[Any]) -> Document | None:
    """A check that fell due; `state` is due until it is confirmed, denied or unknown."""
    known = document or {"placement_id": event.noun_id, "milestone": event.data.milestone, "due_on": None}
    if isinstance(event.data, RetentionCheckFellDue):
        known = {**known, "due_on": event.data.due_on.isoformat()}
    return {**known, **_check(event.data)}


def _check(told: Any) -> Document:
    match told:
        case PlacementRetentionConfirmed():
            return {"state": "confirmed", "same_employer": told.same_employer}
        case PlacementRetentionDenied():
            return {"state": "denied"}
        case PlacementRetentionUnknown():
            return {"state": "unknown"}
        case _:
            return {"state": "due"}


RETENTION_CHECKS = ReadModel(
    name="retention_checks",
    version=1,
    on=CHECK_EVENTS,
    evolve=retention_check,
    keys=check_key,
    columns={
        "state": lambda document: document["state"],
        "placement_id": lambda document: document["placement_id"],
        "milestone": lambda document: document["milestone"],
        "due_on": lambda document: document["due_on"],
    },
)
