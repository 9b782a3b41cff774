"""Is a script the same for the same seed, is it as large as asked for, and can it be played whenever it begins?"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from deploy.city import load_city
from deploy.playing.script import amounts_in, write
from deploy.playing.stage import Stage
from services.marketplace.domain.market_day import ScheduleMarketDay
from shared.service.settings import BadSetting

BEGINS, ENDS = date(2016, 6, 1), date(2016, 12, 31)


def test_another_seed_leads_to_another_story() -> None:
    scripts = [
        write(load_city("dortmund"), begins=BEGINS, ends=ENDS, seed=seed, scale=0.25, files_follow=False)
        for seed in (1, 1, 2)
    ]
    assert scripts[0] == scripts[1]
    assert scripts[0] != scripts[2]


@pytest.mark.sampled
@pytest.mark.parametrize("slug", ["wuppertal", "dortmund"])
@pytest.mark.parametrize(
    ("begins", "scale"), [(date(2022, 11, 25), 0.1), (date(2017, 2, 14), 0.02), (date(2024, 2, 29), 0.2)]
)
def test_whenever_it_begins_and_however_small_no_rule_says_no(slug: str, begins: date, scale: float) -> None:
    ends = date(begins.year + 1, 10, 31)
    script = write(load_city(slug), begins=begins, ends=ends, seed=11, scale=scale, files_follow=True)
    stage = Stage(load_city(slug), 11)
    stage.play(script, ends)
    assert stage.refused == {}
    assert stage.n_commands == len(script)


def market_days(*, files_follow: bool) -> list[date]:
    """The market days of a script."""
    city, ends = load_city("wuppertal"), date(2022, 12, 31)
    script = write(city, begins=BEGINS, ends=ends, seed=1, scale=0.05, files_follow=files_follow)
    days = [step.command.held_on for step in script if isinstance(step.command, ScheduleMarketDay)]
    return sorted(days)


def test_what_the_sample_files_hold_is_left_out_when_they_follow() -> None:
    in_files = [day["held_on"] for day in load_city("wuppertal").lab["market_days"]]
    whole, rest = market_days(files_follow=False), market_days(files_follow=True)
    assert set(in_files) == {date(2016, 9, 23), date(2018, 9, 28)}
    assert set(whole) - set(rest) == set(in_files)
    assert [day.year for day in rest] == [2020, 2022]


def test_twice_the_scale_is_about_twice_as_much() -> None:
    def steps(scale: float) -> int:
        city = load_city("dortmund")
        return len(write(city, begins=BEGINS, ends=ENDS, seed=5, scale=scale, files_follow=True))

    assert 1.6 <= steps(2.0) / steps(1.0) <= 2.4


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ({"volunteering": {"councelling": 300}}, "Did you mean counselling?"),
        ({"volunteering": {"offers": "many"}}, "offers"),
        ({"markets": {}}, "Did you mean market?"),
    ],
)
def test_what_the_section_does_not_know_is_an_error_that_says_what_was_meant(
    section: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(BadSetting, match=r"\[simulation\] of wuppertal") as caught:
        amounts_in(replace(load_city("wuppertal"), simulation=section))
    assert complaint in str(caught.value)
