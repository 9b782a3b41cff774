"""What does reporting answer: definitions, periods, labs, groups, lineage?"""

from datetime import date
from typing import Any

import pytest

from services.reporting.answers import Answers, Asked, NotBrokenDown
from services.reporting.app import REPORTING
from services.reporting.indicators.catalogue import INDICATORS
from services.reporting.indicators.indicator import Indicator
from services.reporting.indicators.measures import BALANCE, COUNT, HOURS, PER_PARTICIPANT, QUARTILES, RATE
from services.reporting.sheet import numbers
from shared.events.registry import type_of
from tests.reporting.histories import MUCH_LATER, InMemory, answer, groups, source_of
from tests.reporting.stories import agreements, sealed

SPRING = date(2017, 3, 1)
MEASURES = (RATE, COUNT, HOURS, QUARTILES, BALANCE, PER_PARTICIPANT)
MUST_BE_THERE = {"X1", "X2", "X3", "X5", "X7", "X8", "V4", "E2", "E5"}


def test_the_listing_names_every_indicator_with_its_id_and_definition() -> None:
    listed = Answers(InMemory([])).listing()
    assert {listing["id"] for listing in listed} >= MUST_BE_THERE
    assert all(
        listing["name"] and listing["definition"] and listing["title_de"] and listing["formula_de"]
        for listing in listed
    )


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=lambda indicator: indicator.name)
def test_an_indicator_declares_events_that_its_facts_listen_to(indicator: Indicator) -> None:
    heard = {cls for fact in indicator.facts for cls in fact.on}
    assert set(indicator.events) <= heard
    assert all(fact in REPORTING.facts for fact in indicator.facts)
    assert {type_of(cls).owner for cls in indicator.events} <= {source_of(fact) for fact in indicator.facts}


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=lambda indicator: indicator.name)
def test_an_indicator_of_an_empty_city_has_the_parts_that_it_promises(indicator: Indicator) -> None:
    result = answer(indicator.name, [])["result"]
    optional = {"strict_value", "strict_numerator"}
    assert (
        {"value", *indicator.measure.shows} - optional <= set(result) <= {"value", *indicator.measure.shows}
    )
    assert "suppressed" not in result


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_what_a_measure_shows_has_a_column(measure: Any) -> None:
    assert set(measure.shows) <= set(numbers())


def test_a_period_includes_its_first_and_last_day() -> None:
    days = [date(2017, 1, 1), date(2017, 6, 15), date(2017, 12, 31)]
    outside = [date(2016, 12, 31), date(2018, 1, 1)]
    events = [sealed(f"{day}-{n}", day) for day in (*days, *outside) for n in range(3)]
    asked = Asked(begins=days[0], ends=days[-1])
    figure = answer("agreements_sealed", events, asked)
    assert (figure["result"]["value"], figure["from"], figure["to"]) == (9, "2017-01-01", "2017-12-31")


def test_a_lab_is_counted_by_itself_and_the_labs_are_a_breakdown() -> None:
    events = [sealed(f"a{n}", SPRING, lab="north") for n in range(6)]
    events += [sealed(f"b{n}", SPRING, lab="south") for n in range(4)]
    events += [sealed(f"c{n}", SPRING) for n in range(3)]
    assert answer("agreements_sealed", events, Asked(lab="south"))["result"] == {"value": 4}
    by_lab = groups("agreements_sealed", events, "lab")
    assert {lab: result["value"] for lab, result in by_lab.items()} == {"none": 3, "north": 6, "south": 4}


def test_a_lab_that_nobody_knows_has_no_cases() -> None:
    assert answer("agreements_sealed", agreements(SPRING, kept=4), Asked(lab="nowhere"))["result"] == {
        "value": 0
    }


def test_groups_are_in_order_and_the_answer_says_by_what() -> None:
    events = [sealed(f"{year}-{n}", date(year, 5, 2)) for year in (2018, 2016, 2017) for n in range(3)]
    figure = answer("agreements_sealed", events, Asked(by="year"))
    assert figure["by"] == "year"
    assert [group["group"] for group in figure["groups"]] == ["2016", "2017", "2018"]


def test_an_indicator_is_not_broken_down_by_what_it_does_not_know() -> None:
    with pytest.raises(NotBrokenDown, match="broken down by year, month, lab"):
        answer("agreements_sealed", [], Asked(by="district"))


def test_an_unknown_indicator_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        answer("happiness", [])


def test_an_answer_says_up_to_which_position_of_each_log_it_counts() -> None:
    assert answer("agreements_sealed", [])["cutoff"] == {"actors": 7, "marketplace": 7, "employment": 7}


def test_the_lineage_names_query_facts_events_and_where_to_read_them() -> None:
    lineage = Answers(InMemory([])).lineage("redemption_rate")
    assert lineage["id"] == "X3"
    assert lineage["query"].startswith("Sealed agreements, and whether they were kept within 12 months")
    assert "sealed_on" in lineage["facts"]["fact_agreement_v2"]
    assert "kosilab.marketplace.AgreementSealed.v1" in lineage["event_types"]
    assert {
        "type": "kosilab.marketplace.AgreementSealed.v1",
        "schema": "/schemas/kosilab.marketplace.AgreementSealed/1.json",
        "log": "/marketplace/log?type=kosilab.marketplace.AgreementSealed.v1",
    } in lineage["events"]
    assert lineage["cutoff"]["marketplace"] == 7


@pytest.mark.parametrize("name", INDICATORS)
def test_every_indicator_has_a_lineage_in_words(name: str) -> None:
    assert len(Answers(InMemory([])).lineage(name)["query"]) > 20


def test_many_answers_are_of_the_same_moment() -> None:
    figures = Answers(InMemory(agreements(SPRING, kept=4))).indicators(
        INDICATORS, Asked(by="year"), MUCH_LATER
    )
    assert [figure["name"] for figure in figures] == list(INDICATORS)
    assert len({str(figure["cutoff"]) for figure in figures}) == 1
