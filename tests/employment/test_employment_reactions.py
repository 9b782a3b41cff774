"""Does a confirmed match of a work offer become a placement, and does a start set the clock?"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.employment.domain.placement import (
    PLACEMENT,
    ProposePlacementOfMatch,
    placement_id_of,
)
from services.employment.domain.retention import MarkRetentionDue
from services.employment.reactions.placement import (
    PLACEMENT_REACTIONS,
    propose_placement,
)
from services.employment.reactions.retention import RETENTION_TIMERS
from shared.events.employment.placement import RetentionCheckFellDue
from shared.events.marketplace.offer import MatchConfirmed, OfferTerms, VolunteeringTerms, WorkTerms
from shared.events.vocabulary import Category, OfferKind, VolunteeringForm, WorkForm
from shared.kernel.recorded import Recorded
from shared.testing.sentences import given
from shared.testing.views import Holding, history
from tests.employment.story import Story

WORK = OfferTerms(
    kind=OfferKind.WORK,
    title="Lagerhilfe",
    category=Category.HELPING_HANDS,
    district="Barmen",
    work=WorkTerms(
        form=WorkForm.JOB,
        hours_per_week=Decimal("38.5"),
        pay_per_hour=Decimal("14.20"),
        term_months=24,
        kldb="51311",
        additional=True,
    ),
)
MATCH = MatchConfirmed(
    match_id="m1",
    offer_id="of1",
    need_id="s1",
    is_search=True,
    offer_party="o1",
    need_party="p1",
    terms=WORK,
)


def reacted(match: MatchConfirmed) -> list[ProposePlacementOfMatch]:
    """The commands that the match leads to."""
    (event,) = history("offer-of1", match)
    return list(propose_placement(event, Holding()))


def test_a_confirmed_match_of_a_work_offer_proposes_a_placement() -> None:
    (event,) = history("offer-of1", MATCH)
    assert reacted(MATCH) == [
        ProposePlacementOfMatch(
            placement_id=placement_id_of("m1"),
            match_id="m1",
            offer_id="of1",
            search_id="s1",
            employer_id="o1",
            form=WorkForm.JOB,
            hours_per_week=Decimal("38.5"),
            term_months=24,
            kldb="51311",
            additional=True,
            at=event.time,
        )
    ]


def test_the_person_does_not_cross_over() -> None:
    (proposed,) = given(PLACEMENT).when(reacted(MATCH)[0]).events
    assert "p1" not in repr(proposed)


def test_the_same_match_meets_the_same_placement() -> None:
    (command,) = reacted(MATCH)
    (again,) = reacted(MATCH)
    assert command == again
    assert placement_id_of("m2") != command.placement_id
    events = given(PLACEMENT).when(command).events
    given(PLACEMENT, *events).when(again).then_nothing_happened()


def test_other_matches_are_no_business_of_employment() -> None:
    exchange = replace(WORK, kind=OfferKind.EXCHANGE, work=None)
    volunteering = replace(
        WORK,
        kind=OfferKind.VOLUNTEERING,
        work=None,
        volunteering=VolunteeringTerms(form=VolunteeringForm.REGULAR),
    )
    assert reacted(replace(MATCH, terms=exchange)) == []
    assert reacted(replace(MATCH, terms=volunteering)) == []


def test_the_reaction_listens_to_confirmed_matches_only() -> None:
    assert [(reaction.on, reaction.name) for reaction in PLACEMENT_REACTIONS] == [
        ((MatchConfirmed,), "propose_placement")
    ]


def started(story: Story, started_on: date) -> Recorded[Any]:
    """The start as it lies in the log."""
    (event,) = history("placement-pl1", replace(story.started, started_on=started_on))
    return event


@pytest.mark.parametrize(
    ("started_on", "due_on"),
    [
        (date(2026, 3, 1), [date(2026, 6, 1), date(2026, 9, 1), date(2027, 3, 1)]),
        (date(2025, 11, 30), [date(2026, 2, 28), date(2026, 5, 30), date(2026, 11, 30)]),
    ],
)
def test_a_start_sets_three_deadlines(story: Story, started_on: date, due_on: list[date]) -> None:
    due = [timer.due(started(story, started_on)) for timer in RETENTION_TIMERS]
    assert due == [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in due_on]
    assert [timer.kind for timer in RETENTION_TIMERS] == ["retention_3", "retention_6", "retention_12"]


def test_a_deadline_is_cleared_by_its_own_check_only() -> None:
    (event,) = history("placement-pl1", RetentionCheckFellDue(milestone=6, due_on=date(2026, 9, 1)))
    assert [timer.due(event) for timer in RETENTION_TIMERS] == [..., None, ...]


def test_what_the_ticker_sends_is_what_the_decider_takes(story: Story) -> None:
    running = given(PLACEMENT, story.proposed, story.contracted, story.started)
    for timer, milestone in zip(RETENTION_TIMERS, (3, 6, 12), strict=True):
        due_at = timer.due(started(story, story.started.started_on))
        assert isinstance(due_at, datetime)
        command = timer.command("pl1", due_at)
        assert command == MarkRetentionDue(placement_id="pl1", milestone=milestone, at=due_at)
        running.when(command).then(RetentionCheckFellDue(milestone=milestone, due_on=due_at.date()))
