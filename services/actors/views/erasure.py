"""How far has an erasure come? Whose it is stands nowhere."""

from enum import StrEnum
from typing import NotRequired, TypedDict, assert_never

from services.actors.domain.erasure import WAITS
from shared.events.actors.erasure import (
    ErasureAsked,
    ErasureBlocked,
    ErasureCompleted,
    ErasureEvent,
    ErasureRefused,
    ErasureReported,
    ErasureRequested,
)
from shared.events.vocabulary import ErasureBasis, RefusalGround
from shared.kernel.read_model import ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.kernel.sealed import Retention
from shared.service.tables import Query, Role


class ErasureState(StrEnum):
    """How far an erasure has come; `waiting` is what staff ask for until a second yes or the end of the term."""

    WAITING = "waiting"
    REQUESTED = "requested"
    REFUSED = "refused"
    COMPLETED = "completed"


class ErasureDocument(TypedDict):
    """An erasure: its classes, until when each class that a proof obligation keeps, the slots per service."""

    id: NotRequired[str]
    state: ErasureState
    retentions: list[Retention]
    kept: dict[str, str]
    n_slots: dict[str, int]
    basis: NotRequired[ErasureBasis]
    waits_until: NotRequired[str]
    reason: NotRequired[RefusalGround]
    completed_at: NotRequired[str]


NEW: ErasureDocument = {"state": ErasureState.REQUESTED, "retentions": [], "kept": {}, "n_slots": {}}


def erasure(document: ErasureDocument | None, event: Happening[ErasureEvent]) -> ErasureDocument | None:
    """An erasure after an event."""
    before = document or NEW
    match event.data:
        case ErasureAsked(basis=basis):
            until = (event.time + WAITS).isoformat()
            return {**before, "state": ErasureState.WAITING, "basis": basis, "waits_until": until}
        case ErasureRequested(basis=basis, retentions=retentions):
            requested = ErasureState.REQUESTED
            return {**before, "state": requested, "basis": basis, "retentions": list(retentions)}
        case ErasureBlocked(retention=retention, until=until):
            return {**before, "kept": {**before["kept"], str(retention): until.isoformat()}}
        case ErasureRefused(reason=reason):
            return {**before, "state": ErasureState.REFUSED, "reason": reason}
        case ErasureReported(service=service, n_slots=n_slots):
            return {**before, "n_slots": {**before["n_slots"], service: n_slots}}
        case ErasureCompleted():
            return {**before, "state": ErasureState.COMPLETED, "completed_at": event.time.isoformat()}
        case _:
            assert_never(event.data)


ERASURES = ReadModel(
    name="erasures",
    version=2,
    on=events_of(ErasureEvent),
    evolve=erasure,
    columns={"state": lambda document: document["state"]},
)
ERASURE_QUERY = Query(
    nouns="erasures",
    view=ERASURES,
    roles=frozenset({Role.OPERATOR, Role.AUDITOR, Role.COORDINATOR, Role.COUNSELLOR}),
    filters=("state",),
    words={"state": ErasureState},
)
