"""Market days and attendance as evaluation knows them."""

from collections.abc import Iterable
from typing import TypeAlias, assert_never

from services.reporting.facts.fact import Row, fact
from shared.events.marketplace.market_day import (
    MarketDayCompleted,
    MarketDayParticipantAttended,
    MarketDayScheduled,
)
from shared.kernel.recorded import Happening

MarketDayEvent: TypeAlias = MarketDayScheduled | MarketDayCompleted


class MarketDayRow(Row):
    """One market day."""

    held_on: str | None = None
    n_attended: int | None = None


def evolve(row: MarketDayRow, event: Happening[MarketDayEvent]) -> None:
    """A market day is scheduled, and completed with those who came."""
    data = event.data
    match data:
        case MarketDayScheduled():
            row.held_on = data.held_on.isoformat()
        case MarketDayCompleted():
            row.n_attended = data.n_attended
        case _:
            assert_never(data)


class AttendanceRow(Row):
    """One organisation at one market day."""

    market_day_id: str | None = None
    organisation_id: str | None = None


def evolve_attendance(row: AttendanceRow, event: Happening[MarketDayParticipantAttended]) -> None:
    """An organisation came to a market day."""
    row.market_day_id, row.organisation_id = event.noun_id, event.data.organisation_id


def attendance_key(event: Happening[MarketDayParticipantAttended]) -> Iterable[str]:
    """The market day and the organisation."""
    return (f"{event.noun_id}:{event.data.organisation_id}",)


MARKET_DAY = fact(MarketDayRow, name="market_day", version=1, on=MarketDayEvent, evolve=evolve)
ATTENDANCE = fact(
    AttendanceRow,
    name="attendance",
    version=1,
    on=MarketDayParticipantAttended,
    evolve=evolve_attendance,
    keys=attendance_key,
)
