"""Do the laws of a decider, and the placement's own, hold for whatever commands come?"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given as all_cases
from hypothesis import strategies as st

from services.employment.domain.placement import (
    PLACEMENT,
    ContractPlacement,
    ConvertPlacement,
    DeclinePlacement,
    EndPlacement,
    ProposePlacement,
    ProposePlacementOfMatch,
    ReportNeverStarted,
    Stage,
    StartPlacement,
)
from services.employment.domain.retention import (
    ConfirmRetention,
    CorrectRetention,
    DenyRetention,
    MarkRetentionDue,
    RecordRetentionUnknown,
)
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementDeclined,
    PlacementEnded,
    PlacementNeverStarted,
    PlacementProposed,
    PlacementRetentionConfirmed,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    PlacementStarted,
    RetentionCheckFellDue,
)
from shared.events.vocabulary import WorkForm
from shared.testing.laws import assert_evolve_is_total, assert_laws, run
from shared.testing.strategies import any_of

EVENTS_IN_ORDER = (PlacementProposed, PlacementContracted, PlacementStarted, PlacementEnded)
ANSWERS = (PlacementRetentionConfirmed, PlacementRetentionDenied, PlacementRetentionUnknown)
DATES = st.sampled_from([date(2024, 3, 31), date(2024, 4, 1), date(2024, 7, 15), date(2025, 4, 1)])
FEW: dict[str, st.SearchStrategy[Any]] = {
    "match_id": st.just("m1"),
    "offer_id": st.just("of1"),
    "search_id": st.just("s1"),
    "employer_id": st.just("o1"),
    "kldb": st.sampled_from([None, "63301", "63302", "x"]),
    "form": st.sampled_from([WorkForm.JOB, WorkForm.ENTRY_QUALIFICATION]),
    "hours_per_week": st.sampled_from([Decimal(20), Decimal(40), Decimal(0), Decimal("NaN")]),
    "term_months": st.sampled_from([None, 4, 6, 12, 2**70]),
    "milestone": st.sampled_from([3, 6, 12, 13]),
    "contracted_on": DATES,
    "starts_on": DATES | st.just(date.max),
    "started_on": DATES,
    "converted_on": DATES,
    "ended_on": DATES,
    "at": st.sampled_from([datetime(2024, 4, 2, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC)]),
}
BEGIN = st.tuples(
    any_of(ProposePlacement, **FEW), any_of(ContractPlacement, **FEW), any_of(StartPlacement, **FEW)
)
COMMANDS = any_of(
    ProposePlacement,
    ProposePlacementOfMatch,
    DeclinePlacement,
    ContractPlacement,
    StartPlacement,
    ReportNeverStarted,
    ConvertPlacement,
    EndPlacement,
    MarkRetentionDue,
    ConfirmRetention,
    DenyRetention,
    RecordRetentionUnknown,
    CorrectRetention,
    **FEW,
)
STORIES = st.builds(
    lambda begin, others: [*begin, *others], BEGIN, st.lists(COMMANDS, max_size=12)
) | st.lists(COMMANDS, max_size=15)


@all_cases(STORIES)
def test_the_laws_hold(commands: list[Any]) -> None:
    assert_laws(PLACEMENT, commands, asks=(MarkRetentionDue,))
    assert_evolve_is_total(PLACEMENT, run(PLACEMENT, commands))


@all_cases(STORIES, COMMANDS)
def test_what_has_just_been_done_is_not_done_again(commands: list[Any], last: Any) -> None:
    stream = run(PLACEMENT, [*commands, last])
    assert run(PLACEMENT, [*commands, last, last]) == stream


@all_cases(STORIES)
def test_a_placement_has_one_course(commands: list[Any]) -> None:
    stream = [type(event) for event in run(PLACEMENT, commands)]
    course = [kind for kind in stream if kind in EVENTS_IN_ORDER]
    assert tuple(course) == EVENTS_IN_ORDER[: len(course)]
    assert stream.count(PlacementDeclined) + stream.count(PlacementNeverStarted) <= 1
    if PlacementStarted in stream:
        assert PlacementNeverStarted not in stream
        assert PlacementDeclined not in stream


@all_cases(STORIES)
def test_every_answer_follows_its_check_and_comes_once(commands: list[Any]) -> None:
    due: list[int] = []
    answered: list[int] = []
    for event in run(PLACEMENT, commands):
        match event:
            case RetentionCheckFellDue():
                due.append(event.milestone)
            case _ if isinstance(event, ANSWERS):
                assert event.milestone in due
                answered.append(event.milestone)
    assert len(set(due)) == len(due)
    assert len(set(answered)) == len(answered)


@all_cases(STORIES)
def test_the_stage_is_what_the_last_step_says(commands: list[Any]) -> None:
    state = PLACEMENT.fold(run(PLACEMENT, commands))
    assert (state.stage == Stage.NEW) == (state.steps == ())
    assert (state.retention.started_on is None) == (state.stage not in {Stage.STARTED, Stage.ENDED})
