"""How many agreements were sealed and kept, and who gave? (X1, X2, X3, X5)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from services.reporting.answers import Asked
from shared.events.marketplace.market_day import MarketDayParticipantAttended, MarketDayScheduled
from shared.events.vocabulary import Sector
from shared.kernel.recorded import Recorded
from tests.reporting.histories import answer, figure, groups, happened
from tests.reporting.stories import agreements, fulfilled, given, organisation, sealed

SPRING = date(2017, 3, 1)
MONTH = timedelta(days=30)


# --- X1: agreements sealed -------------------------------------------------------------------------
def test_sealed_agreements_are_counted_on_the_day_of_their_seal() -> None:
    events = [*agreements(SPRING, kept=4), sealed("late", date(2018, 5, 1))]
    assert figure("agreements_sealed", events) == {"value": 5}
    of_2017 = Asked(begins=date(2017, 1, 1), ends=date(2017, 12, 31), full=True)
    assert figure("agreements_sealed", events, of_2017)["value"] == 4


def test_no_agreement_at_all_is_zero_and_may_be_said() -> None:
    assert figure("agreements_sealed", []) == {"value": 0}


def test_two_agreements_are_too_few_to_be_shown() -> None:
    hidden = {"value": None, "suppressed": "fewer than 3 organisations"}
    assert figure("agreements_sealed", [sealed("1", SPRING), sealed("2", SPRING)]) == hidden


def test_many_agreements_of_the_same_two_organisations_are_not_shown() -> None:
    events = [sealed(str(n), SPRING, parties=("left", "right")) for n in range(10)]
    assert figure("agreements_sealed", events)["suppressed"] == "fewer than 3 organisations"


def test_an_auditor_sees_what_is_hidden_and_that_it_is() -> None:
    shown = figure("agreements_sealed", [sealed("1", SPRING)], Asked(full=True))
    assert shown == {"value": 1, "withheld": "fewer than 3 organisations"}


# --- X2: agreements per participant ----------------------------------------------------------------
def market_day(key: str, on: date, n_attended: int) -> list[Recorded[Any]]:
    opens = datetime.combine(on, time(15), UTC)
    scheduled = MarketDayScheduled(
        name="Marktplatz", held_on=on, trading_opens_at=opens, trading_closes_at=opens
    )
    attended = [
        happened(on, f"market_day-{key}", MarketDayParticipantAttended(organisation_id=f"o{n}"))
        for n in range(n_attended)
    ]
    return [happened(on - MONTH, f"market_day-{key}", scheduled), *attended]


def test_agreements_of_market_days_are_set_against_who_attended() -> None:
    events = [
        *market_day("m1", date(2016, 9, 23), 10),
        *(sealed(f"on{n}", date(2016, 9, 23), market_day="m1") for n in range(6)),
        *(sealed(f"off{n}", date(2016, 9, 23)) for n in range(4)),
    ]
    assert figure("agreements_per_participant", events) == {
        "value": "0.600",
        "numerator": 6,
        "denominator": 10,
    }


def test_a_market_day_is_a_group_of_its_own() -> None:
    events = [
        *market_day("m1", date(2016, 9, 23), 10),
        *market_day("m2", date(2018, 9, 28), 20),
        *(sealed(f"a{n}", date(2016, 9, 23), market_day="m1") for n in range(5)),
        *(sealed(f"b{n}", date(2018, 9, 28), market_day="m2") for n in range(16)),
    ]
    by_day = groups("agreements_per_participant", events, "market_day")
    assert [(day, result["value"]) for day, result in by_day.items()] == [("m1", "0.500"), ("m2", "0.800")]


# --- X3: redemption rate ---------------------------------------------------------------------------
def test_wholly_and_partly_kept_agreements_are_redeemed_and_the_stricter_variant_says_so() -> None:
    events = list(agreements(SPRING, kept=6, partly=3, failing=3))
    assert figure("redemption_rate", events) == {
        "value": "0.750",
        "numerator": 9,
        "denominator": 12,
        "unknown": 0,
        "lower": "0.750",
        "upper": "0.750",
        "immature": 0,
        "strict_value": "0.500",
        "strict_numerator": 6,
    }


def test_silence_is_unknown_and_the_bounds_say_what_it_could_change() -> None:
    shown = figure("redemption_rate", agreements(SPRING, kept=6, failing=4, silent=10))
    assert (shown["value"], shown["denominator"], shown["unknown"]) == ("0.600", 10, 10)
    assert (shown["lower"], shown["upper"]) == ("0.300", "0.800")


def test_where_nothing_is_known_there_is_no_rate() -> None:
    shown = figure("redemption_rate", agreements(SPRING, silent=5))
    assert (shown["value"], shown["unknown"]) == (None, 5)


def test_what_was_kept_after_twelve_months_was_not_kept_in_time() -> None:
    in_time = [
        event for n in range(5) for event in (sealed(f"a{n}", SPRING), fulfilled(f"a{n}", date(2018, 3, 1)))
    ]
    late = [
        event for n in range(5) for event in (sealed(f"b{n}", SPRING), fulfilled(f"b{n}", date(2018, 3, 2)))
    ]
    shown = figure("redemption_rate", [*in_time, *late])
    assert (shown["numerator"], shown["denominator"]) == (5, 10)


def test_a_cohort_that_is_not_mature_waits_even_where_it_was_kept() -> None:
    events = list(agreements(SPRING, kept=6, failing=4))
    before = figure("redemption_rate", events, today=date(2018, 5, 31))
    assert (before["value"], before["denominator"], before["immature"]) == (None, 0, 10)
    assert figure("redemption_rate", events, today=date(2018, 6, 1))["value"] == "0.600"


def test_few_immature_cases_are_not_said() -> None:
    events = [*agreements(SPRING, kept=6, failing=4), sealed("new", date(2018, 5, 1))]
    shown = figure("redemption_rate", events, today=date(2018, 6, 1))
    assert (shown["value"], shown["immature"], shown["suppressed_parts"]) == ("0.600", None, ["immature"])


@pytest.mark.parametrize(("kept", "failing"), [(10, 1), (1, 10), (10, 2), (2, 10)])
def test_a_rate_is_hidden_when_numerator_or_complement_is_small(kept: int, failing: int) -> None:
    shown = figure("redemption_rate", agreements(SPRING, kept=kept, failing=failing))
    assert shown == {"value": None, "suppressed": "a part with fewer than 3 organisations"}


@pytest.mark.parametrize(("kept", "failing", "value"), [(10, 0, "1.000"), (0, 10, "0.000")])
def test_all_and_none_may_be_said(kept: int, failing: int, value: str) -> None:
    assert figure("redemption_rate", agreements(SPRING, kept=kept, failing=failing))["value"] == value


def test_a_stricter_variant_that_tells_of_few_is_left_out() -> None:
    shown = figure("redemption_rate", agreements(SPRING, kept=8, partly=1, failing=4))
    assert (shown["value"], shown["strict_value"], shown["strict_numerator"]) == ("0.692", None, None)
    assert shown["suppressed_parts"] == ["strict_numerator", "strict_value"]


# --- X5: reciprocity balance -----------------------------------------------------------------------
def givers(n: int, kind: str, sector: Sector) -> list[Recorded[Any]]:
    events = []
    for number in range(n):
        key = f"{kind}{number}"
        events += [organisation(key, sector), given(key, SPRING, key, f"receiver{number}")]
    return events


def test_the_balance_is_one_when_companies_and_non_profits_give_as_much() -> None:
    events = [*givers(4, "c", Sector.COMPANY), *givers(2, "n", Sector.NON_PROFIT)]
    events += givers(2, "i", Sector.INITIATIVE)
    assert figure("reciprocity_balance", events) == {
        "value": "1.000",
        "given_by_companies": 4,
        "given_by_non_profits": 4,
        "given_by_others": 0,
        "unknown": 0,
    }


def test_training_companies_are_companies_and_one_sided_giving_lowers_the_balance() -> None:
    events = [*givers(5, "c", Sector.COMPANY), *givers(4, "t", Sector.TRAINING_COMPANY)]
    shown = figure("reciprocity_balance", [*events, *givers(3, "n", Sector.NON_PROFIT)])
    assert (shown["value"], shown["given_by_companies"]) == ("0.500", 9)


def test_other_sectors_and_unregistered_givers_are_counted_beside() -> None:
    events = [*givers(4, "c", Sector.COMPANY), *givers(4, "n", Sector.NON_PROFIT)]
    events += givers(3, "s", Sector.SCHOOL)
    events += [given(f"u{n}", SPRING, f"stranger{n}", f"r{n}") for n in range(2)]
    shown = figure("reciprocity_balance", events)
    assert (shown["value"], shown["given_by_others"], shown["unknown"]) == ("1.000", 3, 2)


# --- what holds for all ----------------------------------------------------------------------------
def test_simulated_agreements_are_said_to_be_simulated() -> None:
    real = list(agreements(SPRING, kept=4))
    assert answer("agreements_sealed", real)["contains_synthetic"] is False
    simulated = happened(SPRING, "agreement-sim", sealed("sim", SPRING).data, synthetic=True)
    assert answer("agreements_sealed", [*real, simulated])["contains_synthetic"] is True
