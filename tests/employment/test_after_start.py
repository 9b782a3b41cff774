"""Does work go on in another form, and end, as the rules say?"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.employment.domain import placement as rules
from services.employment.domain.placement import PLACEMENT, ConvertPlacement, EndPlacement
from shared.events.employment.placement import (
    PlacementConverted,
    PlacementEnded,
)
from shared.events.vocabulary import EndReason, WorkForm
from shared.testing.sentences import Given, given
from tests.employment.story import Story

AT = datetime(2028, 6, 1, 9, tzinfo=UTC)
CONVERT = ConvertPlacement(
    placement_id="pl1", converted_on=date(2026, 9, 1), to_form=WorkForm.APPRENTICESHIP, at=AT
)
CONVERTED = PlacementConverted(converted_on=date(2026, 9, 1), to_form=WorkForm.APPRENTICESHIP)
LAST_DAY_OF_TERM = date(2028, 2, 29)
END = EndPlacement(placement_id="pl1", ended_on=date(2026, 8, 31), reason=EndReason.BY_PERSON, at=AT)
ENDED = PlacementEnded(ended_on=date(2026, 8, 31), reason=EndReason.BY_PERSON, early=True)


@pytest.fixture
def running(story: Story) -> Given:
    """A job of 24 months that began on 1 March 2026."""
    return given(PLACEMENT, story.proposed, story.contracted, story.started)


def went_on(running: Given, *events: Any) -> Given:
    """The same placement after further events."""
    return given(running.decider, *running.events, *events)


def test_a_running_placement_is_converted_once(running: Given) -> None:
    running.when(CONVERT).then(CONVERTED)
    went_on(running, CONVERTED).when(CONVERT).then_nothing_happened()


def test_a_placement_may_go_back_and_on_again_on_one_day(running: Given) -> None:
    back = replace(CONVERT, to_form=WorkForm.JOB)
    went_back = replace(CONVERTED, to_form=WorkForm.JOB)
    went_on(running, CONVERTED).when(back).then(went_back)
    went_on(running, CONVERTED, went_back).when(CONVERT).then(CONVERTED)
    went_on(running, CONVERTED, went_back, CONVERTED).when(CONVERT).then_nothing_happened()


def test_a_conversion_brings_another_form(running: Given) -> None:
    same = replace(CONVERT, to_form=WorkForm.JOB)
    running.when(same).then_refused_by(rules.form_changes)
    later = replace(CONVERT, converted_on=date(2026, 10, 1))
    went_on(running, CONVERTED).when(later).then_refused_by(rules.form_changes)


def test_work_does_not_turn_into_an_entry_qualification(running: Given) -> None:
    back = replace(CONVERT, to_form=WorkForm.ENTRY_QUALIFICATION)
    running.when(back).then_refused_by(rules.conversion_leads_onward)


@pytest.mark.parametrize("converted_on", [date(2026, 2, 28), date(2028, 6, 2)])
def test_a_conversion_lies_between_start_and_today(running: Given, converted_on: date) -> None:
    odd = replace(CONVERT, converted_on=converted_on)
    running.when(odd).then_refused_by(rules.conversion_lies_between_start_and_today)


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2028, 6, 1)])
def test_conversion_and_end_may_fall_on_the_first_day_and_on_today(running: Given, day: date) -> None:
    running.when(replace(CONVERT, converted_on=day)).then(replace(CONVERTED, converted_on=day))
    ended = replace(ENDED, ended_on=day, early=day < LAST_DAY_OF_TERM)
    running.when(replace(END, ended_on=day)).then(ended)


def test_starting_again_after_a_conversion_stays_quiet(running: Given, story: Story) -> None:
    went_on(running, CONVERTED).when(story.start).then_nothing_happened()


def test_a_running_placement_ends_once(running: Given) -> None:
    running.when(END).then(ENDED)
    went_on(running, ENDED).when(END).then_nothing_happened()
    later = replace(END, ended_on=date(2026, 9, 1))
    went_on(running, ENDED).when(later).then_refused_by(rules.placement_is_running)
    went_on(running, ENDED).when(CONVERT).then_refused_by(rules.placement_is_running)


def test_what_has_not_started_neither_ends_nor_changes(story: Story) -> None:
    contracted = given(PLACEMENT, story.proposed, story.contracted)
    contracted.when(END).then_refused_by(rules.placement_is_running)
    contracted.when(CONVERT).then_refused_by(rules.placement_is_running)


@pytest.mark.parametrize("ended_on", [date(2026, 2, 28), date(2028, 6, 2)])
def test_an_end_lies_between_start_and_today(running: Given, ended_on: date) -> None:
    running.when(replace(END, ended_on=ended_on)).then_refused_by(rules.end_lies_between_start_and_today)


def test_an_end_is_early_until_the_day_before_the_terms_last(running: Given) -> None:
    day_before = replace(END, ended_on=date(2028, 2, 28))
    running.when(day_before).then(replace(ENDED, ended_on=date(2028, 2, 28), early=True))
    last_day = replace(END, ended_on=LAST_DAY_OF_TERM)
    running.when(last_day).then(replace(ENDED, ended_on=LAST_DAY_OF_TERM, early=False))


def test_a_term_is_over_on_its_last_day_only(running: Given) -> None:
    over = replace(END, reason=EndReason.TERM_OVER, ended_on=LAST_DAY_OF_TERM)
    ended = PlacementEnded(ended_on=LAST_DAY_OF_TERM, reason=EndReason.TERM_OVER, early=False)
    running.when(over).then(ended)
    too_early = replace(over, ended_on=date(2028, 2, 28))
    running.when(too_early).then_refused_by(rules.term_is_over_only_on_its_last_day)


def test_without_a_term_nothing_ends_early(story: Story) -> None:
    unlimited = replace(story.contracted, term_months=None)
    running = given(PLACEMENT, story.proposed, unlimited, story.started)
    running.when(END).then(replace(ENDED, early=False))
    over = replace(END, reason=EndReason.TERM_OVER)
    running.when(over).then(replace(ENDED, reason=EndReason.TERM_OVER, early=False))


def test_after_a_conversion_the_old_term_counts_no_more(running: Given) -> None:
    went_on(running, CONVERTED).when(replace(END, ended_on=date(2026, 10, 1))).then(
        replace(ENDED, ended_on=date(2026, 10, 1), early=False)
    )
