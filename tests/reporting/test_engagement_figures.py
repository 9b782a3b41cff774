"""Which trials led on, and how many hours were confirmed? (V0, V2, V4)."""

from datetime import date
from typing import Any

import pytest

from services.reporting.answers import Asked
from shared.events.marketplace.engagement import CounsellingRequested
from shared.kernel.recorded import Recorded
from tests.reporting.histories import figure, groups, happened
from tests.reporting.stories import corrected_hours, hours, trial

SPRING = date(2017, 3, 1)


def test_requests_for_counselling_are_counted_from_five_on() -> None:
    asked = [happened(SPRING, f"counselling-{n}", CounsellingRequested(person_id=f"p{n}")) for n in range(5)]
    assert figure("counselling_requests", asked) == {"value": 5}
    assert figure("counselling_requests", asked[:4])["suppressed"] == "fewer than 5 persons"


def test_trials_succeed_when_an_engagement_follows() -> None:
    events = [event for n in range(6) for event in trial(f"y{n}", SPRING, f"h{n}", "taken")]
    events += [event for n in range(6) for event in trial(f"n{n}", SPRING, f"h{n}", "ended")]
    events += [event for n in range(2) for event in trial(f"o{n}", SPRING, f"h{n}")]
    shown = figure("trial_success", events)
    assert (shown["value"], shown["denominator"], shown["unknown"]) == ("0.500", 12, 2)
    assert figure("trial_success", events, today=date(2017, 5, 31))["immature"] == 14


def confirmed(n: int, n_hosts: int, each: str = "2.5") -> list[Recorded[Any]]:
    return [hours(str(number), SPRING, f"h{number % n_hosts}", each) for number in range(n)]


def test_confirmed_hours_are_added_up_on_the_day_they_were_worked() -> None:
    events = [*confirmed(6, 3), hours("last", date(2018, 1, 2), "h0", "1.25")]
    assert figure("confirmed_volunteer_hours", events) == {"value": "16.250", "entries": 7}
    of_2017 = Asked(begins=date(2017, 1, 1), ends=date(2017, 12, 31), full=True)
    assert figure("confirmed_volunteer_hours", events, of_2017)["value"] == "15.000"


def test_paid_or_owed_hours_are_no_volunteering() -> None:
    events = [*confirmed(6, 3), hours("paid", SPRING, "h0", "8", civic=False)]
    assert figure("confirmed_volunteer_hours", events)["value"] == "15.000"


def test_a_correction_counts_instead_and_what_was_asked_before_it_stays() -> None:
    events = [*confirmed(6, 3), hours("last", SPRING, "h0", "8")]
    assert figure("confirmed_volunteer_hours", events)["value"] == "23.000"
    less = corrected_hours("last", date(2017, 4, 1), SPRING, "0.5")
    taken_back = corrected_hours("last", date(2017, 5, 1), SPRING, "0")
    paid = corrected_hours("last", date(2017, 6, 1), SPRING, "0.5", civic=False)
    values = [
        figure("confirmed_volunteer_hours", [*events, *corrections])["value"]
        for corrections in ((less,), (less, taken_back), (less, taken_back, paid))
    ]
    assert values == ["15.500", "15.000", "15.000"]
    in_2018 = corrected_hours("last", date(2018, 2, 1), date(2017, 12, 31), "8")
    of_spring = Asked(begins=SPRING, ends=date(2017, 6, 30), full=True)
    assert figure("confirmed_volunteer_hours", [*events, in_2018], of_spring)["value"] == "15.000"


@pytest.mark.parametrize(
    ("n", "n_hosts", "why"),
    [(4, 3, "fewer than 5 persons"), (8, 2, "fewer than 3 organisations")],
)
def test_hours_of_few_persons_or_few_hosts_are_hidden(n: int, n_hosts: int, why: str) -> None:
    assert figure("confirmed_volunteer_hours", confirmed(n, n_hosts))["suppressed"] == why


def test_many_entries_of_few_persons_are_still_few_persons() -> None:
    events = [hours(f"e{n % 4}", SPRING, f"h{n % 3}", "1", entry=str(n)) for n in range(20)]
    assert figure("confirmed_volunteer_hours", events)["suppressed"] == "fewer than 5 persons"


def test_hours_that_one_host_or_one_person_makes_up_almost_alone_are_hidden() -> None:
    by_one_host = [*confirmed(6, 3, "1"), *(hours(f"x{n}", SPRING, "h0", "20") for n in range(6))]
    by_one_person = [
        *confirmed(6, 3, "1"),
        *(hours("x", SPRING, f"h{n}", "30", entry=str(n)) for n in range(3)),
    ]
    for events in (by_one_host, by_one_person):
        shown = figure("confirmed_volunteer_hours", events)
        assert shown["suppressed"] == "one contributor makes up more than 85%"


def test_hours_are_broken_down_by_month() -> None:
    events = [*confirmed(6, 3), *(hours(f"a{n}", date(2017, 4, 5), f"h{n % 3}", "1") for n in range(5))]
    shown = groups("confirmed_volunteer_hours", events, "month")
    assert {month: result["value"] for month, result in shown.items()} == {
        "2017-03": "15.000",
        "2017-04": "5.000",
    }
