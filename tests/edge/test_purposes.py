"""Who opens what is sealed of whom, and for what? Every role, purpose and half, with consent and without."""

from itertools import product
from pathlib import Path

import pytest

from shared.events.vocabulary import PersonContext, Purpose
from shared.service.tables import Role
from tests.edge.door import Door

EXPECTED_WITH_CONSENT = {
    (Role.COORDINATOR, PersonContext.VOLUNTEERING): {"contact", "counselling", "recognition", "newsletter"},
    (Role.COUNSELLOR, PersonContext.EMPLOYMENT): {"contact", "counselling", "funding_proof"},
}
"""What staff may open once the person has agreed; written down here once more, so that a change is seen."""

SECRET = "Erika Beispiel"
MAY_OPEN_SLOTS = {"services/actors/custody/person.py", "shared/vault/slots.py", "shared/vault/vault.py"}


def person_who(door: Door, half: PersonContext, *, agreed: bool) -> str:
    """The id of a person of this half, who agreed to every use or to none."""
    person = f"{half}-{'agreed' if agreed else 'silent'}"
    body = {"context": half, "name": SECRET, "contact": SECRET, "birth_date": "1990-04-01"}
    assert door.send("/actors/persons", body, Role.PERSON, person).status_code == 201
    for purpose in Purpose if agreed else ():
        path = f"/actors/persons/{person}/give-consent"
        assert door.send(path, {"purpose": purpose}, Role.PERSON, person).status_code == 200
    return person


@pytest.mark.parametrize("agreed", [True, False], ids=["agreed", "silent"])
@pytest.mark.parametrize("half", PersonContext)
def test_a_role_opens_what_it_needs_and_nothing_else(door: Door, half: PersonContext, agreed: bool) -> None:
    person = person_who(door, half, agreed=agreed)
    opened = set()
    for role, purpose in product(Role, Purpose):
        answer = door.get(f"/actors/persons/{person}/personal-data?purpose={purpose}", role)
        assert answer.status_code in {200, 401, 403, 409}
        assert (SECRET in answer.text) == (answer.status_code == 200)
        if answer.status_code == 200:
            opened.add((role, str(purpose)))
    expected = {
        (role, purpose)
        for (role, works_with), purposes in EXPECTED_WITH_CONSENT.items()
        if works_with == half and agreed
        for purpose in purposes
    }
    assert opened == expected


@pytest.mark.parametrize("purpose", Purpose)
def test_a_person_opens_their_own_data_without_consent_and_for_no_other_reason(
    door: Door, purpose: Purpose
) -> None:
    person = f"own-{purpose}"
    body = {"context": "volunteering", "name": SECRET}
    assert door.send("/actors/persons", body, Role.PERSON, person).status_code == 201
    answer = door.get(f"/actors/persons/{person}/personal-data?purpose={purpose}", Role.PERSON, person)
    assert answer.status_code == (200 if purpose == Purpose.OWN_ACCESS else 409)


def test_sealed_values_are_opened_at_one_place_only() -> None:
    """What is opened elsewhere would pass by the table of roles, purposes and halves."""
    root = Path(__file__).parents[2]
    opening = {
        path.relative_to(root).as_posix()
        for folder in ("services", "shared", "deploy")
        for path in (root / folder).rglob("*.py")
        if "open_slots(" in (text := path.read_text(encoding="utf-8")) or "key_for_reading(" in text
    }
    assert opening == MAY_OPEN_SLOTS
