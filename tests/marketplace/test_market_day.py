"""Does a market day go from its date to its result?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.marketplace.domain import market_day as rules
from services.marketplace.domain.market_day import (
    MARKET_DAY,
    CompleteMarketDay,
    RecordAttendance,
    ScheduleMarketDay,
)
from shared.events.marketplace.market_day import (
    MarketDayCompleted,
    MarketDayParticipantAttended,
    MarketDayScheduled,
)
from shared.testing.sentences import given
from tests.marketplace.scenes import AT

OPENS, CLOSES = datetime(2026, 9, 25, 15, tzinfo=UTC), datetime(2026, 9, 25, 17, tzinfo=UTC)
SCHEDULED = MarketDayScheduled(
    name="Marktplatz 2026", held_on=date(2026, 9, 25), trading_opens_at=OPENS, trading_closes_at=CLOSES
)
SCHEDULE = ScheduleMarketDay(
    market_day_id="day",
    name="Marktplatz 2026",
    held_on=date(2026, 9, 25),
    trading_opens_at=OPENS,
    trading_closes_at=CLOSES,
    at=AT,
)
ATTEND = RecordAttendance(market_day_id="day", organisation_id="host", at=OPENS)
ATTENDED = MarketDayParticipantAttended(organisation_id="host")
COMPLETE = CompleteMarketDay(market_day_id="day", at=CLOSES)


def test_a_market_day_is_scheduled_once() -> None:
    given(MARKET_DAY).when(SCHEDULE).then(SCHEDULED)
    given(MARKET_DAY, SCHEDULED).when(SCHEDULE).then_nothing_happened()
    other = replace(SCHEDULE, name="Ein anderer")
    given(MARKET_DAY, SCHEDULED).when(other).then_refused_by(rules.market_day_is_not_scheduled_yet)


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        (CLOSES, OPENS),
        (OPENS, OPENS),
        (OPENS, CLOSES + timedelta(days=1)),
        (OPENS - timedelta(days=1), CLOSES - timedelta(days=1)),
    ],
)
def test_the_gongs_sound_one_after_the_other_on_the_day(opens: datetime, closes: datetime) -> None:
    odd = replace(SCHEDULE, trading_opens_at=opens, trading_closes_at=closes)
    given(MARKET_DAY).when(odd).then_refused_by(rules.gongs_are_in_order)


def test_an_organisation_attends_once() -> None:
    given(MARKET_DAY, SCHEDULED).when(ATTEND).then(ATTENDED)
    given(MARKET_DAY, SCHEDULED, ATTENDED).when(ATTEND).then_nothing_happened()
    given(MARKET_DAY).when(ATTEND).then_refused_by(rules.market_day_goes_on)


def test_a_completed_day_counts_who_attended_and_takes_nobody_more() -> None:
    completed = MarketDayCompleted(n_attended=1)
    given(MARKET_DAY, SCHEDULED, ATTENDED).when(COMPLETE).then(completed)
    given(MARKET_DAY, SCHEDULED, ATTENDED, completed).when(COMPLETE).then_nothing_happened()
    late = replace(ATTEND, organisation_id="seeker")
    given(MARKET_DAY, SCHEDULED, completed).when(late).then_refused_by(rules.market_day_goes_on)
    given(MARKET_DAY).when(COMPLETE).then_refused_by(rules.market_day_goes_on)
