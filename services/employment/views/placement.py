"""How far has a placement come?"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, assert_never

from services.employment.domain.occupation import is_simple_task
from services.employment.domain.placement import Stage
from services.employment.views.retention import CheckAnswer, check_answer
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementConverted,
    PlacementDeclined,
    PlacementEnded,
    PlacementEvent,
    PlacementNeverStarted,
    PlacementNotProposed,
    PlacementProposed,
    PlacementRetentionConfirmed,
    PlacementRetentionCorrected,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
    RetentionCheckFellDue,
)
from shared.events.vocabulary import EndReason, NeverStartedReason, WorkForm
from shared.kernel.read_model import Ask, ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Caller, Query, Role
from shared.service.visible import EVERYTHING, NOTHING, Visible

SHOWN_TO_EMPLOYER = (
    "id",
    "state",
    "match_id",
    "offer_id",
    "employer_id",
    "form",
    "additional",
    "hours_per_week",
    "term_months",
    "kldb",
    "simple_task",
    "contracted_on",
    "starts_on",
    "started_on",
    "converted_on",
    "ended_on",
)
"""No search, no reason of a person (rule P02), and nothing about the person's later work."""


class PlacementDocument(TypedDict):
    """A placement; `hours_per_week` [h/week], `term_months` [months], `retention` by milestone [months]."""

    id: NotRequired[str]
    state: Stage
    retention: dict[str, CheckAnswer]
    match_id: str
    offer_id: str
    search_id: str
    employer_id: str
    form: WorkForm
    additional: bool
    hours_per_week: str
    term_months: int | None
    kldb: str | None
    simple_task: bool | None
    contracted_on: NotRequired[str]
    starts_on: NotRequired[str]
    started_on: NotRequired[str]
    converted_on: NotRequired[str]
    ended_on: NotRequired[str]
    end_reason: NotRequired[EndReason | NeverStartedReason]
    early: NotRequired[bool]


# --- the read model ---------------------------------------------------------------------------
def placement(
    document: PlacementDocument | None, event: Happening[PlacementEvent]
) -> PlacementDocument | None:
    """A placement as it is now; there is none before it is proposed."""
    if isinstance(event.data, PlacementProposed):
        return _proposed(event.data)
    if document is None:
        return None
    match event.data:
        case PlacementNotProposed():
            return document
        case PlacementDeclined(reason=reason):
            return {**document, "state": Stage.DECLINED, "end_reason": reason}
        case PlacementContracted():
            return _contracted(document, event.data)
        case PlacementStarted(started_on=started_on):
            return {**document, "state": Stage.STARTED, "started_on": started_on.isoformat()}
        case PlacementNeverStarted(reason=reason):
            return {**document, "state": Stage.NEVER_STARTED, "end_reason": reason}
        case PlacementConverted(to_form=form, converted_on=day):
            return {**document, "form": form, "converted_on": day.isoformat(), "term_months": None}
        case PlacementEnded():
            return _ended(document, event.data)
        case (
            RetentionCheckFellDue()
            | PlacementRetentionConfirmed()
            | PlacementRetentionDenied()
            | PlacementRetentionUnknown()
            | PlacementRetentionCorrected()
        ):
            checks = {**document["retention"], str(event.data.milestone): check_answer(event.data)}
            return {**document, "retention": checks}
        case _:
            assert_never(event.data)


def _proposed(event: PlacementProposed) -> PlacementDocument:
    return {
        "state": Stage.PROPOSED,
        "retention": {},
        "match_id": event.match_id,
        "offer_id": event.offer_id,
        "search_id": event.search_id,
        "employer_id": event.employer_id,
        "form": event.form,
        "additional": event.additional,
        "hours_per_week": str(event.hours_per_week),
        "term_months": event.term_months,
        "kldb": event.kldb,
        "simple_task": is_simple_task(event.kldb),
    }


def _contracted(document: PlacementDocument, event: PlacementContracted) -> PlacementDocument:
    return {
        **document,
        "state": Stage.CONTRACTED,
        "contracted_on": event.contracted_on.isoformat(),
        "starts_on": event.starts_on.isoformat(),
        "hours_per_week": str(event.hours_per_week),
        "term_months": event.term_months,
    }


def _ended(document: PlacementDocument, event: PlacementEnded) -> PlacementDocument:
    return {
        **document,
        "state": Stage.ENDED,
        "ended_on": event.ended_on.isoformat(),
        "end_reason": event.reason,
        "early": event.early,
    }


PLACEMENTS = ReadModel(
    name="placements",
    version=1,
    on=events_of(PlacementEvent),
    evolve=placement,
    columns={
        "state": lambda document: document["state"],
        "employer_id": lambda document: document["employer_id"],
        "offer_id": lambda document: document["offer_id"],
        "search_id": lambda document: document["search_id"],
        "match_id": lambda document: document["match_id"],
        "form": lambda document: document["form"],
    },
)


# --- who sees what ----------------------------------------------------------------------------
def placement_shown(caller: Caller | None, document: PlacementDocument) -> Mapping[str, Any]:
    """Counsellors see the whole placement, the employer only what it knows itself."""
    if caller is not None and caller.role == Role.COUNSELLOR:
        return document
    return {name: value for name, value in document.items() if name in SHOWN_TO_EMPLOYER}


def placements_visible(caller: Caller | None, _: Ask) -> tuple[Visible, ...]:
    """Counsellors see all, an employer its own; it does not see the search, so it does not filter by it."""
    if caller is not None and caller.role == Role.COUNSELLOR:
        return EVERYTHING
    if caller is None or caller.role != Role.ORGANISATION:
        return NOTHING
    return (Visible(columns={"employer_id": caller.actor}, hides=frozenset({"search_id"})),)


PLACEMENT_QUERY = Query(
    nouns="placements",
    view=PLACEMENTS,
    roles=frozenset({Role.COUNSELLOR, Role.ORGANISATION}),
    filters=("state", "form", "employer_id", "offer_id", "search_id", "match_id"),
    words={"state": Stage, "form": WorkForm},
    shown=placement_shown,
    visible=placements_visible,
)
