"""How does a market day go? Postings in the weeks before, an hour or two of trading, agreements sealed by a notary.

The days in the city's own sample files are left out when those files follow: no day is to happen twice.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from services.marketplace.domain.market_day import CompleteMarketDay, RecordAttendance, ScheduleMarketDay
from services.marketplace.simulation.match import (
    COMPANIES,
    OTHERS,
    Pair,
    accepted,
    agreed,
    make_pair,
    need_step,
    offer_step,
    wanted_by,
    wares_of,
)
from shared.simulation.amounts import Amounts
from shared.simulation.chance import Chance
from shared.simulation.step import COORDINATOR, Step, Story
from shared.simulation.stories import Stories
from shared.simulation.town import Member, Town

# The two gongs; in summer five and seven in the evening.
OPENS, CLOSES = time(15, tzinfo=UTC), time(17, tzinfo=UTC)
FRIDAY = 4
ANNOUNCED_BEFORE, POSTED_BEFORE = 120, (4, 40)  # [days]
COMPANIES_THERE = 0.6  # share of those who attend (assumed)
DEVIATION_ATTENDED, DEVIATION_AGREEMENTS = 1.2, 3.0
WITHDRAWN = 0.03  # of as many drafts more as there are agreements, a side steps back before the seal
ALONE = 0.35  # postings for the day that nobody takes up, per participant
ACCEPTING = timedelta(
    minutes=50
)  # the first part of the trading; what is agreed is written down in the second
WRITING = timedelta(minutes=35)


class MarketDay(Amounts, frozen=True):
    """A market day of which sources say how it went: who attended, how many agreements were sealed."""

    held_on: date
    n_attended: int
    n_agreements: int


class Market(Amounts, frozen=True):
    """The market days: those that sources name, then one every so many years from a year on (0: none)."""

    days: tuple[MarketDay, ...] = ()
    from_year: int = 0
    every_years: int = 2
    month: int = 9
    n_attended: int = 0
    n_agreements: int = 0


def market_days(town: Town) -> Iterator[MarketDay]:
    """The days in the period, without those in the city's files when these follow."""
    market = town.amount(Market)
    in_files = {day["held_on"] for day in town.lab.get("market_days", ())} if town.files_follow else set()
    for day in market.days:
        if town.begins < day.held_on <= town.ends and day.held_on not in in_files:
            yield day
    later = range(market.from_year, town.ends.year + 1, market.every_years) if market.from_year else ()
    for year in later:
        held_on = _last_friday(year, market.month)
        if town.ready_on < held_on <= town.ends:
            yield MarketDay(held_on=held_on, n_attended=market.n_attended, n_agreements=market.n_agreements)


def stories(chance: Chance, town: Town) -> Story:
    """Every market day of the period."""
    own_chance = chance.part("market days")
    for day in market_days(town):
        yield from _market_day(own_chance.part(day.held_on.isoformat()), town, day)


def _market_day(chance: Chance, town: Town, day: MarketDay) -> Story:
    day_id = chance.new_id("market day")
    opens, closes = datetime.combine(day.held_on, OPENS), datetime.combine(day.held_on, CLOSES)
    announced_on = max(town.begins, day.held_on - timedelta(days=ANNOUNCED_BEFORE))
    schedule = ScheduleMarketDay(
        market_day_id=day_id,
        name=f"Marktplatz für gute Geschäfte {day.held_on.year}",
        held_on=day.held_on,
        trading_opens_at=opens,
        trading_closes_at=closes,
        at=chance.on(announced_on),
    )
    yield Step(schedule, COORDINATOR)
    there = _attending(chance, town, day)
    for member in there:
        attend = RecordAttendance(market_day_id=day_id, organisation_id=member.id, at=opens)
        yield Step(attend, COORDINATOR)
        yield from _alone(chance, member, day, day_id)
    n_agreements = chance.near(town.scaled(day.n_agreements), DEVIATION_AGREEMENTS * town.scale)
    for number in range(n_agreements + chance.count(WITHDRAWN * n_agreements)):
        pair = make_pair(chance, there, day_id)
        if pair is not None:
            yield from _traded(chance, pair, day, opens, to_the_end=number < n_agreements)
    yield Step(CompleteMarketDay(market_day_id=day_id, at=closes + timedelta(minutes=30)), COORDINATOR)


def _attending(chance: Chance, town: Town, day: MarketDay) -> list[Member]:
    at = datetime.combine(day.held_on - timedelta(days=POSTED_BEFORE[1]), OPENS)
    n = chance.near(town.scaled(day.n_attended), DEVIATION_ATTENDED * town.scale)
    n_companies = round(n * COMPANIES_THERE)
    companies = chance.some_of(town.acting(at, *COMPANIES), n_companies)
    return [*companies, *chance.some_of(town.acting(at, *OTHERS), n - len(companies))]


def _alone(chance: Chance, member: Member, day: MarketDay, day_id: str) -> Story:
    """Most come with an offer and a need of which nothing comes that evening; they expire later."""
    if chance.happens(ALONE):
        ware = chance.one_of(wares_of(member))
        yield offer_step(chance.new_id("offer"), member, ware, _posted_at(chance, day), day_id)
    if chance.happens(ALONE):
        ware = chance.one_of(wanted_by(member))
        yield need_step(chance.new_id("need"), member, ware, _posted_at(chance, day), day_id)


def _traded(chance: Chance, pair: Pair, day: MarketDay, opens: datetime, *, to_the_end: bool) -> Story:
    yield offer_step(pair.offer_id, pair.a, pair.ware, _posted_at(chance, day), pair.market_day_id)
    yield need_step(pair.need_id, pair.b, pair.ware, _posted_at(chance, day), pair.market_day_id)
    yes_at = opens + timedelta(minutes=chance.number(5, ACCEPTING.seconds // 60 - 5))
    yield from accepted(pair, yes_at, yes_at + timedelta(minutes=3))
    written_at = opens + ACCEPTING + timedelta(minutes=chance.number(0, WRITING.seconds // 60))
    yield from agreed(chance, pair, written_at, to_the_end=to_the_end)


def _posted_at(chance: Chance, day: MarketDay) -> datetime:
    before = timedelta(days=chance.number(*POSTED_BEFORE))
    return chance.on(day.held_on - before)


def _last_friday(year: int, month: int) -> date:
    day = date(year, month, 30)
    return day - timedelta(days=(day.weekday() - FRIDAY) % 7)


MARKET_DAY_STORIES = Stories(tell=stories, amounts={"market": Market})
