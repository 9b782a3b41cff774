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
    ORGANISATION_QUERY,
    ORGANISATIONS,
    OrganisationDocument,
    OrganisationState,
)
from services.actors.views.person import PERSON_QUERY, PERSONS, PersonDocument
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
    ask = Holding({ORGANISATIONS.name: {"o1": document}})
    assert ORGANISATION_QUERY.document_for(COORDINATOR, ask, "o1") == document
    assert ORGANISATION_QUERY.document_for(ITSELF, ask, "o1") == document
    assert ORGANISATION_QUERY.document_for(OTHER, ask, "o1") is None
    assert ORGANISATION_QUERY.document_for(None, ask, "o1") is None
    verified: OrganisationDocument = {**document, "state": OrganisationState.VERIFIED}
    assert (
        ORGANISATION_QUERY.document_for(None, Holding({ORGANISATIONS.name: {"o1": verified}}), "o1")
        == verified
    )


def test_nobody_sees_persons_of_both_halves() -> None:
    volunteer: PersonDocument = {"id": "p1", "context": PersonContext.VOLUNTEERING}
    job_seeker: PersonDocument = {"id": "p2", "context": PersonContext.EMPLOYMENT}
    ask = Holding({PERSONS.name: {"p1": volunteer, "p2": job_seeker}})
    for caller in (None, *(Caller(role=role, actor="a") for role in Role)):
        shown = [PERSON_QUERY.document_for(caller, ask, person_id) for person_id in ("p1", "p2")]
        assert None in shown
    assert PERSON_QUERY.document_for(COORDINATOR, ask, "p1") == volunteer
    assert PERSON_QUERY.document_for(COUNSELLOR, ask, "p2") == job_seeker


def test_queries_filter_by_columns_that_the_view_has() -> None:
    for query in ACTORS.queries:
        assert query.view in ACTORS.views
        assert set(query.filters) | set(query.own) <= set(query.view.columns)
