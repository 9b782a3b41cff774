"""Which counsellings did citizens ask for, and which took place?"""

from enum import StrEnum
from typing import NotRequired, TypedDict, assert_never

from shared.events.marketplace.engagement import (
    CounsellingCorrected,
    CounsellingEvent,
    CounsellingHeld,
    CounsellingRequested,
)
from shared.kernel.read_model import ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Query, Role


class CounsellingStatus(StrEnum):
    """Whether the talk took place."""

    REQUESTED = "requested"
    HELD = "held"


class CounsellingDocument(TypedDict):
    """One request for counselling."""

    person_id: str
    status: CounsellingStatus
    requested_at: str
    id: NotRequired[str]
    held_on: NotRequired[str]


def evolve(
    counselling: CounsellingDocument | None, event: Happening[CounsellingEvent]
) -> CounsellingDocument | None:
    """One request for counselling."""
    data = event.data
    match data:
        case CounsellingRequested():
            return {
                "person_id": data.person_id,
                "status": CounsellingStatus.REQUESTED,
                "requested_at": event.time.isoformat(),
            }
        case CounsellingHeld():
            held_on = data.held_on.isoformat()
            return counselling and counselling | {"status": CounsellingStatus.HELD, "held_on": held_on}
        case CounsellingCorrected():
            return counselling and counselling | {"held_on": data.held_on.isoformat()}
        case _:
            assert_never(data)


COUNSELLINGS = ReadModel(
    name="counsellings",
    version=1,
    on=events_of(CounsellingEvent),
    evolve=evolve,
    columns={
        "person_id": lambda counselling: counselling["person_id"],
        "status": lambda counselling: counselling["status"],
    },
)
COUNSELLING_QUERY = Query(
    nouns="counsellings",
    view=COUNSELLINGS,
    roles=frozenset({Role.COORDINATOR, Role.PERSON}),
    filters=("status",),
    words={"status": CounsellingStatus},
    own=("person_id",),
)
