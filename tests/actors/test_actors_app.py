"""Who may do and see what in actors?"""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.actors.app import ACTORS
from services.actors.domain.lab import AdmitMember, Lab
from services.actors.domain.organisation import (
    AmendOrganisation,
    Organisation,
    RegisterOrganisation,
    ReinstateOrganisation,
    SuspendOrganisation,
    VerifyOrganisation,
)
from services.actors.domain.person import Person, RegisterPerson
from services.actors.routes.lab import member_is_registered
from services.actors.views.organisation import (
    ORGANISATIONS,
    OrganisationDocument,
    OrganisationState,
    organisation_shown,
)
from services.actors.views.person import PersonDocument, person_shown
from shared.events.actors.organisation import OrganisationRegistered
from shared.events.vocabulary import PersonContext, Sector
from shared.service.tables import Caller, CommandRoute, Role
from shared.testing.views import Holding, documents, history

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROUTES: dict[type, CommandRoute[Any, Any]] = {route.command: route for route in ACTORS.commands}
ITSELF = Caller(role=Role.ORGANISATION, actor="o1")
OTHER = Caller(role=Role.ORGANISATION, actor="o2")
COORDINATOR = Caller(role=Role.COORDINATOR, actor="c1")
COUNSELLOR = Caller(role=Role.COUNSELLOR, actor="c2")


REGISTERED = Holding({"organisations": {"o1": {"state": "registered"}}})


def test_every_command_is_routed_once_and_names_its_noun() -> None:
    assert len(ROUTES) == len(ACTORS.commands)
    for route in ACTORS.commands:
        assert f"{route.decider.name}_id" in route.command.__dataclass_fields__


def test_an_organisation_registers_itself_under_its_own_id() -> None:
    route = ROUTES[RegisterOrganisation]
    command = RegisterOrganisation(
        organisation_id="o1", name="Gute Tat e.V.", sector=Sector.NON_PROFIT, district="Barmen", at=AT
    )
    assert Role.ORGANISATION in route.roles
    assert route.derived["organisation_id"](ITSELF, Organisation()) == "o1"
    assert (ITSELF.role, ITSELF.actor) in route.parties(Organisation(), command)
    assert (OTHER.role, OTHER.actor) not in route.parties(Organisation(), command)


@pytest.mark.parametrize("command", [VerifyOrganisation, SuspendOrganisation, ReinstateOrganisation])
def test_only_coordinators_verify_and_suspend(command: type) -> None:
    assert ROUTES[command].roles == {Role.COORDINATOR}


def test_an_organisation_amends_itself_and_no_other() -> None:
    command = AmendOrganisation(
        organisation_id="o1", name="Gute Tat", sector=Sector.NON_PROFIT, district="Barmen", at=AT
    )
    assert list(ROUTES[AmendOrganisation].parties(Organisation(), command)) == [(Role.ORGANISATION, "o1")]


def test_a_person_registers_themself_under_their_own_id() -> None:
    route = ROUTES[RegisterPerson]
    caller = Caller(role=Role.PERSON, actor="p1")
    command = RegisterPerson(person_id="p1", context=PersonContext.EMPLOYMENT, at=AT)
    assert route.derived["person_id"](caller, Person()) == "p1"
    assert list(route.parties(Person(), command)) == [(Role.PERSON, "p1")]


def test_only_a_registered_organisation_becomes_a_member() -> None:
    registered = AdmitMember(lab_id="l1", organisation_id="o1", joined_on=date(2026, 3, 1), at=AT)
    unregistered = AdmitMember(lab_id="l1", organisation_id="o9", joined_on=date(2026, 3, 1), at=AT)
    assert ROUTES[AdmitMember].checks == (member_is_registered,)
    assert member_is_registered(Lab(), registered, REGISTERED)
    assert not member_is_registered(Lab(), unregistered, REGISTERED)


@pytest.mark.parametrize("state", [OrganisationState.REGISTERED, OrganisationState.SUSPENDED])
def test_an_organisation_that_is_not_verified_is_seen_by_staff_and_itself_only(
    state: OrganisationState,
) -> None:
    registered = OrganisationRegistered(name="Gute Tat e.V.", sector=Sector.NON_PROFIT, district="Barmen")
    shown = documents(ORGANISATIONS, *history("organisation-o1", registered))["o1"]
    document: OrganisationDocument = {**shown, "id": "o1", "state": state}
    assert organisation_shown(COORDINATOR, document, Holding()) == document
    assert organisation_shown(ITSELF, document, Holding()) == document
    assert organisation_shown(OTHER, document, Holding()) is None
    assert organisation_shown(None, document, Holding()) is None
    verified: OrganisationDocument = {**document, "state": OrganisationState.VERIFIED}
    assert organisation_shown(None, verified, Holding()) == verified


def test_nobody_sees_persons_of_both_halves() -> None:
    volunteer: PersonDocument = {"id": "p1", "context": PersonContext.VOLUNTEERING}
    job_seeker: PersonDocument = {"id": "p2", "context": PersonContext.EMPLOYMENT}
    for caller in (None, *(Caller(role=role, actor="a") for role in Role)):
        shown = [person_shown(caller, document, Holding()) for document in (volunteer, job_seeker)]
        assert None in shown
    assert person_shown(COORDINATOR, volunteer, Holding()) == volunteer
    assert person_shown(COUNSELLOR, job_seeker, Holding()) == job_seeker


def test_queries_filter_by_columns_that_the_view_has() -> None:
    for query in ACTORS.queries:
        assert query.view in ACTORS.views
        assert set(query.filters) | set(query.own) <= set(query.view.columns)
