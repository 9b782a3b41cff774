"""Does the simulated city keep the handbook's figures? The bands of 9.6 that speak of simulation, over pooled seeds.

Every figure is counted on events that went through the real deciders. What a band is not about is switched off, so that
many seeds can be played.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from statistics import mean
from typing import Any, TypeVar

import pytest

from deploy.city import City, load_city
from deploy.playing.script import write
from deploy.playing.stage import Stage
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementEnded,
    PlacementProposed,
    PlacementStarted,
)
from shared.events.marketplace.agreement import (
    AgreementFailed,
    AgreementFulfilled,
    AgreementPartlyFulfilled,
    AgreementSealed,
)
from shared.events.marketplace.engagement import CounsellingRequested
from shared.events.marketplace.market_day import MarketDayParticipantAttended
from shared.events.marketplace.offer import OfferPosted
from shared.events.vocabulary import OfferKind, WorkForm
from shared.kernel.recorded import Recorded
from tests.few import one_in

E = TypeVar("E")

PROGRAMME = date(2016, 6, 1), date(2019, 5, 31)
IN_FILES_STARTED = (
    35  # additional jobs that the sample files of Dortmund say began; asserted in test_samples.py
)
SMALL = {
    "company": 52,
    "non_profit": 34,
    "initiative": 10,
    "public_body": 4,
    "school": 4,
    "training_company": 8,
}


@pytest.fixture(scope="session")
def seeds(request: pytest.FixtureRequest) -> Callable[[int], range]:
    """The first so many seeds, at a first look one or two of them; the bands hold for them as well."""
    return lambda n: range(1, 2 + (n - 1) // one_in(request.config) ** 2)


def only(slug: str, *parts: str, **changed: Any) -> City:
    """The city in which nothing happens but these parts of its simulation."""
    city = load_city(slug)
    kept = {name: city.simulation[name] for name in ("organisations", *parts)}
    return replace(city, simulation=kept | changed)


def played(city: City, period: tuple[date, date], seed: int) -> Stage:
    """The city's stage after these days; no rule has said no to anything."""
    begins, ends = period
    stage = Stage(city, seed)
    stage.play(write(city, begins=begins, ends=ends, seed=seed, scale=1.0, files_follow=False), ends)
    assert stage.refused == {}
    return stage


def of(stage: Stage, service: str, *kinds: type[E]) -> Iterator[tuple[Recorded[Any], E]]:
    """The events of these kinds with what they say."""
    for event in stage.units[service].log.events:
        if isinstance(event.data, kinds):
            yield event, event.data


@dataclass(frozen=True, slots=True)
class MarketFigures:
    """What became of one market day."""

    sealed: int
    attended: int
    redeemed: int
    failed: int


@cache
def market(period: tuple[date, date], seed: int) -> MarketFigures:
    """A stage on which there is the market day of this period and nothing else."""
    stage = played(only("wuppertal", "market", organisations=SMALL), period, seed)

    def n(*kinds: type) -> int:
        return sum(1 for _ in of(stage, "marketplace", *kinds))

    return MarketFigures(
        sealed=n(AgreementSealed),
        attended=n(MarketDayParticipantAttended),
        redeemed=n(AgreementFulfilled, AgreementPartlyFulfilled),
        failed=n(AgreementFailed),
    )


DAY_2016 = (
    date(2016, 6, 1),
    date(2017, 12, 31),
)  # with the fifteen months after which its agreements are mature
DAY_2018 = date(2018, 4, 1), date(2018, 10, 31)
DAY_2020 = date(2020, 4, 1), date(2020, 10, 31)


def test_the_simulated_market_day_of_2016_has_about_31_agreements_half_of_one_for_each_participant(
    seeds: Callable[[int], range],
) -> None:
    days = [market(DAY_2016, seed) for seed in seeds(20)]
    assert 28 <= mean(day.sealed for day in days) <= 34
    assert 0.47 <= mean(day.sealed / day.attended for day in days) <= 0.57


def test_the_simulated_market_day_of_2018_has_nearly_50_agreements(seeds: Callable[[int], range]) -> None:
    assert 43 <= mean(market(DAY_2018, seed).sealed for seed in seeds(6)) <= 51


def test_another_market_day_has_between_a_half_and_nearly_two_agreements_for_each_participant(
    seeds: Callable[[int], range],
) -> None:
    days = [market(DAY_2020, seed) for seed in seeds(3)]
    assert 0.5 <= mean(day.sealed / day.attended for day in days) <= 1.8


def test_about_seven_in_ten_mature_agreements_are_redeemed(seeds: Callable[[int], range]) -> None:
    days = [market(DAY_2016, seed) for seed in seeds(20)]
    n_sealed, n_redeemed = sum(day.sealed for day in days), sum(day.redeemed for day in days)
    assert n_sealed >= 30 * len(days)
    assert 0.65 <= n_redeemed / n_sealed <= 0.75
    assert 0.65 <= n_redeemed / (n_redeemed + sum(day.failed for day in days)) <= 0.75


