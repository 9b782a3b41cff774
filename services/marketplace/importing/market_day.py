"""Which market days may a file name? Those of the city's own file with their gongs, and those scheduled by others."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.marketplace.domain.market_day import (
    MARKET_DAY,
    CompleteMarketDay,
    RecordAttendance,
    ScheduleMarketDay,
)
from services.marketplace.views.market_day import MARKET_DAYS
from shared.importing.identity import noun_id
from shared.importing.lookup import Lookup
from shared.importing.step import RowRefused, Step, noon
from shared.kernel.city_day import moment_in_the_city
from shared.kernel.read_model import all_found
from shared.kernel.text import in_one_line
from shared.tabular.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketDay:
    """One market day; `fixed_at` is when it was put into the calendar, as far as the city's file says."""

    id: str
    key: str
    name: str
    held_on: date
    opens_at: datetime
    closes_at: datetime
    fixed_at: datetime

    @classmethod
    def of_view(cls, document: Mapping[str, Any]) -> "MarketDay":
        """A market day that the log has, but not the city's file."""
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

    def is_called(self, text: str) -> bool:
        """Whether a file means this day: by its key in the city's file, its date or its id."""
        return text in {self.key, self.id, self.held_on.isoformat()}

    def document(self) -> dict[str, str]:
        """The market day as its read model will have it."""
        return {
            "id": self.id,
            "held_on": self.held_on.isoformat(),
            "trading_opens_at": self.opens_at.isoformat(),
            "trading_closes_at": self.closes_at.isoformat(),
        }

    def schedule(self) -> ScheduleMarketDay:
        """The command that puts it into the calendar."""
        return ScheduleMarketDay(
            market_day_id=self.id,
            name=self.name,
            held_on=self.held_on,
            trading_opens_at=self.opens_at,
            trading_closes_at=self.closes_at,
            at=self.fixed_at,
        )

    def complete(self) -> CompleteMarketDay:
        """The command that ends it, at its closing gong."""
        return CompleteMarketDay(market_day_id=self.id, at=self.closes_at)


def city_days(lab: Mapping[str, Any]) -> list[MarketDay]:
    """The market days in the lab's part of a city file, whose times are local.

    The file doesn't say when a day was put into the calendar: the lab's first day counts, or the day itself when that
    was earlier.
    """
    days = []
    for entry in lab.get("market_days", ()):
        held_on: date = entry["held_on"]
        opens_at = moment_in_the_city(held_on, entry["trading_opens"])
        closes_at = moment_in_the_city(held_on, entry["trading_closes"])
        days.append(
            MarketDay(
                id=noun_id("market_days", entry["key"]),
                key=entry["key"],
                name=in_one_line(entry["name"]),
                held_on=held_on,
                opens_at=opens_at,
                closes_at=closes_at,
                fixed_at=min(noon(lab.get("begins_on", held_on)), opens_at),
            )
        )
    return days


class MarketDays:
    """The market days that a file may name: those of the city's file, and those scheduled by others."""

    def __init__(self, lookup: Lookup) -> None:
        ours = city_days(lookup.lab)
        ids = {day.id for day in ours}
        others = all_found(lookup.ask(MARKET_DAY), MARKET_DAYS)
        self._days = [*ours, *(MarketDay.of_view(day) for day in others if day["id"] not in ids)]
        self._lookup = lookup

    def named(self, text: str, name: str) -> MarketDay:
        """The market day that a file names in this field.

        Raises: RowRefused when there is none.
        """
        for day in self._days:
            if day.is_called(text):
                return day
        keys = ", ".join(day.key for day in self._days) or "none"
        raise RowRefused(name, f"'{text}' is not a known market day; known are: {keys}")

    def unscheduled(self, named: Iterable[str]) -> list[MarketDay]:
        """The market days among these that only the city's file has."""
        texts = set(named)
        return [
            day
            for day in self._days
            if any(day.is_called(text) for text in texts) and not self._lookup.exists(MARKET_DAY, day.id)
        ]


def market_day_in(row: Row, lookup: Lookup) -> MarketDay | None:
    """The market day in the row's field `market_day`, None where the field is empty.

    Raises: RowRefused when there is no such day.
    """
    text = row.text("market_day")
    return lookup.index(MarketDays).named(text, "market_day") if text else None


def market_day_id_in(row: Row, lookup: Lookup) -> str | None:
    """The id of the market day in the row's field `market_day`.

    Raises: RowRefused when there is no such day.
    """
    day = market_day_in(row, lookup)
    return day.id if day else None


def attend(row: Row, lookup: Lookup, name: str, organisation_id: str) -> Iterator[Step]:
    """The organisation attended the market days that the row names in this field.

    Raises: RowRefused for an unknown market day.
    """
    for text in row.texts(name):
        day = lookup.index(MarketDays).named(text, name)
        attended = RecordAttendance(market_day_id=day.id, organisation_id=organisation_id, at=day.opens_at)
        yield Step(command=attended, name=name)
