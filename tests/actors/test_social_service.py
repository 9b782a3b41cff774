"""Is a social service planned, opened, extended, closed and counted as its rules say?"""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given as all_cases
from hypothesis import strategies as st

from services.actors.domain import social_service as rules
from services.reporting.indicators.cases import Facts
from services.reporting.indicators.social_services import DEFINITIONS
from shared.testing.laws import assert_evolve_is_total, assert_laws, run
from shared.testing.sentences import given
from tests.shared.events.examples.of_social_service import COURSE

SERVICE, TODAY, FIRST, LATER = rules.SOCIAL_SERVICE, date(2026, 5, 20), date(2026, 2, 1), date(2026, 4, 1)
KINDS: list[Any] = [
    rules.PlanSocialService,
    rules.OpenSocialService,
    rules.ExtendSocialService,
    rules.ReportSocialServiceUsage,
    rules.CloseSocialService,
]
PLAN, OPEN, EXTEND, REPORT, CLOSE = COMMANDS = [
    command(social_service_id="s1", **asdict(event), at=datetime(2026, 5, 20, 9, tzinfo=UTC))
    for command, event in zip(KINDS, COURSE, strict=True)
]


@pytest.mark.parametrize("n", range(len(COMMANDS)))
def test_each_step_follows_the_others_and_a_repeat_stays_quiet(n: int) -> None:
    given(SERVICE, *COURSE[:n]).when(COMMANDS[n]).then(COURSE[n])
    given(SERVICE, *COURSE[: n + 1]).when(COMMANDS[n]).then_nothing_happened()


@pytest.mark.parametrize(
    ("n_before", "command", "rule"),
    [
        (1, replace(PLAN, name="Treff"), rules.service_is_not_planned_yet),
        (0, replace(PLAN, district=" "), rules.texts_fit),
        (2, replace(EXTEND, extension=""), rules.texts_fit),
        (0, OPEN, rules.service_waits_for_its_opening),
        (2, replace(OPEN, opened_on=LATER), rules.service_waits_for_its_opening),
        (1, replace(OPEN, opened_on=date(2026, 5, 21)), rules.opening_is_not_in_the_future),
        (1, EXTEND, rules.service_is_open),
        (5, replace(EXTEND, extension="samstags"), rules.service_is_open),
        (2, replace(EXTEND, extended_on=date(2026, 1, 31)), rules.step_follows_the_last_one),
        (3, replace(CLOSE, closed_on=date(2026, 3, 31)), rules.step_follows_the_last_one),
        (3, replace(CLOSE, closed_on=date(2026, 5, 21)), rules.step_follows_the_last_one),
        (1, REPORT, rules.report_is_possible),
        (2, replace(REPORT, month="2026-06"), rules.report_is_possible),
        (2, replace(REPORT, month="2026-3"), rules.report_is_possible),
        (2, replace(REPORT, n_users=-1), rules.report_is_possible),
        (4, replace(REPORT, n_users=42), rules.month_is_not_reported_yet),
    ],
)
def test_what_cannot_be_is_refused(n_before: int, command: Any, rule: Any) -> None:
    given(SERVICE, *COURSE[:n_before]).when(command).then_refused_by(rule)


@all_cases(st.lists(st.sampled_from(COMMANDS), max_size=8))
def test_the_laws_hold(commands: list[Any]) -> None:
    assert_laws(SERVICE, commands)
    assert_evolve_is_total(SERVICE, run(SERVICE, commands))


class OneService:
    """A service that was opened and extended, as its fact has it."""

    def rows(self, _fact: Any, _columns: Any, _labs: Any) -> list[tuple[Any, ...]]:
        """Provider, topic, district, opening, first extension."""
        return [("5b1d", "housing", "Barmen", str(FIRST), str(LATER))]


def test_s1_counts_the_opening_and_the_extension_each_on_its_day() -> None:
    cases = list(DEFINITIONS[0].cases(Facts(OneService(), TODAY)))
    assert [(case.on, case.groups["topic"]) for case in cases] == [(FIRST, "housing"), (LATER, "housing")]
