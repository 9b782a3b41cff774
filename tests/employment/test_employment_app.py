"""Who may do and see what in employment?"""

from typing import Any

import pytest

from services.employment.app import EMPLOYMENT
from services.employment.domain.placement import (
    PLACEMENT,
    Placement,
    ProposePlacement,
    StartPlacement,
)
from services.employment.domain.retention import (
    ConfirmRetention,
    DenyRetention,
    MarkRetentionDue,
    RecordRetentionUnknown,
)
from services.employment.views.placement import PLACEMENT_QUERY, PLACEMENTS, PlacementDocument
from shared.events.employment.placement import (
    PlacementEnded,
    PlacementRetentionConfirmed,
    RetentionCheckFellDue,
)
from shared.events.vocabulary import EndReason
from shared.service.tables import Caller, CommandRoute, Role
from shared.testing.views import Holding, documents, history
from tests.employment.story import Story

ROUTES: dict[type, CommandRoute[Any, Any]] = {route.command: route for route in EMPLOYMENT.commands}
EMPLOYER = Caller(role=Role.ORGANISATION, actor="o1")
STRANGER = Caller(role=Role.ORGANISATION, actor="o2")
COUNSELLOR = Caller(role=Role.COUNSELLOR, actor="c1")


@pytest.fixture
def document(story: Story) -> PlacementDocument:
    """A placement with everything that may become known of one."""
    events = (
        story.proposed,
        story.contracted,
        story.started,
        RetentionCheckFellDue(milestone=3, due_on=story.started.started_on),
        PlacementEnded(ended_on=story.started.started_on, reason=EndReason.BY_PERSON, early=True),
        PlacementRetentionConfirmed(milestone=3, same_employer=False),
    )
    return {**documents(PLACEMENTS, *history("placement-pl1", *events))["pl1"], "id": "pl1"}


def shown(caller: Caller | None, document: PlacementDocument) -> Any:
    """What a caller sees of the placement."""
    return PLACEMENT_QUERY.document_for(caller, Holding({PLACEMENTS.name: {"pl1": document}}), "pl1")


def test_every_command_is_routed_once_to_placements() -> None:
    assert len(ROUTES) == len(EMPLOYMENT.commands)
    assert {route.nouns for route in EMPLOYMENT.commands} == {"placements"}
    assert [route.command for route in EMPLOYMENT.commands if route.starts] == [ProposePlacement]


def test_employers_act_for_their_own_placements_only(story: Story) -> None:
    route = ROUTES[StartPlacement]
    placement = PLACEMENT.fold([story.proposed, story.contracted])
    assert Role.ORGANISATION in route.roles
    assert list(route.parties(placement, story.start)) == [(Role.ORGANISATION, "o1")]
    assert (EMPLOYER.role, EMPLOYER.actor) not in route.parties(Placement(), story.start)


@pytest.mark.parametrize("answer", [ConfirmRetention, DenyRetention, RecordRetentionUnknown])
def test_only_the_counsellor_answers_checks(answer: type) -> None:
    assert ROUTES[answer].roles == {Role.COUNSELLOR}


def test_nobody_calls_the_tickers_command() -> None:
    assert ROUTES[MarkRetentionDue].roles == frozenset()


def test_the_counsellor_sees_all_of_a_placement(document: PlacementDocument) -> None:
    assert shown(COUNSELLOR, document) == document


def test_the_employer_sees_neither_search_nor_reasons_nor_what_became_of_the_person(
    document: PlacementDocument,
) -> None:
    of_employer = shown(EMPLOYER, document)
    assert set(document) - set(of_employer) == {"search_id", "end_reason", "early", "retention"}
    assert of_employer["ended_on"] == document["ended_on"]


def test_nobody_else_sees_anything(document: PlacementDocument) -> None:
    others = [
        Caller(role=role, actor="o1") for role in Role if role not in {Role.COUNSELLOR, Role.ORGANISATION}
    ]
    for caller in (None, STRANGER, *others):
        assert shown(caller, document) is None


def test_no_role_of_the_volunteering_half_may_do_or_read_anything() -> None:
    for route in EMPLOYMENT.commands:
        assert Role.COORDINATOR not in route.roles
    for query in EMPLOYMENT.queries:
        assert Role.COORDINATOR not in query.roles
        assert query.roles, "a query without roles would be open to all"


def test_queries_filter_by_columns_that_the_view_has() -> None:
    for query in EMPLOYMENT.queries:
        assert query.view in EMPLOYMENT.views
        assert set(query.filters) | set(query.own) <= set(query.view.columns)
