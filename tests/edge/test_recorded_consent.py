"""Can staff work with somebody who said yes on paper or by phone, and does the person see and end that?"""

from typing import Any

import pytest

from shared.service import clock
from shared.service.tables import Role
from tests.edge.door import Door

ENGLISH = {"Accept": "text/html", "Accept-Language": "en"}
SECRET = "Erika Beispiel"


def looked_up(door: Door, person: str, purpose: str = "contact") -> Any:
    """The coordinator looks the person up."""
    return door.get(f"/actors/persons/{person}/personal-data?purpose={purpose}", Role.COORDINATOR)


def recorded(door: Door, person: str, sender: Role = Role.COORDINATOR, /, **changed: str) -> Any:
    """A member of staff records a consent."""
    today = f"{clock.now():%Y-%m-%d}"
    body = {"purpose": "contact", "given_how": "on_paper", "given_on": today, **changed}
    return door.send(f"/actors/persons/{person}/record-consent", body, sender, "anna")


@pytest.fixture
def person(door: Door) -> str:
    """Somebody whom the coordinator has just registered by name."""
    body = {"context": "volunteering", "name": SECRET}
    answer = door.send("/actors/persons", body, Role.COORDINATOR)
    door.instance.settle()
    return str(answer.get_json()["id"])


def test_a_coordinator_sees_the_name_once_the_consent_is_recorded(door: Door, person: str) -> None:
    assert looked_up(door, person).status_code == 409
    assert recorded(door, person).get_json()["events"] == ["ConsentRecorded"]
    assert looked_up(door, person).get_json()["name"] == SECRET
    assert looked_up(door, person, "newsletter").status_code == 409, "one use, and no other"


def test_the_person_sees_how_when_and_by_whom_and_revokes_it(door: Door, person: str) -> None:
    recorded(door, person, given_how="by_phone")
    (consent,) = [
        event
        for event in door.get("/actors/own-data", Role.PERSON, person).get_json()["events"]
        if event["type"] == "ConsentRecorded"
    ]
    assert (consent["given_how"], consent["role"], consent["recorded_by"]) == (
        "by_phone",
        "coordinator",
        "anna",
    )
    form = {"token": door.token(Role.PERSON, person)}
    shown = door.ask("POST", "/actors/own-data", data=form, headers=ENGLISH).text
    assert "Staff recorded my consent" in shown
    assert "by phone" in shown
    assert "(anna)" in shown
    revoke = form | {"action": "withdraw", "purpose": "contact"}
    assert (
        "My consent was withdrawn" in door.ask("POST", "/actors/own-data", data=revoke, headers=ENGLISH).text
    )
    assert looked_up(door, person).status_code == 409


def test_what_was_said_by_phone_is_taken_back_by_phone(door: Door, person: str) -> None:
    recorded(door, person, given_how="by_phone")
    path = f"/actors/persons/{person}/withdraw-consent"
    assert door.send(path, {"purpose": "contact"}, Role.COUNSELLOR).status_code == 409
    assert door.send(path, {"purpose": "contact"}, Role.COORDINATOR).status_code == 200
    assert looked_up(door, person).status_code == 409


def test_who_recorded_it_stands_in_no_record_and_goes_with_the_person(door: Door, person: str) -> None:
    recorded(door, person)
    assert not any(b"anna" in record for record in door.records("actors"))
    assert door.send("/actors/erasures", {}, Role.PERSON, person).status_code == 201
    door.instance.settle()
    own = door.get("/actors/own-data", Role.PERSON, person).get_json()
    assert own["is_erased"] is True
    assert [event["recorded_by"] for event in own["events"] if event["type"] == "ConsentRecorded"] == [None]


@pytest.mark.parametrize(
    ("role", "changed", "status"),
    [
        (Role.COUNSELLOR, {}, 409),
        (Role.PERSON, {}, 403),
        (Role.OPERATOR, {}, 403),
        (Role.COORDINATOR, {"purpose": "own_access"}, 409),
        (Role.COORDINATOR, {"purpose": "funding_proof"}, 409),
        (Role.COORDINATOR, {"by": "bert"}, 403),
        (Role.COORDINATOR, {"role": "counsellor"}, 403),
        (Role.COORDINATOR, {"given_on": "2035-01-01"}, 409),
    ],
)
def test_a_consent_is_recorded_by_who_works_with_the_person_for_a_use_of_theirs(
    door: Door, person: str, role: Role, changed: dict[str, str], status: int
) -> None:
    assert recorded(door, person, role, **changed).status_code == status
