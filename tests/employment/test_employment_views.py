"""Do the views show placements and retention checks as they stand?"""

from dataclasses import replace
from datetime import date
from typing import Any

from services.employment.views.placement import PLACEMENTS
from services.employment.views.retention import RETENTION_CHECKS
from shared.events.employment.placement import (
    PlacementConverted,
    PlacementEnded,
    PlacementRetentionConfirmed,
    PlacementRetentionCorrected,
    PlacementRetentionDenied,
    PlacementRetentionUnknown,
    RetentionCheckFellDue,
)
from shared.events.vocabulary import CorrectionReason, EndReason, RetentionAnswer, WorkForm
from shared.testing.views import documents, history
from tests.employment.story import Story

DUE_3 = RetentionCheckFellDue(milestone=3, due_on=date(2026, 6, 1))
DUE_6 = RetentionCheckFellDue(milestone=6, due_on=date(2026, 9, 1))
PROPOSAL = {
    "match_id": "m1",
    "offer_id": "of1",
    "search_id": "s1",
    "employer_id": "o1",
    "form": "job",
    "additional": True,
    "hours_per_week": "38.5",
    "term_months": 24,
    "kldb": "63301",
    "simple_task": True,
}
CONTRACT = {"contracted_on": "2026-02-20", "starts_on": "2026-03-01"}


def shown(*events: Any) -> Any:
    """The one placement after these events."""
    return documents(PLACEMENTS, *history("placement-pl1", *events))["pl1"]


def test_a_proposed_placement_shows_what_was_offered(story: Story) -> None:
    assert shown(story.proposed) == {"state": "proposed", **PROPOSAL, "retention": {}}


def test_a_contract_replaces_hours_and_term(story: Story) -> None:
    contracted = replace(story.contracted, term_months=None)
    document = shown(story.proposed, contracted)
    assert document == {"state": "contracted", **PROPOSAL, **CONTRACT, "term_months": None, "retention": {}}


def test_a_placement_without_contract_shows_why(story: Story) -> None:
    assert shown(story.proposed, story.declined) == {
        "state": "declined",
        **PROPOSAL,
        "end_reason": "by_person",
        "retention": {},
    }


def test_never_started_shows_why(story: Story) -> None:
    document = shown(story.proposed, story.contracted, story.never_started)
    assert (document["state"], document["end_reason"]) == ("never_started", "other_place_found")


def test_a_running_placement_shows_its_start_its_form_and_its_checks(story: Story) -> None:
    converted = PlacementConverted(converted_on=date(2026, 7, 1), to_form=WorkForm.APPRENTICESHIP)
    confirmed = PlacementRetentionConfirmed(milestone=3, same_employer=True)
    document = shown(story.proposed, story.contracted, story.started, DUE_3, confirmed, converted, DUE_6)
    assert document == {
        "state": "started",
        **PROPOSAL,
        **CONTRACT,
        "started_on": "2026-03-01",
        "form": "apprenticeship",
        "converted_on": "2026-07-01",
        "term_months": None,
        "retention": {"3": {"state": "confirmed", "same_employer": True}, "6": {"state": "due"}},
    }


def test_an_ended_placement_shows_when_and_why(story: Story) -> None:
    ended = PlacementEnded(ended_on=date(2026, 8, 31), reason=EndReason.BY_HOST, early=True)
    document = shown(story.proposed, story.contracted, story.started, ended)
    end = {name: document[name] for name in ("state", "ended_on", "end_reason", "early")}
    assert end == {"state": "ended", "ended_on": "2026-08-31", "end_reason": "by_host", "early": True}


def test_placements_are_found_by_employer_offer_search_and_match(story: Story) -> None:
    document = shown(story.proposed)
    assert {name: column(document) for name, column in PLACEMENTS.columns.items()} == {
        "state": "proposed",
        "employer_id": "o1",
        "offer_id": "of1",
        "search_id": "s1",
        "match_id": "m1",
        "form": "job",
    }


CORRECTED: dict[str, Any] = {"milestone": 3, "corrects": 5, "reason": CorrectionReason.LEARNT_LATER}


def test_each_check_is_due_until_it_is_answered() -> None:
    due = {"placement_id": "pl1", "milestone": 3, "due_on": "2026-06-01", "state": "due"}
    answers: list[tuple[Any, dict[str, Any]]] = [
        (
            PlacementRetentionConfirmed(milestone=3, same_employer=False),
            {"state": "confirmed", "same_employer": False},
        ),
        (PlacementRetentionDenied(milestone=3), {"state": "denied"}),
        (PlacementRetentionUnknown(milestone=3), {"state": "unknown"}),
        *(
            (PlacementRetentionCorrected(**CORRECTED, answer=answer), fields)
            for answer, fields in (
                (RetentionAnswer.CONFIRMED, {"state": "confirmed", "same_employer": True}),
                (RetentionAnswer.CONFIRMED_ELSEWHERE, {"state": "confirmed", "same_employer": False}),
                (RetentionAnswer.DENIED, {"state": "denied"}),
                (RetentionAnswer.UNKNOWN, {"state": "unknown"}),
            )
        ),
    ]
    for answer, fields in answers:
        checks = documents(RETENTION_CHECKS, *history("placement-pl1", DUE_3, DUE_6, answer))
        assert documents(RETENTION_CHECKS, *history("placement-pl1", DUE_3)) == {"pl1-3": due}
        assert checks["pl1-3"] == {**due, **fields}
        denied = PlacementRetentionCorrected(**CORRECTED, answer=RetentionAnswer.DENIED)
        after = documents(RETENTION_CHECKS, *history("placement-pl1", DUE_3, answer, denied))
        assert after["pl1-3"] == {**due, "state": "denied"}
        assert checks["pl1-6"]["state"] == "due"
