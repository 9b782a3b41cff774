"""What happens on a market day, from its planning to its close? Stream market_day-<id>."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from shared.events.registry import Audience, event
from shared.kernel.text import Name


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class MarketDayScheduled:
    """A market of good deals will be held on this day."""

    name: Name
    held_on: date
    trading_opens_at: datetime
    trading_closes_at: datetime


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class MarketDayParticipantAttended:
    """An organisation took part in the market day."""

    organisation_id: str


@event("marketplace", Audience.OPEN)
@dataclass(frozen=True, slots=True, kw_only=True)
class MarketDayCompleted:
    """The result was announced and the day is over."""

    n_attended: int


MarketDayEvent: TypeAlias = MarketDayScheduled | MarketDayParticipantAttended | MarketDayCompleted
