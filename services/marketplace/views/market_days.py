"""Which market days are there, and who attended?"""

from datetime import datetime, timedelta
from typing import Any

from services.marketplace.views.plain import plain
from shared.events.marketplace.market_day import (
    MarketDayCompleted,
    MarketDayParticipantAttended,
    MarketDayScheduled,
)
from shared.kernel.read_model import Document, ReadModel
from shared.kernel.recorded import Happening

GRACE = timedelta(hours=12)  # M06: what was agreed before the closing gong is sealed the same night


def is_trading_at(day: Document, at: datetime) -> bool:
    """Whether agreements of the market day are made now: between its gongs, or shortly after (rule M06)."""
    opens, closes = (datetime.fromisoformat(day[gong]) for gong in ("trading_opens_at", "trading_closes_at"))
    return opens <= at <= closes + GRACE


def evolve(document: Document | None, event: Happening[Any]) -> Document | None:
    """One market day."""
    day = document or {}
    data = event.data
    if isinstance(data, MarketDayScheduled):
        scheduled: Document = plain(data)
        return scheduled | {"status": "scheduled", "attended": []}
    if isinstance(data, MarketDayParticipantAttended):
        return day | {"attended": [*day["attended"], data.organisation_id]}
    return day | {"status": "completed", "n_attended": data.n_attended}


MARKET_DAYS = ReadModel(
    name="market_days",
    version=1,
    on=(MarketDayScheduled, MarketDayParticipantAttended, MarketDayCompleted),
    evolve=evolve,
    columns={"status": lambda day: day.get("status")},
)
