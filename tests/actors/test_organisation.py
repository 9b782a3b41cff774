"""Is an organisation registered once, verified by somebody, and suspended without losing what it was?"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given as all_cases
from hypothesis import strategies as st

from services.actors.domain import organisation as rules
from services.actors.domain.organisation import (
    ORGANISATION,
    AmendOrganisation,
    RegisterOrganisation,
    ReinstateOrganisation,
    SuspendOrganisation,
    VerifyOrganisation,
)
from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationCheckReopened,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.events.vocabulary import Sector
from shared.testing.laws import assert_evolve_is_total, assert_laws, run
from shared.testing.sentences import given
from shared.testing.strategies import any_of

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
REGISTER = RegisterOrganisation(
    organisation_id="o1",
    name="Gute Tat e.V.",
    sector=Sector.NON_PROFIT,
    district="Barmen",
    charitable=True,
    at=AT,
)
REGISTERED = OrganisationRegistered(
    name="Gute Tat e.V.", sector=Sector.NON_PROFIT, district="Barmen", charitable=True
)
AMEND = AmendOrganisation(
    organisation_id="o1", name="Gute Tat gGmbH", sector=Sector.NON_PROFIT, district="Elberfeld", at=AT
)
AMENDED = OrganisationAmended(name="Gute Tat gGmbH", sector=Sector.NON_PROFIT, district="Elberfeld")
VERIFY = VerifyOrganisation(organisation_id="o1", at=AT)
SUSPEND = SuspendOrganisation(organisation_id="o1", at=AT)
REINSTATE = ReinstateOrganisation(organisation_id="o1", at=AT)


def test_a_new_organisation_is_registered_with_what_it_said() -> None:
    given(ORGANISATION).when(REGISTER).then(REGISTERED)


def test_registering_again_in_the_same_words_stays_quiet() -> None:
    given(ORGANISATION, REGISTERED).when(REGISTER).then_nothing_happened()


def test_another_organisation_under_the_same_id_is_refused() -> None:
    other = replace(REGISTER, name="Anders GmbH", sector=Sector.COMPANY)
    given(ORGANISATION, REGISTERED).when(other).then_refused_by(rules.organisation_is_not_registered_yet)


@pytest.mark.parametrize(
    "words", [{"name": "  "}, {"district": ""}, {"name": "x" * 201}, {"legal_form": "x" * 201}]
)
def test_names_that_say_nothing_or_too_much_are_refused(words: dict[str, Any]) -> None:
    given(ORGANISATION).when(replace(REGISTER, **words)).then_refused_by(rules.name_and_district_are_given)
    amend = replace(AMEND, **words)
    given(ORGANISATION, REGISTERED).when(amend).then_refused_by(rules.name_and_district_are_given)


def test_a_registered_organisation_is_verified_once() -> None:
    given(ORGANISATION, REGISTERED).when(VERIFY).then(OrganisationVerified())
    given(ORGANISATION, REGISTERED, OrganisationVerified()).when(VERIFY).then_nothing_happened()


def test_a_suspended_organisation_is_not_verified() -> None:
    suspended = given(ORGANISATION, REGISTERED, OrganisationSuspended())
    suspended.when(VERIFY).then_refused_by(rules.organisation_is_not_suspended)


def test_amending_replaces_the_whole_description() -> None:
    given(ORGANISATION, REGISTERED).when(AMEND).then(AMENDED)


@pytest.mark.parametrize(
    "words",
    [
        {"name": "Jugendamt der Stadt Wuppertal"},
        {"sector": Sector.PUBLIC_BODY},
        {"legal_form": "Stiftung"},
        {"charitable": None},
    ],
)
def test_a_check_holds_for_what_was_checked(words: dict[str, Any]) -> None:
    same = {"name": "Gute Tat e.V.", "sector": Sector.NON_PROFIT, "district": "Elberfeld", "charitable": True}
    amended = OrganisationAmended(**{**same, **words})
    amend = AmendOrganisation(organisation_id="o1", at=AT, **{**same, **words})
    verified = (REGISTERED, OrganisationVerified())
    given(ORGANISATION, *verified).when(amend).then(OrganisationCheckReopened(), amended)
    changed = (*verified, OrganisationCheckReopened(), amended)
    given(ORGANISATION, *changed).when(amend).then_nothing_happened()
    given(ORGANISATION, *changed).when(VERIFY).then(OrganisationVerified())
    given(ORGANISATION, REGISTERED).when(amend).then(amended)


def test_a_verified_organisation_that_moves_stays_verified() -> None:
    same = {"name": "Gute Tat e.V.", "sector": Sector.NON_PROFIT, "charitable": True, "district": "Vohwinkel"}
    amend = AmendOrganisation(organisation_id="o1", at=AT, **same)  # type: ignore[arg-type]  # the fields of both
    moved = OrganisationAmended(**same)  # type: ignore[arg-type]  # the fields of both
    given(ORGANISATION, REGISTERED, OrganisationVerified()).when(amend).then(moved)


def test_amending_to_what_is_known_stays_quiet() -> None:
    given(ORGANISATION, REGISTERED, AMENDED).when(AMEND).then_nothing_happened()


def test_a_suspension_is_over_when_reinstated_and_verification_remains() -> None:
    verified = (REGISTERED, OrganisationVerified())
    given(ORGANISATION, *verified).when(SUSPEND).then(OrganisationSuspended())
    given(ORGANISATION, *verified, OrganisationSuspended()).when(SUSPEND).then_nothing_happened()
    given(ORGANISATION, *verified, OrganisationSuspended()).when(REINSTATE).then(OrganisationReinstated())
    back = (*verified, OrganisationSuspended(), OrganisationReinstated())
    given(ORGANISATION, *back).when(REINSTATE).then_nothing_happened()
    given(ORGANISATION, *back).when(VERIFY).then_nothing_happened()


@pytest.mark.parametrize("command", [VERIFY, AMEND, SUSPEND, REINSTATE])
def test_nothing_happens_to_an_organisation_that_nobody_registered(command: object) -> None:
    given(ORGANISATION).when(command).then_refused_by(rules.organisation_is_registered)


COMMANDS = any_of(
    RegisterOrganisation,
    VerifyOrganisation,
    AmendOrganisation,
    SuspendOrganisation,
    ReinstateOrganisation,
    name=st.sampled_from(["Gute Tat e.V.", "Andere Tat e.V.", ""]),
)


@all_cases(st.lists(COMMANDS, max_size=12))
def test_the_laws_hold(commands: list[object]) -> None:
    assert_laws(ORGANISATION, commands, asks=(ReinstateOrganisation,))
    assert_evolve_is_total(ORGANISATION, run(ORGANISATION, commands))


@all_cases(st.lists(COMMANDS, max_size=12), COMMANDS)
def test_what_has_just_been_done_is_not_done_again(commands: list[object], last: object) -> None:
    stream = run(ORGANISATION, [*commands, last])
    assert run(ORGANISATION, [*commands, last, last]) == stream
