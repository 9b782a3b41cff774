"""Do the three stories, and every no, come to their end through all four services, whatever the wires do?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.employment.domain.placement import placement_id_of
from services.employment.domain.retention import ConfirmRetention, DenyRetention, RecordRetentionUnknown
from shared.events.employment.placement import RetentionCheckFellDue
from shared.events.marketplace.offer import MatchLapsed
from shared.events.vocabulary import LapseReason
from tests.journeys import no_stories, stories
from tests.journeys.cast import COUNSELLOR, Cast
from tests.journeys.city import AT, City, Story
from tests.journeys.consistency import assert_consistent
from tests.published import assert_hold_their_schemas

THREE = (stories.exchange, stories.volunteering, stories.work)
NOES = (
    no_stories.two_offers_race_for_one_need,
    no_stories.two_people_race_for_one_place,
    no_stories.declined,
    no_stories.declined_by_a_person,
    no_stories.unanswered,
    no_stories.suspended,
    no_stories.suspended_after_both_agreed,
    no_stories.withdrawn_after_hold,
    no_stories.agreement_withdrawn,
    no_stories.agreement_failed,
    no_stories.referral_declined,
    no_stories.trial_failed,
    no_stories.placement_not_proposed,
    no_stories.placement_declined,
    no_stories.never_started,
)
ALL = (*THREE, stories.work_that_ends, *NOES)
CityOf = Callable[[int], City]


@pytest.mark.sampled
@pytest.mark.parametrize("tell", ALL, ids=lambda tell: tell.__name__)
def test_a_story_comes_to_its_end(city_of: CityOf, tell: Callable[[Cast], Story]) -> None:
    city = city_of(1)
    city.tell([tell(Cast(city, 1))])
    assert_consistent(city)


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(3))
def test_all_stories_at_once_come_to_their_end(city_of: CityOf, seed: int) -> None:
    city = city_of(seed)
    city.tell([tell(Cast(city, number)) for number, tell in enumerate(ALL)], restarts=2)
    bus = city.bus
    assert min(bus.n_doubled, bus.n_late, bus.n_unconfirmed, bus.n_broken) > 0, "the wire has behaved"
    assert_consistent(city)
    assert_hold_their_schemas(city.records())


def test_a_year_passes(city_of: CityOf) -> None:
    city = city_of(7)
    shortened = (stories.work, no_stories.unanswered, stories.volunteering, no_stories.never_started)
    city.tell([tell(Cast(city, number)) for number, tell in enumerate(shortened)])
    placement_id = placement_id_of(Cast(city, 0).match("search-0"))
    answers: list[tuple[int, Any]] = [
        (100, ConfirmRetention(placement_id=placement_id, milestone=3, same_employer=True, at=AT)),
        (200, DenyRetention(placement_id=placement_id, milestone=6, at=AT)),
        (400, RecordRetentionUnknown(placement_id=placement_id, milestone=12, at=AT)),
    ]
    for days, answer in answers:
        city.tick(timedelta(days=days))
        city.send("employment", replace(answer, at=AT + timedelta(days=days)), COUNSELLOR)
        city.settle()
    assert [event.data.milestone for event in city.events("employment", RetentionCheckFellDue)] == [3, 6, 12]
    lapsed = [event.data.reason for event in city.events("marketplace", MatchLapsed)]
    assert LapseReason.NO_ANSWER in lapsed
    placement = city.see("employment", "placements", placement_id)
    assert {key: check["state"] for key, check in placement["retention"].items()} == {
        "3": "confirmed",
        "6": "denied",
        "12": "unknown",
    }
    assert_consistent(city)
