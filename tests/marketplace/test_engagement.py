"""Does a volunteer go from referral to the last day as the rules say?"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.marketplace.domain import engagement as rules
from services.marketplace.domain.engagement import (
    ENGAGEMENT,
    DeclineReferral,
    EndEngagement,
    EndTrial,
    ReferVolunteer,
    StartEngagement,
    StartTrial,
)
from shared.events.marketplace.engagement import (
    EngagementEnded,
    EngagementStarted,
    ReferralDeclined,
    TrialEnded,
    TrialStarted,
)
from shared.events.vocabulary import EndReason, VolunteeringForm
from shared.testing.sentences import given
from tests.marketplace.scenes import AT, FIRST_DAY, REFERRED

TODAY, TOMORROW = date(2026, 3, 2), date(2026, 3, 3)
LINKS: dict[str, Any] = {"offer_id": "of1", "search_id": "s1", "match_id": "m1"}
REFER = ReferVolunteer(
    engagement_id="e1", **LINKS, person_id="person", host_id="host", form=VolunteeringForm.REGULAR, at=AT
)
DECLINE = DeclineReferral(engagement_id="e1", at=AT)
DECLINED = ReferralDeclined(**LINKS)
TRY = StartTrial(engagement_id="e1", started_on=FIRST_DAY, at=AT)
ON_TRIAL = TrialStarted(started_on=FIRST_DAY)
END_TRIAL = EndTrial(engagement_id="e1", ended_on=TODAY, reason=EndReason.DID_NOT_FIT, at=AT)
NOT_PLACED = TrialEnded(**LINKS, ended_on=TODAY, reason=EndReason.DID_NOT_FIT)
START = StartEngagement(engagement_id="e1", started_on=FIRST_DAY, at=AT)
STARTED = EngagementStarted(**LINKS, host_id="host", started_on=FIRST_DAY)
END = EndEngagement(engagement_id="e1", ended_on=TODAY, reason=EndReason.BY_PERSON, at=AT)
ENDED = EngagementEnded(**LINKS, ended_on=TODAY, reason=EndReason.BY_PERSON)


def test_a_volunteer_is_referred_once() -> None:
    given(ENGAGEMENT).when(REFER).then(REFERRED)
    given(ENGAGEMENT, REFERRED).when(REFER).then_nothing_happened()


def test_a_referral_may_come_to_nothing() -> None:
    given(ENGAGEMENT, REFERRED).when(DECLINE).then(DECLINED)
    given(ENGAGEMENT, REFERRED, DECLINED).when(DECLINE).then_nothing_happened()
    given(ENGAGEMENT, REFERRED, ON_TRIAL).when(DECLINE).then_refused_by(rules.volunteer_was_referred)
    given(ENGAGEMENT, REFERRED, STARTED, ENDED).when(DECLINE).then_refused_by(rules.volunteer_was_referred)
    given(ENGAGEMENT).when(DECLINE).then_refused_by(rules.volunteer_was_referred)


def test_a_referred_volunteer_tries_the_work() -> None:
    given(ENGAGEMENT, REFERRED).when(TRY).then(ON_TRIAL)
    given(ENGAGEMENT, REFERRED, ON_TRIAL).when(TRY).then_nothing_happened()
    given(ENGAGEMENT, REFERRED, DECLINED).when(TRY).then_refused_by(rules.volunteer_was_referred)
    given(ENGAGEMENT, REFERRED, STARTED).when(TRY).then_refused_by(rules.volunteer_was_referred)


def test_a_trial_may_end_without_an_engagement() -> None:
    given(ENGAGEMENT, REFERRED, ON_TRIAL).when(END_TRIAL).then(NOT_PLACED)
    given(ENGAGEMENT, REFERRED, ON_TRIAL, NOT_PLACED).when(END_TRIAL).then_nothing_happened()
    given(ENGAGEMENT, REFERRED).when(END_TRIAL).then_refused_by(rules.trial_is_under_way)
    given(ENGAGEMENT, REFERRED, DECLINED).when(END_TRIAL).then_refused_by(rules.trial_is_under_way)
    given(ENGAGEMENT, REFERRED, ON_TRIAL, STARTED).when(END_TRIAL).then_refused_by(rules.trial_is_under_way)


@pytest.mark.parametrize("before", [(REFERRED,), (REFERRED, ON_TRIAL)])
def test_an_engagement_starts_with_or_without_a_trial(before: tuple[Any, ...]) -> None:
    given(ENGAGEMENT, *before).when(START).then(STARTED)
    given(ENGAGEMENT, *before, STARTED).when(START).then_nothing_happened()


def test_what_is_over_does_not_start() -> None:
    rule = rules.volunteer_was_referred_or_is_on_trial
    given(ENGAGEMENT).when(START).then_refused_by(rule)
    given(ENGAGEMENT, REFERRED, DECLINED).when(START).then_refused_by(rule)
    given(ENGAGEMENT, REFERRED, ON_TRIAL, NOT_PLACED).when(START).then_refused_by(rule)
    again = replace(START, started_on=TODAY)
    given(ENGAGEMENT, REFERRED, STARTED, ENDED).when(again).then_refused_by(rules.start_is_not_recorded_yet)


def test_an_engagement_does_not_start_before_its_trial() -> None:
    later = TrialStarted(started_on=TODAY)
    given(ENGAGEMENT, REFERRED, later).when(START).then_refused_by(
        rules.engagement_does_not_start_before_its_trial
    )


def test_nothing_starts_in_the_future_but_the_citys_day_counts() -> None:
    for command in (TRY, START):
        tomorrow = replace(command, started_on=TOMORROW)
        given(ENGAGEMENT, REFERRED).when(tomorrow).then_refused_by(rules.start_is_not_in_the_future)
    after_midnight = replace(START, started_on=TOMORROW, at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    given(ENGAGEMENT, REFERRED).when(after_midnight).then(replace(STARTED, started_on=TOMORROW))


def test_an_engagement_ends_once() -> None:
    given(ENGAGEMENT, REFERRED, STARTED).when(END).then(ENDED)
    given(ENGAGEMENT, REFERRED, STARTED, ENDED).when(END).then_nothing_happened()
    given(ENGAGEMENT, REFERRED).when(END).then_refused_by(rules.engagement_is_under_way)
    given(ENGAGEMENT, REFERRED, DECLINED).when(END).then_refused_by(rules.engagement_is_under_way)


@pytest.mark.parametrize("ended_on", [date(2026, 2, 28), TOMORROW])
def test_an_end_lies_between_start_and_today(ended_on: date) -> None:
    rule = rules.end_is_between_start_and_today
    given(ENGAGEMENT, REFERRED, STARTED).when(replace(END, ended_on=ended_on)).then_refused_by(rule)
    given(ENGAGEMENT, REFERRED, ON_TRIAL).when(replace(END_TRIAL, ended_on=ended_on)).then_refused_by(rule)


def test_what_ends_on_its_first_day_ends() -> None:
    given(ENGAGEMENT, REFERRED, STARTED).when(replace(END, ended_on=FIRST_DAY)).then(
        replace(ENDED, ended_on=FIRST_DAY)
    )
