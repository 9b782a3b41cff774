"""Does a person see all that is kept about them, and nobody else more than a purpose allows?"""

from typing import Any

import pytest

from shared.service.tables import Role
from tests.edge.door import Door

ERIKA = {
    "context": "volunteering",
    "name": "Erika Beispiel",
    "contact": "erika@example.org",
    "birth_date": "1990-04-01",
}
PAGE = {"Accept": "text/html"}


def registered(door: Door, person: str, *agreed: str) -> str:
    """A person that is known by name and agreed to these uses."""
    assert door.send("/actors/persons", ERIKA, Role.PERSON, person).status_code == 201
    for purpose in agreed:
        path = f"/actors/persons/{person}/give-consent"
        assert door.send(path, {"purpose": purpose}, Role.PERSON, person).status_code == 200
    return person


def look(door: Door, person: str, purpose: str, role: Role, actor: str | None = None) -> Any:
    """Somebody asks for what is sealed."""
    return door.get(f"/actors/persons/{person}/personal-data?purpose={purpose}", role, actor)


def page(door: Door, **form: str) -> Any:
    """The person's page with what the form holds."""
    return door.ask("POST", "/actors/own-data", data=form, headers=PAGE)


def test_staff_read_for_a_purpose_that_the_person_agreed_to(door: Door) -> None:
    person = registered(door, "reads-1", "contact")
    shown = look(door, person, "contact", Role.COORDINATOR).get_json()
    assert shown == {
        "id": person,
        "name": ERIKA["name"],
        "contact": ERIKA["contact"],
        "birth_date": ERIKA["birth_date"],
        "is_erased": False,
    }
    refused = look(door, person, "newsletter", Role.COORDINATOR)
    assert (refused.status_code, refused.get_json()["rule"]) == (409, "person_agreed_to_this_use")


def test_every_look_is_an_event_with_role_and_purpose(door: Door) -> None:
    person = registered(door, "reads-2", "contact")
    before = len(door.records("actors"))
    look(door, person, "contact", Role.COORDINATOR)
    (record,) = door.records("actors")[before:]
    assert b'"data":{"purpose":"contact","role":"coordinator"}' in record


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.ORGANISATION, Role.OPERATOR, Role.AUDITOR, None])
def test_who_does_not_work_with_the_person_reads_nothing(door: Door, role: Role | None) -> None:
    person = registered(door, f"reads-not-{role}", "contact")
    assert look(door, person, "contact", role).status_code in {401, 403, 409}  # type: ignore[arg-type]


def test_a_person_does_not_read_another_one(door: Door) -> None:
    person = registered(door, "reads-3", "contact")
    assert look(door, person, "contact", Role.PERSON, "somebody-else").status_code == 403


def test_a_purpose_must_be_said_and_be_one(door: Door) -> None:
    person = registered(door, "reads-4")
    assert door.get(f"/actors/persons/{person}/personal-data", Role.COORDINATOR).status_code == 400
    assert look(door, person, "curiosity", Role.COORDINATOR).status_code == 422


def test_a_person_gets_all_that_is_kept_as_data(door: Door) -> None:
    person = registered(door, "own-1", "contact")
    own = door.get("/actors/own-data", Role.PERSON, person).get_json()
    assert own["personal"] == {key: ERIKA[key] for key in ("name", "contact", "birth_date")}
    assert own["consents"] == ["contact"]
    assert [event["type"] for event in own["events"]] == [
        "PersonRegistered",
        "ConsentGiven",
        "PersonDisclosed",
    ]


def test_the_page_asks_for_a_token_and_repeats_none_that_does_not_hold(door: Door) -> None:
    asked = door.get("/actors/own-data", headers=PAGE)
    assert (asked.status_code, 'name="token"' in asked.text) == (200, True)
    wrong = page(door, token="no-such-token")
    assert 'role="alert"' in wrong.text
    assert "no-such-token" not in wrong.text
    assert 'role="alert"' in page(door, token=door.token(Role.COORDINATOR)).text


def test_the_page_shows_hands_out_and_erases(door: Door) -> None:
    token = door.token(Role.PERSON, registered(door, "own-2"))
    shown = page(door, token=token)
    assert "Erika Beispiel" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    assert "Set-Cookie" not in shown.headers
    taken = page(door, token=token, action="download")
    assert "attachment" in taken.headers["Content-Disposition"]
    assert taken.get_json()["personal"]["name"] == "Erika Beispiel"
    unsure = page(door, token=token, action="erase", key="k1")
    assert "Erika Beispiel" in unsure.text
    page(door, token=token, action="erase", key="k1", sure="yes")
    door.instance.settle()
    assert "Erika Beispiel" not in page(door, token=token).text
    assert door.get("/actors/own-data", Role.PERSON, "own-2").get_json()["is_erased"] is True


def test_pressing_twice_is_one_erasure(door: Door) -> None:
    token = door.token(Role.PERSON, registered(door, "own-3"))
    for _ in range(2):
        page(door, token=token, action="erase", key="k1", sure="yes")
    door.instance.settle()
    requests = [record for record in door.records("actors") if b"ErasureRequested" in record]
    ids = {record.partition(b'"subject":"')[2].partition(b'"')[0] for record in requests}
    assert len(requests) == len(ids)
    assert sum(b"own-3" in record for record in requests) == 0


def test_an_erasure_is_followed_by_its_id(door: Door) -> None:
    person = registered(door, "own-4")
    asked = door.send("/actors/erasures", {}, Role.PERSON, person)
    assert asked.status_code == 201, asked.text
    door.instance.settle()
    shown = door.get(asked.headers["Location"], Role.OPERATOR).get_json()
    assert (shown["state"], shown["n_slots"]["actors"]) == ("completed", 3)
