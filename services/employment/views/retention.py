"""Which retention checks wait for an answer?"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NotRequired, TypeAlias, TypedDict, assert_never

from shared.events.employment.placement import (
    PlacementRetentionConfirmed,
    PlacementRetentionCorrected,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    RetentionCheckFellDue,
)
from shared.events.vocabulary import RetentionAnswer
from shared.kernel.read_model import ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Query, Role

CheckEvent: TypeAlias = (
    RetentionCheckFellDue
    | PlacementRetentionConfirmed
    | PlacementRetentionDenied
    | PlacementRetentionUnknown
    | PlacementRetentionCorrected
)


class CheckState(StrEnum):
    """A check is due until it is answered."""

    DUE = "due"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    UNKNOWN = "unknown"


class CheckAnswer(TypedDict):
    """How a check stands; `same_employer` where it is confirmed."""

    state: CheckState
    same_employer: NotRequired[bool]


class CheckDocument(CheckAnswer):
    """A check that fell due; `milestone` [months], `due_on` is None where the answer came first."""

    id: NotRequired[str]
    placement_id: str
    milestone: int
    due_on: str | None


def check_answer(event: CheckEvent) -> CheckAnswer:
    """How the check stands after an event."""
    match event:
        case RetentionCheckFellDue():
            return {"state": CheckState.DUE}
        case PlacementRetentionConfirmed(same_employer=same_employer):
            return {"state": CheckState.CONFIRMED, "same_employer": same_employer}
        case PlacementRetentionDenied():
            return {"state": CheckState.DENIED}
        case PlacementRetentionUnknown():
            return {"state": CheckState.UNKNOWN}
        case PlacementRetentionCorrected(answer=answer):
            return _corrected(answer)
        case _:
            assert_never(event)


def _corrected(answer: RetentionAnswer) -> CheckAnswer:
    match answer:
        case RetentionAnswer.CONFIRMED | RetentionAnswer.CONFIRMED_ELSEWHERE:
            return {"state": CheckState.CONFIRMED, "same_employer": answer == RetentionAnswer.CONFIRMED}
        case RetentionAnswer.DENIED:
            return {"state": CheckState.DENIED}
        case RetentionAnswer.UNKNOWN:
            return {"state": CheckState.UNKNOWN}
        case _:
            assert_never(answer)


def by_check(event: Happening[CheckEvent]) -> Iterable[str]:
    """One document per placement and milestone: `<placement id>-<months>`."""
    return (f"{event.noun_id}-{event.data.milestone}",)


def retention_check(document: CheckDocument | None, event: Happening[CheckEvent]) -> CheckDocument | None:
    """The check after an event."""
    before: CheckDocument = document or {
        "placement_id": event.noun_id,
        "milestone": event.data.milestone,
        "due_on": None,
        "state": CheckState.DUE,
    }
    if isinstance(event.data, RetentionCheckFellDue):
        before = {**before, "due_on": event.data.due_on.isoformat()}
    if isinstance(event.data, PlacementRetentionCorrected):
        before = _without_answer(before)
    return {**before, **check_answer(event.data)}


def _without_answer(document: CheckDocument) -> CheckDocument:
    """The check without what was said of the employer, which a corrected answer need not say."""
    return {
        "placement_id": document["placement_id"],
        "milestone": document["milestone"],
        "due_on": document["due_on"],
        "state": CheckState.DUE,
    }


RETENTION_CHECKS = ReadModel(
    name="retention_checks",
    version=1,
    on=events_of(CheckEvent),
    evolve=retention_check,
    keys=by_check,
    columns={
        "state": lambda document: document["state"],
        "placement_id": lambda document: document["placement_id"],
        "milestone": lambda document: document["milestone"],
        "due_on": lambda document: document["due_on"],
    },
)
RETENTION_QUERY = Query(
    nouns="retention-checks",
    view=RETENTION_CHECKS,
    roles=frozenset({Role.COUNSELLOR}),
    filters=("state", "placement_id"),
    words={"state": CheckState},
)
