"""The counselling of a volunteer as evaluation knows it; without the person."""

from typing import TypeAlias, assert_never

from services.reporting.facts.fact import Row, day, fact
from shared.events.marketplace.engagement import CounsellingCorrected, CounsellingHeld, CounsellingRequested
from shared.kernel.recorded import Happening

CounsellingEvent: TypeAlias = CounsellingRequested | CounsellingHeld | CounsellingCorrected


class CounsellingRow(Row):
    """One request for counselling."""

    requested_on: str | None = None
    held_on: str | None = None


def evolve(row: CounsellingRow, event: Happening[CounsellingEvent]) -> None:
    """A counselling is requested, then held."""
    data = event.data
    match data:
        case CounsellingRequested():
            row.requested_on = day(event)
        case CounsellingHeld() | CounsellingCorrected():
            row.held_on = data.held_on.isoformat()
        case _:
            assert_never(data)


COUNSELLING = fact(CounsellingRow, name="counselling", version=2, on=CounsellingEvent, evolve=evolve)
