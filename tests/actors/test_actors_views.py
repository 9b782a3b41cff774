"""Do the views show organisations, persons and labs as they are now?"""

from datetime import date
from decimal import Decimal

from services.actors.views.lab import LABS
from services.actors.views.organisation import ORGANISATIONS
from services.actors.views.person import PERSONS
from shared.events.actors.lab import (
    LabClosed,
    LabEstablished,
    LabMandateDefined,
    LabMemberAdmitted,
    LabMemberReleased,
    LabPhaseEntered,
)
from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationCheckReopened,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.events.actors.person import PersonRegistered
from shared.events.vocabulary import LabPhase, PersonContext, Sector
from shared.testing.views import documents, history

REGISTERED = OrganisationRegistered(name="Gute Tat e.V.", sector=Sector.NON_PROFIT, district="Barmen")
AMENDED = OrganisationAmended(
    name="Gute Tat gGmbH", sector=Sector.NON_PROFIT, district="Elberfeld", charitable=True
)
ESTABLISHED = LabEstablished(name="KoSI-Lab", begins_on=date(2016, 6, 1), budget=Decimal("998000.00"))
JOINED = date(2016, 7, 1)


def test_an_organisation_is_shown_as_it_was_last_described() -> None:
    shown = documents(ORGANISATIONS, *history("organisation-o1", REGISTERED, OrganisationVerified(), AMENDED))
    assert shown == {
        "o1": {
            "name": "Gute Tat gGmbH",
            "sector": "non_profit",
            "district": "Elberfeld",
            "legal_form": None,
            "charitable": True,
            "verified": True,
            "changed": False,
            "suspended": False,
            "state": "verified",
        }
    }


def test_a_suspension_hides_and_gives_back_what_was() -> None:
    events = history(
        "organisation-o1",
        REGISTERED,
        OrganisationVerified(),
        OrganisationSuspended(),
        OrganisationReinstated(),
        OrganisationCheckReopened(),
        OrganisationVerified(),
    )
    states = [documents(ORGANISATIONS, *events[:n])["o1"]["state"] for n in range(1, 7)]
    assert states == ["registered", "verified", "suspended", "verified", "changed", "verified"]


def test_organisations_are_found_by_state_sector_and_district() -> None:
    document = documents(ORGANISATIONS, *history("organisation-o1", REGISTERED))["o1"]
    values = {name: column(document) for name, column in ORGANISATIONS.columns.items()}
    assert values == {"state": "registered", "sector": "non_profit", "district": "Barmen"}


def test_of_a_person_nothing_but_the_context_is_shown() -> None:
    events = history("person-p1", PersonRegistered(context=PersonContext.EMPLOYMENT))
    assert documents(PERSONS, *events) == {"p1": {"context": "employment"}}


def test_a_lab_is_shown_with_its_members_of_today() -> None:
    events = history(
        "lab-l1",
        ESTABLISHED,
        LabMandateDefined(mandate="Ein Labor"),
        LabMemberAdmitted(organisation_id="o1", joined_on=JOINED),
        LabMemberAdmitted(organisation_id="o2", joined_on=JOINED),
        LabMemberReleased(organisation_id="o1", left_on=date(2017, 1, 1)),
        LabPhaseEntered(phase=LabPhase.CONCEPT),
    )
    assert documents(LABS, *events) == {
        "l1": {
            "name": "KoSI-Lab",
            "begins_on": "2016-06-01",
            "ends_on": None,
            "funding_ref": None,
            "budget": "998000.00",
            "mandate": "Ein Labor",
            "phase": "concept",
            "state": "active",
            "members": [{"organisation_id": "o2", "joined_on": "2016-07-01"}],
        }
    }


def test_a_lab_is_established_then_active_then_closed() -> None:
    events = history("lab-l1", ESTABLISHED, LabPhaseEntered(phase=LabPhase.TEST), LabClosed())
    states = [documents(LABS, *events[:n])["l1"]["state"] for n in range(1, 4)]
    assert states == ["established", "active", "closed"]
