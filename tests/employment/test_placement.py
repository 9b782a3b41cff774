"""Does a placement go from proposal to first working day as its rules say?"""

from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.employment.domain import placement as rules
from services.employment.domain.placement import PLACEMENT, ProposePlacement, ProposePlacementOfMatch
from shared.events.employment.placement import PlacementNotProposed
from shared.events.vocabulary import EndReason, WorkForm
from shared.kernel.refusal import sentence_of
from shared.testing.sentences import given
from tests.employment.story import Story


def test_a_placement_is_proposed_once(story: Story) -> None:
    given(PLACEMENT).when(story.propose).then(story.proposed)
    given(PLACEMENT, story.proposed).when(story.propose).then_nothing_happened()
    other = replace(story.propose, match_id="m2")
    given(PLACEMENT, story.proposed).when(other).then_refused_by(rules.placement_is_new)


def of_match(propose: ProposePlacement, **fields: Any) -> ProposePlacementOfMatch:
    """The same proposal, as the reaction to the match sends it."""
    return ProposePlacementOfMatch(**{**asdict(propose), **fields})


def not_proposed(rule: Any, match_id: str = "m1") -> PlacementNotProposed:
    """The event that names this rule."""
    return PlacementNotProposed(
        match_id=match_id,
        offer_id="of1",
        search_id="s1",
        rule=rule.__name__,
        sentence=sentence_of(rule),
    )


def test_a_match_is_proposed_like_a_placement_by_hand(story: Story) -> None:
    given(PLACEMENT).when(of_match(story.propose)).then(story.proposed)
    given(PLACEMENT, story.proposed).when(of_match(story.propose)).then_nothing_happened()


def test_the_event_names_the_rule_that_forbids_the_placement_of_a_match(story: Story) -> None:
    too_long = of_match(story.propose, hours_per_week=Decimal("60.5"))
    forbidden = not_proposed(rules.hours_are_possible)
    given(PLACEMENT).when(too_long).then(forbidden)
    given(PLACEMENT, forbidden).when(too_long).then_nothing_happened()
    other = of_match(story.propose, match_id="m2")
    taken = not_proposed(rules.placement_is_new, match_id="m2")
    given(PLACEMENT, story.proposed).when(other).then(taken)


def test_a_placement_that_was_not_proposed_may_be_proposed_by_hand(story: Story) -> None:
    given(PLACEMENT, not_proposed(rules.term_is_possible)).when(story.propose).then(story.proposed)


def test_a_proposed_placement_is_declined_and_frees_offer_and_search(story: Story) -> None:
    given(PLACEMENT, story.proposed).when(story.decline).then(story.declined)
    given(PLACEMENT, story.proposed, story.declined).when(story.decline).then_nothing_happened()
    other = replace(story.decline, reason=EndReason.OTHER)
    declined = given(PLACEMENT, story.proposed, story.declined)
    declined.when(other).then_refused_by(rules.placement_waits_for_a_contract)


def test_a_contracted_placement_is_not_declined_any_more(story: Story) -> None:
    contracted = given(PLACEMENT, story.proposed, story.contracted)
    contracted.when(story.decline).then_refused_by(rules.placement_waits_for_a_contract)


def test_a_placement_is_contracted_once(story: Story) -> None:
    given(PLACEMENT, story.proposed).when(story.contract).then(story.contracted)
    given(PLACEMENT, story.proposed, story.contracted).when(story.contract).then_nothing_happened()
    other = replace(story.contract, term_months=12)
    contracted = given(PLACEMENT, story.proposed, story.contracted)
    contracted.when(other).then_refused_by(rules.placement_waits_for_a_contract)


def test_a_declined_placement_is_not_contracted(story: Story) -> None:
    declined = given(PLACEMENT, story.proposed, story.declined)
    declined.when(story.contract).then_refused_by(rules.placement_waits_for_a_contract)