# --- work ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class JobFigures:
    """When the additional jobs began, and how many of these ended early."""

    started_on: tuple[date, ...]
    n_early: int


@cache
def additional_jobs(seed: int) -> JobFigures:
    """Dortmund with its additional jobs and nothing else."""
    work = load_city("dortmund").simulation["work"]
    kept = {name: work[name] for name in ("additional_jobs", "additional_jobs_from")}
    stage = played(only("dortmund", work=kept), PROGRAMME, seed)
    began = [data for _, data in of(stage, "employment", PlacementStarted)]
    assert {(data.additional, data.form) for data in began} == {(True, WorkForm.JOB)}
    return JobFigures(
        started_on=tuple(data.started_on for data in began),
        n_early=sum(data.early for _, data in of(stage, "employment", PlacementEnded)),
    )


def test_additional_jobs_begin_in_september_2017_and_are_between_100_and_210_with_those_of_the_files(
    seeds: Callable[[int], range],
) -> None:
    by_seed = [additional_jobs(seed).started_on for seed in seeds(5)]
    assert min(day for days in by_seed for day in days) >= date(2017, 9, 1)
    assert mean(len(days) for days in by_seed) >= 100
    assert mean(len(days) for days in by_seed) + IN_FILES_STARTED <= 210


def test_about_one_in_five_additional_jobs_ends_early(seeds: Callable[[int], range]) -> None:
    figures = [additional_jobs(seed) for seed in seeds(5)]
    n_started = sum(len(of_year.started_on) for of_year in figures)
    assert n_started >= 100 * len(figures)
    assert 0.15 <= sum(of_year.n_early for of_year in figures) / n_started <= 0.24


@pytest.fixture(scope="module")
def dortmund_at_work() -> Stage:
    """Dortmund with work of every form, from the last year of the programme on."""
    work = load_city("dortmund").simulation["work"]
    return played(only("dortmund", work=work), (date(2018, 6, 1), date(2019, 12, 31)), 1)


def test_entry_qualifications_last_six_to_twelve_months_with_at_least_twenty_hours_a_week(
    dortmund_at_work: Stage,
) -> None:
    forms = {
        event.noun_id: data.form for event, data in of(dortmund_at_work, "employment", PlacementProposed)
    }
    contracts = [
        data
        for event, data in of(dortmund_at_work, "employment", PlacementContracted)
        if forms[event.noun_id] == WorkForm.ENTRY_QUALIFICATION
    ]
    assert set(forms.values()) == set(WorkForm)
    assert len(contracts) > 20
    assert {
        contract.term_months in range(6, 13) and contract.hours_per_week >= 20 for contract in contracts
    } == {True}


def test_no_record_names_an_instrument_neither_before_2019_nor_after(dortmund_at_work: Stage) -> None:
    instruments = {"TAAM", "EVL", "EGZ", "AGH", "UNSUB", "MINI", "ASA"}
    for unit in dortmund_at_work.units.values():
        for event in unit.log.events:
            words = set(re.findall(r"[A-Za-z_0-9]+", str(json.loads(event.record)["data"])))
            assert words.isdisjoint(instruments | {"instrument", "subsidy", "funding", "benefit"}), event.type


# --- engagement ---------------------------------------------------------------------------------
def test_about_300_citizens_ask_for_counselling_in_2017_and_in_2018(seeds: Callable[[int], range]) -> None:
    volunteering = {"counselling": load_city("wuppertal").simulation["volunteering"]["counselling"]}
    city, years = only("wuppertal", volunteering=volunteering), (date(2017, 1, 1), date(2018, 12, 31))
    asked = [
        Counter(
            event.time.year for event, _ in of(played(city, years, seed), "marketplace", CounsellingRequested)
        )
        for seed in seeds(3)
    ]
    assert 255 <= mean(years[2017] for years in asked) <= 345
    assert 255 <= mean(years[2018] for years in asked) <= 345


def test_at_most_ten_volunteering_offers_are_new_in_a_month_so_that_there_are_15_with_those_of_the_files(
    seeds: Callable[[int], range],
) -> None:
    volunteering = load_city("wuppertal").simulation["volunteering"] | {"counselling": 0}
    for seed in seeds(3):
        stage = played(only("wuppertal", volunteering=volunteering), PROGRAMME, seed)
        months = Counter(
            f"{event.time:%Y-%m}"
            for event, data in of(stage, "marketplace", OfferPosted)
            if data.terms.kind == OfferKind.VOLUNTEERING
        )
        assert len(months) > 30
        assert max(months.values()) <= 10
