"""Market days and attendance as evaluation knows them."""

from collections.abc import Iterable
from typing import Any

from services.reporting.facts.fact import Fact, Row
from shared.events.marketplace.market_day import (
    MarketDayCompleted,
    MarketDayParticipantAttended,
    MarketDayScheduled,
)
from shared.kernel.recorded import Happening


def evolve_market_day(row: Row, event: Happening[Any]) -> Row:
    """One market day."""
    if isinstance(event.data, MarketDayScheduled):
        return row | {"held_on": event.data.held_on.isoformat()}
    return row | {"n_attended": event.data.n_attended}


def evolve_attendance(row: Row, event: Happening[Any]) -> Row:
    """One organisation at one market day."""
    return row | {"market_day_id": event.noun_id, "organisation_id": event.data.organisation_id}


def attendance_key(event: Happening[Any]) -> Iterable[str]:
    """The market day and the organisation."""
    return (f"{event.noun_id}:{event.data.organisation_id}",)


MARKET_DAY = Fact(
    name="market_day",
    version=1,
    source="marketplace",
    columns={"held_on": str, "n_attended": int},
    on=(MarketDayScheduled, MarketDayCompleted),
    evolve=evolve_market_day,
)

ATTENDANCE = Fact(
    name="attendance",
    version=1,
    source="marketplace",
    columns={"market_day_id": str, "organisation_id": str},
    on=(MarketDayParticipantAttended,),
    evolve=evolve_attendance,
    keys=attendance_key,
)