def test_a_contract_is_not_from_the_future(story: Story) -> None:
    tomorrow = replace(story.contract, contracted_on=date(2026, 3, 3))
    given(PLACEMENT, story.proposed).when(tomorrow).then_refused_by(rules.contract_is_not_from_the_future)


def test_a_contract_may_be_signed_and_a_placement_start_on_the_very_day(story: Story) -> None:
    today = date(2026, 3, 2)
    contracted = replace(story.contracted, contracted_on=today)
    given(PLACEMENT, story.proposed).when(replace(story.contract, contracted_on=today)).then(contracted)
    started = replace(story.started, started_on=today)
    given(PLACEMENT, story.proposed, contracted).when(replace(story.start, started_on=today)).then(started)


def test_a_contract_may_begin_in_the_future(story: Story) -> None:
    later = replace(story.contract, starts_on=date(2026, 9, 1))
    contracted = replace(story.contracted, starts_on=date(2026, 9, 1))
    given(PLACEMENT, story.proposed).when(later).then(contracted)


@pytest.mark.parametrize("hours", ["0", "-1", "60.5", "NaN", "Infinity", "1.00001"])
def test_hours_a_week_are_possible(story: Story, hours: str) -> None:
    contract = replace(story.contract, hours_per_week=Decimal(hours))
    given(PLACEMENT, story.proposed).when(contract).then_refused_by(rules.hours_are_possible)
    propose = replace(story.propose, hours_per_week=Decimal(hours))
    given(PLACEMENT).when(propose).then_refused_by(rules.hours_are_possible)


@pytest.mark.parametrize(("hours", "months"), [("60", 1), ("0.0001", 600), ("38.25", None)])
def test_hours_and_term_reach_to_their_limits(story: Story, hours: str, months: int | None) -> None:
    terms: dict[str, Any] = {"hours_per_week": Decimal(hours), "term_months": months}
    contracted = replace(story.contracted, **terms)
    given(PLACEMENT, story.proposed).when(replace(story.contract, **terms)).then(contracted)
    given(PLACEMENT).when(replace(story.propose, **terms)).then(replace(story.proposed, **terms))


@pytest.mark.parametrize("months", [0, -3, 601])
def test_a_term_is_possible(story: Story, months: int) -> None:
    contract = replace(story.contract, term_months=months)
    given(PLACEMENT, story.proposed).when(contract).then_refused_by(rules.term_is_possible)
    given(PLACEMENT).when(replace(story.propose, term_months=months)).then_refused_by(rules.term_is_possible)


def test_a_contracted_placement_starts_once(story: Story) -> None:
    given(PLACEMENT, story.proposed, story.contracted).when(story.start).then(story.started)
    started = given(PLACEMENT, story.proposed, story.contracted, story.started)
    started.when(story.start).then_nothing_happened()
    other = replace(story.start, started_on=date(2026, 3, 2))
    started.when(other).then_refused_by(rules.placement_is_contracted)


def test_nothing_starts_without_a_contract(story: Story) -> None:
    given(PLACEMENT, story.proposed).when(story.start).then_refused_by(rules.placement_is_contracted)


def test_nothing_starts_in_the_future(story: Story) -> None:
    tomorrow = replace(story.start, started_on=date(2026, 3, 3))
    contracted = given(PLACEMENT, story.proposed, story.contracted)
    contracted.when(tomorrow).then_refused_by(rules.start_is_not_in_the_future)


def test_never_started_is_an_end_of_its_own(story: Story) -> None:
    contracted = (story.proposed, story.contracted)
    given(PLACEMENT, *contracted).when(story.never).then(story.never_started)
    given(PLACEMENT, *contracted, story.never_started).when(story.never).then_nothing_happened()
    given(PLACEMENT, *contracted, story.never_started).when(story.start).then_refused_by(
        rules.placement_is_contracted
    )
    given(PLACEMENT, *contracted, story.started).when(story.never).then_refused_by(
        rules.placement_is_contracted
    )
    given(PLACEMENT, story.proposed).when(story.never).then_refused_by(rules.placement_is_contracted)


