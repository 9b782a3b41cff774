"""Are an organisation and a person with the same id two? Each reads and answers what is their own, and no more."""

from typing import Any

import pytest

from shared.events.vocabulary import PersonContext
from shared.service.tables import Role
from tests.edge.door import Door

SAME = "same-id"
NEED = {
    "kind": "exchange",
    "title": "Werkstatt gesucht",
    "category": "space_and_equipment",
    "district": "Elberfeld",
}


@pytest.fixture(scope="module")
def match(door: Door) -> dict[str, Any]:
    """A match between two organisations; a person has the id of the one that needs something."""
    offer = door.posted_offer(door.verified_organisation("gives"))
    door.verified_organisation(SAME)
    door.registered_person(SAME, PersonContext.VOLUNTEERING)
    posted = door.send("/marketplace/needs", {"terms": NEED}, Role.ORGANISATION, SAME)
    assert posted.status_code == 201, posted.text
    door.instance.settle()
    (proposed_match,) = door.get(
        f"/marketplace/matches?offer_id={offer}", Role.ORGANISATION, SAME
    ).get_json()["items"]
    proposed: dict[str, Any] = proposed_match
    return proposed


def test_a_person_does_not_read_the_match_of_the_organisation(door: Door, match: dict[str, Any]) -> None:
    assert door.get("/marketplace/matches", Role.PERSON, SAME).get_json()["items"] == []
    assert door.get(f"/marketplace/matches/{match['id']}", Role.PERSON, SAME).status_code == 404


@pytest.mark.parametrize("command", ["accept-match", "decline-match"])
def test_a_person_does_not_answer_for_the_organisation(
    door: Door, match: dict[str, Any], command: str
) -> None:
    path = f"/marketplace/offers/{match['offer_id']}/{command}"
    body = {"match_id": match["id"]} | ({"reason": "no_capacity"} if command == "decline-match" else {})
    assert door.send(path, body, Role.PERSON, SAME).status_code in {403, 422}
    shown = door.get(f"/marketplace/matches/{match['id']}", Role.ORGANISATION, SAME).get_json()
    assert (shown["status"], shown["accepted_by"]) == ("proposed", [])


def test_the_suspension_of_an_organisation_stops_no_person(door: Door, match: dict[str, Any]) -> None:
    del match
    host = door.verified_organisation("host")
    terms = {"kind": "volunteering", "volunteering": {"form": "regular", "hours_per_week": "3"}}
    offer = door.posted_offer(host, **terms)
    assert door.send(f"/marketplace/offers/{offer}/check-offer", {}, Role.COORDINATOR).status_code == 200
    search = {
        "kind": "volunteering",
        "hours": "under_5",
        "distance": "city",
        "from_month": "2026-12",
        "category": "space_and_equipment",
    }
    answer = door.send("/marketplace/searches", {"terms": search}, Role.PERSON, SAME)
    assert answer.status_code == 201, answer.text
    door.instance.settle()
    (persons_match,) = door.get("/marketplace/matches", Role.PERSON, SAME).get_json()["items"]
    assert door.get(f"/marketplace/matches/{persons_match['id']}", Role.ORGANISATION, SAME).status_code == 404
    suspended = f"/actors/organisations/{SAME}/suspend-organisation"
    assert door.send(suspended, {}, Role.COORDINATOR).status_code == 200
    door.instance.settle()
    accept = f"/marketplace/offers/{offer}/accept-match"
    accepted = door.send(accept, {"match_id": persons_match["id"]}, Role.PERSON, SAME)
    assert accepted.status_code == 200, accepted.text
    another = door.posted_offer(host, **terms)
    assert door.send(f"/marketplace/offers/{another}/check-offer", {}, Role.COORDINATOR).status_code == 200
    door.instance.settle()
    proposed = door.get("/marketplace/matches", Role.PERSON, SAME).get_json()["items"]
    assert {shown["offer_id"] for shown in proposed} == {offer, another}
