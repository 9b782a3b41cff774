"""Do hours count once, and only when the host confirms them?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.marketplace.domain import hours as rules
from services.marketplace.domain.hours import HOURS, ConfirmHours, CorrectHours, DisputeHours, LogHours
from shared.events.marketplace.engagement import (
    EngagementEnded,
    EngagementStarted,
    TrialStarted,
    VolunteerHoursConfirmed,
    VolunteerHoursCorrected,
    VolunteerHoursDisputed,
    VolunteerHoursLogged,
)
from shared.events.vocabulary import CorrectionReason, EndReason
from shared.testing.sentences import given
from tests.marketplace.scenes import AT, FIRST_DAY, REFERRED

LINKS: dict[str, Any] = {"offer_id": "of1", "search_id": "s1", "match_id": "m1"}
STARTED = EngagementStarted(**LINKS, host_id="host", started_on=FIRST_DAY)
ENGAGED = (REFERRED, STARTED)
ENDED = EngagementEnded(**LINKS, ended_on=FIRST_DAY, reason=EndReason.TERM_OVER)
LOG = LogHours(engagement_id="e1", entry_id="h1", worked_on=FIRST_DAY, hours=Decimal("2.5"), at=AT)
LOGGED = VolunteerHoursLogged(entry_id="h1", worked_on=FIRST_DAY, hours=Decimal("2.5"), civic=True)
CONFIRM = ConfirmHours(engagement_id="e1", entry_id="h1", at=AT)
CONFIRMED = VolunteerHoursConfirmed(
    entry_id="h1", worked_on=FIRST_DAY, hours=Decimal("2.5"), civic=True, host_id="host"
)
DISPUTE = DisputeHours(engagement_id="e1", entry_id="h1", at=AT)
DISPUTED = VolunteerHoursDisputed(entry_id="h1")
CORRECT = CorrectHours(
    engagement_id="e1",
    entry_id="h1",
    worked_on=FIRST_DAY,
    hours=Decimal("1.5"),
    reason=CorrectionReason.TYPED_WRONG,
    at=AT,
)
CORRECTED = VolunteerHoursCorrected(
    entry_id="h1",
    corrects=4,
    reason=CorrectionReason.TYPED_WRONG,
    worked_on=FIRST_DAY,
    hours=Decimal("1.5"),
    civic=True,
)


def test_the_volunteer_logs_an_entry_once() -> None:
    given(HOURS, *ENGAGED).when(LOG).then(LOGGED)
    given(HOURS, *ENGAGED, LOGGED).when(LOG).then_nothing_happened()
    other = replace(LOG, hours=Decimal(3))
    given(HOURS, *ENGAGED, LOGGED).when(other).then_refused_by(rules.entry_is_new)


def test_hours_that_are_owed_are_told_apart() -> None:
    owed = replace(LOG, civic=False)
    given(HOURS, *ENGAGED).when(owed).then(replace(LOGGED, civic=False))
    given(HOURS, *ENGAGED, replace(LOGGED, civic=False)).when(CONFIRM).then(replace(CONFIRMED, civic=False))


@pytest.mark.parametrize("hours", ["0", "-1", "24.5", "NaN", "Infinity"])
def test_hours_are_possible(hours: str) -> None:
    given(HOURS, *ENGAGED).when(replace(LOG, hours=Decimal(hours))).then_refused_by(
        rules.hours_fit_into_a_day
    )


def test_a_day_has_24_hours_whatever_the_number_of_entries() -> None:
    long = replace(LOGGED, hours=Decimal(22))
    log_second = replace(LOG, entry_id="h2", hours=Decimal(3))
    given(HOURS, *ENGAGED, long).when(log_second).then_refused_by(rules.hours_fit_into_a_day)
    given(HOURS, *ENGAGED, long).when(replace(log_second, hours=Decimal(2))).then(
        replace(LOGGED, entry_id="h2", hours=Decimal(2))
    )
    second = replace(LOGGED, entry_id="h2", hours=Decimal(3))
    given(HOURS, *ENGAGED, long, DISPUTED).when(log_second).then(second)
    given(HOURS, *ENGAGED, long, DISPUTED, second).when(CONFIRM).then_refused_by(
        rules.confirmed_hours_fit_into_a_day
    )


@pytest.mark.parametrize("worked_on", [date(2026, 2, 28), date(2026, 3, 3)])
def test_hours_were_worked_since_the_start_and_not_in_the_future(worked_on: date) -> None:
    given(HOURS, *ENGAGED).when(replace(LOG, worked_on=worked_on)).then_refused_by(
        rules.work_was_done_while_engaged
    )


def test_hours_up_to_the_end_may_be_logged_after_it() -> None:
    given(HOURS, *ENGAGED, ENDED).when(LOG).then(LOGGED)
    after = replace(LOG, worked_on=date(2026, 3, 2))
    given(HOURS, *ENGAGED, ENDED).when(after).then_refused_by(rules.work_was_done_while_engaged)


def test_hours_belong_to_an_engagement_that_has_started() -> None:
    rule = rules.engagement_has_started
    given(HOURS, REFERRED).when(LOG).then_refused_by(rule)
    given(HOURS, REFERRED, TrialStarted(started_on=FIRST_DAY)).when(LOG).then_refused_by(rule)


def test_hours_count_when_the_host_confirms() -> None:
    given(HOURS, *ENGAGED, LOGGED).when(CONFIRM).then(CONFIRMED)
    given(HOURS, *ENGAGED, LOGGED, CONFIRMED).when(CONFIRM).then_nothing_happened()
    given(HOURS, *ENGAGED).when(CONFIRM).then_refused_by(rules.entry_was_logged)
    given(HOURS, *ENGAGED, LOGGED, ENDED).when(CONFIRM).then(CONFIRMED)


def test_the_host_may_dispute_and_later_confirm() -> None:
    given(HOURS, *ENGAGED, LOGGED).when(DISPUTE).then(DISPUTED)
    given(HOURS, *ENGAGED, LOGGED, DISPUTED).when(DISPUTE).then_nothing_happened()
    given(HOURS, *ENGAGED, LOGGED, DISPUTED).when(CONFIRM).then(CONFIRMED)
    given(HOURS, *ENGAGED).when(DISPUTE).then_refused_by(rules.entry_was_logged)
    given(HOURS, *ENGAGED, LOGGED, CONFIRMED).when(DISPUTE).then_refused_by(rules.entry_is_not_confirmed)


def test_the_host_corrects_confirmed_hours_and_the_record_names_what_no_longer_holds() -> None:
    given(HOURS, *ENGAGED, LOGGED, CONFIRMED).when(CORRECT).then(CORRECTED)
    corrected = given(HOURS, *ENGAGED, LOGGED, CONFIRMED, CORRECTED)
    corrected.when(CORRECT).then_nothing_happened()
    again = replace(CORRECT, hours=Decimal(0), reason=CorrectionReason.OBJECTION)
    taken_back = replace(CORRECTED, corrects=5, hours=Decimal(0), reason=CorrectionReason.OBJECTION)
    corrected.when(again).then(taken_back)


def test_nothing_is_corrected_that_is_recorded_just_so() -> None:
    as_it_is = replace(CORRECT, hours=LOG.hours)
    given(HOURS, *ENGAGED, LOGGED, CONFIRMED).when(as_it_is).then_refused_by(rules.something_is_corrected)
    other_reason = replace(CORRECT, reason=CorrectionReason.OTHER)
    corrected = given(HOURS, *ENGAGED, LOGGED, CONFIRMED, CORRECTED)
    corrected.when(other_reason).then_refused_by(rules.something_is_corrected)


def test_only_confirmed_hours_are_corrected() -> None:
    for events in ((LOGGED,), (LOGGED, DISPUTED)):
        given(HOURS, *ENGAGED, *events).when(CORRECT).then_refused_by(rules.entry_is_confirmed)
    given(HOURS, *ENGAGED).when(CORRECT).then_refused_by(rules.entry_was_logged)


@pytest.mark.parametrize("hours", ["-0.5", "24.5", "NaN", "Infinity"])
def test_corrected_hours_fit_into_a_day(hours: str) -> None:
    odd = replace(CORRECT, hours=Decimal(hours))
    confirmed = given(HOURS, *ENGAGED, LOGGED, CONFIRMED)
    confirmed.when(odd).then_refused_by(rules.corrected_hours_fit_into_a_day)
    whole_day = replace(CORRECT, hours=Decimal(24))
    confirmed.when(whole_day).then(replace(CORRECTED, hours=Decimal(24)))


def test_corrected_hours_were_worked_while_engaged() -> None:
    before = replace(CORRECT, worked_on=date(2026, 2, 28))
    confirmed = given(HOURS, *ENGAGED, LOGGED, CONFIRMED)
    confirmed.when(before).then_refused_by(rules.work_was_done_while_engaged)


def test_after_a_correction_its_values_hold() -> None:
    corrected = given(HOURS, *ENGAGED, LOGGED, CONFIRMED, CORRECTED)
    corrected.when(LOG).then_refused_by(rules.entry_is_new)
    corrected.when(CONFIRM).then_nothing_happened()
    corrected.when(DISPUTE).then_refused_by(rules.entry_is_not_confirmed)
    rest_of_the_day = replace(LOG, entry_id="h2", hours=Decimal("22.5"))
    corrected.when(rest_of_the_day).then(replace(LOGGED, entry_id="h2", hours=Decimal("22.5")))