def entry_qualification(story: Story, **terms: Any) -> tuple[Any, Any]:
    """The proposal of an entry qualification, and a contract for it with these terms."""
    proposed = replace(story.proposed, form=WorkForm.ENTRY_QUALIFICATION, kldb="63302", term_months=6)
    return proposed, replace(story.contract, **{"term_months": 6, **terms})


@pytest.mark.parametrize(
    ("starts_on", "months"),
    [
        (date(2024, 4, 1), 4),
        (date(2024, 4, 1), 12),
        (date(2024, 3, 31), 6),
        (date(2016, 9, 1), 12),
    ],
)
def test_an_entry_qualification_lasts_as_long_as_the_law_of_its_start_allows(
    story: Story, starts_on: date, months: int
) -> None:
    proposed, contract = entry_qualification(story, starts_on=starts_on, term_months=months)
    contracted = replace(story.contracted, starts_on=starts_on, term_months=months)
    given(PLACEMENT, proposed).when(contract).then(contracted)


@pytest.mark.parametrize(
    ("starts_on", "months"),
    [
        (date(2024, 4, 1), 3),
        (date(2024, 4, 1), 13),
        (date(2024, 4, 1), None),
        (date(2024, 3, 31), 5),
        (date(2024, 3, 31), 13),
    ],
)
def test_an_entry_qualification_does_not_last_shorter_or_longer(
    story: Story, starts_on: date, months: int | None
) -> None:
    proposed, contract = entry_qualification(story, starts_on=starts_on, term_months=months)
    too_short_or_long = given(PLACEMENT, proposed).when(contract)
    too_short_or_long.then_refused_by(rules.entry_qualification_lasts_as_long_as_allowed)


def test_an_entry_qualification_that_starts_too_early_for_its_term_is_refused(story: Story) -> None:
    proposed, _ = entry_qualification(story)
    contracted = replace(story.contracted, starts_on=date(2024, 4, 1), term_months=4)
    early = replace(story.start, started_on=date(2024, 3, 28))
    given(PLACEMENT, proposed, contracted).when(early).then_refused_by(
        rules.entry_qualification_lasts_as_long_as_allowed
    )


def test_an_entry_qualification_starts_when_its_term_allows_it(story: Story) -> None:
    proposed, _ = entry_qualification(story)
    contracted = replace(story.contracted, starts_on=date(2024, 4, 1), term_months=4)
    started = replace(story.started, form=WorkForm.ENTRY_QUALIFICATION, started_on=date(2024, 4, 2))
    on_time = replace(story.start, started_on=date(2024, 4, 2))
    given(PLACEMENT, proposed, contracted).when(on_time).then(started)


def test_an_entry_qualification_has_at_least_20_hours(story: Story) -> None:
    proposed, contract = entry_qualification(story, hours_per_week=Decimal("19.9"))
    given(PLACEMENT, proposed).when(contract).then_refused_by(rules.entry_qualification_has_enough_hours)
    _, enough = entry_qualification(story, hours_per_week=Decimal(20))
    contracted = replace(story.contracted, hours_per_week=Decimal(20), term_months=6)
    given(PLACEMENT, proposed).when(enough).then(contracted)


def test_an_entry_qualification_does_not_lead_to_a_simple_task(story: Story) -> None:
    proposed, contract = entry_qualification(story)
    simple = given(PLACEMENT, replace(proposed, kldb="63301")).when(contract)
    simple.then_refused_by(rules.entry_qualification_leads_to_an_occupation)


def test_other_forms_are_free_of_its_limits(story: Story) -> None:
    short = replace(story.contract, hours_per_week=Decimal(10), term_months=1)
    contracted = replace(story.contracted, hours_per_week=Decimal(10), term_months=1)
    given(PLACEMENT, story.proposed).when(short).then(contracted)
