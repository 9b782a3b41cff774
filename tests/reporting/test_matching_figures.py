"""Which needs were met, how long did it take, and which proposals were taken up? (X7, X8, X9)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from shared.events.marketplace.offer import MatchConfirmed, MatchDeclined, MatchProposed
from shared.events.vocabulary import Category, OfferKind, Side
from shared.kernel.recorded import Recorded
from tests.reporting.histories import figure, groups, happened
from tests.reporting.stories import matched, met, need

SPRING = date(2017, 3, 1)


def needs(
    n: int, n_met: int, on: date = SPRING, after_days: int = 180, prefix: str = ""
) -> Iterator[Recorded[Any]]:
    for number in range(n):
        yield need(f"{prefix}{number}", on)
        if number < n_met:
            yield met(f"{prefix}{number}", on + timedelta(days=after_days))


def test_needs_are_covered_when_met_within_180_days() -> None:
    shown = figure("need_coverage", [*needs(10, 4), *needs(10, 5, after_days=181, prefix="late")])
    assert (shown["value"], shown["numerator"], shown["denominator"], shown["unknown"]) == ("0.200", 4, 20, 0)


def test_needs_count_once_180_days_and_three_months_have_passed() -> None:
    events = list(needs(10, 4))  # 180 days after 1 March is 28 August
    assert figure("need_coverage", events, today=date(2017, 11, 27))["immature"] == 10
    assert figure("need_coverage", events, today=date(2017, 11, 28))["value"] == "0.400"


def test_needs_of_other_kinds_are_not_counted() -> None:
    work = [need(f"w{n}", SPRING, kind=OfferKind.WORK) for n in range(9)]
    assert figure("need_coverage", [*needs(10, 4), *work])["denominator"] == 10


def test_coverage_is_broken_down_by_category() -> None:
    goods = list(needs(8, 4))
    hands = [need(f"h{n}", SPRING, category=Category.HELPING_HANDS) for n in range(6)]
    shown = groups("need_coverage", [*goods, *hands], "category")
    assert {group: result["value"] for group, result in shown.items()} == {
        "goods": "0.500",
        "helping_hands": "0.000",
    }


def test_time_to_match_is_the_median_with_quartiles() -> None:
    waits = (1, 2, 4, 8, 20)
    events = [need(str(n), SPRING) for n in range(len(waits))]
    events += [matched(str(n), SPRING + timedelta(days=days)) for n, days in enumerate(waits)]
    assert figure("time_to_match", events) == {
        "value": "4.000",
        "lower_quartile": "2.000",
        "upper_quartile": "8.000",
        "cases": 5,
        "open": 0,
    }


def test_the_median_of_an_even_number_lies_between() -> None:
    events = [need(str(n), SPRING) for n in range(4)]
    events += [matched(str(n), SPRING + timedelta(days=days)) for n, days in enumerate((1, 2, 5, 9))]
    shown = figure("time_to_match", events)
    assert (shown["value"], shown["lower_quartile"], shown["upper_quartile"]) == ("3.500", "1.750", "6.000")


def test_only_the_first_confirmed_match_counts_and_needs_without_one_are_said() -> None:
    events = [need(str(n), SPRING) for n in range(7)]
    events += [matched(str(n), SPRING + timedelta(days=3)) for n in range(4)]
    events += [matched(str(n), SPRING + timedelta(days=90)) for n in range(4)]
    shown = figure("time_to_match", events)
    assert (shown["value"], shown["cases"], shown["open"]) == ("3.000", 4, 3)


def test_few_needs_without_a_match_are_not_said() -> None:
    events = [need(str(n), SPRING) for n in range(6)]
    events += [matched(str(n), SPRING + timedelta(days=3)) for n in range(4)]
    shown = figure("time_to_match", events)
    assert (shown["open"], shown["suppressed_parts"]) == (None, ["open"])


def proposals(n: int, outcome: str, prefix: str) -> Iterator[Recorded[Any]]:
    for number in range(n):
        key = f"{prefix}{number}"
        proposed = MatchProposed(
            match_id=f"m{key}", need_id=key, is_search=False, need_party=f"o{key}", offer_party=f"p{key}",
            kind=OfferKind.EXCHANGE, proposed_by="matcher",
        )  # fmt: skip
        yield happened(SPRING, f"offer-of{key}", proposed)
        if outcome == "confirmed":
            data = matched(key, SPRING).data
            assert isinstance(data, MatchConfirmed)
            yield happened(SPRING + timedelta(days=2), f"offer-of{key}", data)
        if outcome == "declined":
            declined = MatchDeclined(match_id=f"m{key}", by=Side.NEED)
            yield happened(SPRING + timedelta(days=2), f"offer-of{key}", declined)


def test_acceptance_counts_confirmed_among_answered_proposals() -> None:
    events = [
        *proposals(6, "confirmed", "y"),
        *proposals(4, "declined", "n"),
        *proposals(5, "", "o"),
    ]
    shown = figure("match_acceptance", events)
    assert (shown["value"], shown["denominator"], shown["unknown"]) == ("0.600", 10, 5)
    assert figure("match_acceptance", events, today=date(2017, 5, 31))["immature"] == 15
