"""Which market days does a city know from its own file, and when do their gongs sound?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from deploy.city import City
from deploy.importing.identity import noun_id
from deploy.importing.steps import noon
from services.marketplace.domain.market_day import ScheduleMarketDay


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketDay:
    """One market day; `fixed_at` is when it was put into the calendar, as far as anybody knows."""

    id: str
    key: str
    name: str
    held_on: date
    opens_at: datetime
    closes_at: datetime
    fixed_at: datetime

    @classmethod
    def of_view(cls, document: Mapping[str, Any]) -> "MarketDay":
        """A market day that was scheduled by somebody else than this file."""
        opens_at = datetime.fromisoformat(document["trading_opens_at"])
        return cls(
            id=document["id"],
            key=document["held_on"],
            name=document["name"],
            held_on=date.fromisoformat(document["held_on"]),
            opens_at=opens_at,
            closes_at=datetime.fromisoformat(document["trading_closes_at"]),
            fixed_at=opens_at,
        )

    def is_called(self, told: str) -> bool:
        """Whether a file means this day."""
        return told in {self.key, self.id, self.held_on.isoformat()}

    def document(self) -> dict[str, str]:
        """The market day as a view will have it."""
        return {
            "id": self.id,
            "held_on": self.held_on.isoformat(),
            "trading_opens_at": self.opens_at.isoformat(),
            "trading_closes_at": self.closes_at.isoformat(),
        }

    def schedule(self) -> ScheduleMarketDay:
        """The command that fixes it."""
        return ScheduleMarketDay(
            market_day_id=self.id,
            name=self.name,
            held_on=self.held_on,
            trading_opens_at=self.opens_at,
            trading_closes_at=self.closes_at,
            at=self.fixed_at,
        )


def city_days(city: City) -> list[MarketDay]:
    """The market days in the lab's part of a city file, whose times are local.

    The file doesn't say when a day was fixed: it is taken to be the lab's first day, or the day itself when that was
    earlier.
    """
    lab, zone = city.lab, ZoneInfo(city.timezone)
    days = []
    for told in lab.get("market_days", ()):
        held_on: date = told["held_on"]
        opens_at = datetime.combine(held_on, told["trading_opens"], zone).astimezone(UTC)
        closes_at = datetime.combine(held_on, told["trading_closes"], zone).astimezone(UTC)
        days.append(
            MarketDay(
                id=noun_id("market_days", told["key"]),
                key=told["key"],
                name=told["name"],
                held_on=held_on,
                opens_at=opens_at,
                closes_at=closes_at,
                fixed_at=min(noon(lab.get("begins_on", held_on)), opens_at),
            )
        )
    return days
