"""The market day: scheduled, attended, completed between its two gongs.

One stream per market day guards who attended, so that agreements per participant can be counted (X2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias, assert_never

from shared.events.marketplace.market_day import (
    MarketDayCompleted,
    MarketDayEvent,
    MarketDayParticipantAttended,
    MarketDayScheduled,
)
from shared.kernel.city_day import today_in_the_city
from shared.kernel.decider import Decider
from shared.kernel.refusal import require
from shared.kernel.text import Name


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleMarketDay:
    """Fix a day, and the times of the opening and the closing gong."""

    market_day_id: str
    name: Name
    held_on: date
    trading_opens_at: datetime
    trading_closes_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAttendance:
    """Note that an organisation takes part."""

    market_day_id: str
    organisation_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteMarketDay:
    """Announce the result and close the day."""

    market_day_id: str
    at: datetime


MarketDayCommand: TypeAlias = ScheduleMarketDay | RecordAttendance | CompleteMarketDay


# --- state ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class MarketDay:
    """The schedule, who attended, and whether it is over."""

    scheduled: MarketDayScheduled | None = None
    attended: frozenset[str] = frozenset()
    completed: bool = False


# --- rules ------------------------------------------------------------------------------------
def market_day_is_not_scheduled_yet(day: MarketDay, _: ScheduleMarketDay) -> bool:
    """Choose another id; this market day is scheduled already."""
    return day.scheduled is None


def gongs_are_in_order(_: MarketDay, command: ScheduleMarketDay) -> bool:
    """Let trading close after it opens, both on the day itself."""
    days = {today_in_the_city(command.trading_opens_at), today_in_the_city(command.trading_closes_at)}
    return command.trading_opens_at < command.trading_closes_at and days == {command.held_on}


def market_day_goes_on(day: MarketDay, _: MarketDayCommand) -> bool:
    """Choose a market day that is scheduled and not completed."""
    return day.scheduled is not None and not day.completed


# --- decide: one function per command ---------------------------------------------------------
def schedule(day: MarketDay, command: ScheduleMarketDay) -> list[MarketDayEvent]:
    """A day is scheduled once; the same schedule again changes nothing."""
    scheduled = MarketDayScheduled(
        name=command.name,
        held_on=command.held_on,
        trading_opens_at=command.trading_opens_at,
        trading_closes_at=command.trading_closes_at,
    )
    if day.scheduled == scheduled:
        return []
    require(day, command, market_day_is_not_scheduled_yet, gongs_are_in_order)
    return [scheduled]


def record_attendance(day: MarketDay, command: RecordAttendance) -> list[MarketDayEvent]:
    """An organisation is counted once."""
    if command.organisation_id in day.attended:
        return []
    require(day, command, market_day_goes_on)
    return [MarketDayParticipantAttended(organisation_id=command.organisation_id)]


def complete(day: MarketDay, command: CompleteMarketDay) -> list[MarketDayEvent]:
    """The day is over."""
    if day.completed:
        return []
    require(day, command, market_day_goes_on)
    return [MarketDayCompleted(n_attended=len(day.attended))]


def decide(day: MarketDay, command: MarketDayCommand) -> Sequence[MarketDayEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case ScheduleMarketDay():
            return schedule(day, command)
        case RecordAttendance():
            return record_attendance(day, command)
        case CompleteMarketDay():
            return complete(day, command)
        case _:
            assert_never(command)


# --- evolve -----------------------------------------------------------------------------------
def evolve(day: MarketDay, event: MarketDayEvent) -> MarketDay:
    """The market day after an event."""
    match event:
        case MarketDayScheduled():
            return replace(day, scheduled=event)
        case MarketDayParticipantAttended():
            return replace(day, attended=day.attended | {event.organisation_id})
        case MarketDayCompleted():
            return replace(day, completed=True)
        case _:
            assert_never(event)


MARKET_DAY = Decider(name="market_day", initial=MarketDay(), decide=decide, evolve=evolve)
