"""Which market days are there, and who attended?"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NotRequired, TypedDict, assert_never

from services.marketplace.views.plain import plain
from shared.events.marketplace.market_day import (
    MarketDayCompleted,
    MarketDayEvent,
    MarketDayParticipantAttended,
    MarketDayScheduled,
)
from shared.kernel.read_model import ReadModel, events_of
from shared.kernel.recorded import Happening
from shared.service.tables import Query

GRACE = timedelta(hours=12)  # M06: what was agreed before the closing gong is sealed the same night


class MarketDayStatus(StrEnum):
    """Whether a market day is over."""

    SCHEDULED = "scheduled"
    COMPLETED = "completed"


class MarketDayDocument(TypedDict):
    """A market day; the day and the times of its two gongs are text, `attended` are organisations."""

    name: str
    held_on: str
    trading_opens_at: str
    trading_closes_at: str
    status: MarketDayStatus
    attended: list[str]
    id: NotRequired[str]
    n_attended: NotRequired[int]


def is_trading_at(day: MarketDayDocument, at: datetime) -> bool:
    """Whether agreements of the market day are made now: between its gongs, or shortly after (rule M06)."""
    opens, closes = (
        datetime.fromisoformat(gong) for gong in (day["trading_opens_at"], day["trading_closes_at"])
    )
    return opens <= at <= closes + GRACE


def evolve(day: MarketDayDocument | None, event: Happening[MarketDayEvent]) -> MarketDayDocument | None:
    """One market day."""
    data = event.data
    if isinstance(data, MarketDayScheduled):
        scheduled: MarketDayDocument = plain(data)
        return scheduled | {"status": MarketDayStatus.SCHEDULED, "attended": []}
    if day is None:
        return None
    match data:
        case MarketDayParticipantAttended():
            return day | {"attended": [*day["attended"], data.organisation_id]}
        case MarketDayCompleted():
            return day | {"status": MarketDayStatus.COMPLETED, "n_attended": data.n_attended}
        case _:
            assert_never(data)


MARKET_DAYS = ReadModel(
    name="market_days",
    version=1,
    on=events_of(MarketDayEvent),
    evolve=evolve,
    columns={"status": lambda day: day["status"]},
)
MARKET_DAY_QUERY = Query(
    nouns="market-days", view=MARKET_DAYS, filters=("status",), words={"status": MarketDayStatus}
)
