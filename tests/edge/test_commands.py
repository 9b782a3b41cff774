"""What does a command answer over HTTP: what became of it, where it is, and what is wrong with it?"""

import pytest

from shared.service.tables import Role
from tests.edge.door import AN_OFFER, AN_ORGANISATION, Door


def test_a_command_that_starts_something_answers_with_its_id_and_where_it_is(door: Door) -> None:
    answer = door.send("/actors/persons", {"context": "volunteering"}, Role.COORDINATOR)
    done = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (201, "application/json")
    assert set(done) == {"id", "position", "version", "events"}
    assert (done["version"], done["events"]) == (1, ["PersonRegistered"])
    assert answer.headers["Location"] == f"/actors/persons/{done['id']}"
    assert len(door.records("actors")) == done["position"]


def test_what_starts_is_found_where_location_says(door: Door) -> None:
    where = door.send("/actors/persons", {"context": "volunteering"}, Role.COORDINATOR).headers["Location"]
    door.instance.settle()
    assert door.get(where, Role.COORDINATOR).get_json()["context"] == "volunteering"


def test_a_command_that_goes_on_answers_200_with_the_next_version(door: Door) -> None:
    door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "goes-on")
    answer = door.send("/actors/organisations/goes-on/verify-organisation", {}, Role.COORDINATOR)
    done = answer.get_json()
    assert answer.status_code == 200
    assert (done["id"], done["version"], done["events"]) == ("goes-on", 2, ["OrganisationVerified"])
    assert "Location" not in answer.headers


def test_a_repeat_that_has_taken_effect_stays_quiet(door: Door) -> None:
    door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "quiet")
    path = "/actors/organisations/quiet/verify-organisation"
    first = door.send(path, {}, Role.COORDINATOR).get_json()
    again = door.send(path, {}, Role.COORDINATOR)
    assert again.status_code == 200
    assert again.get_json() == {**first, "events": []}


def test_a_rule_that_says_no_answers_409_with_its_name_and_sentence(door: Door) -> None:
    door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "twice")
    other = AN_ORGANISATION | {"name": "Another"}
    answer = door.send("/actors/organisations", other, Role.ORGANISATION, "twice")
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert answer.get_json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "rule": "organisation_is_not_registered_yet",
        "detail": "Register an organisation once; amend it to correct what is known of it.",
    }


def test_a_rule_of_the_board_names_itself_too(door: Door) -> None:
    answer = door.send("/marketplace/offers", {"terms": AN_OFFER}, Role.ORGANISATION, "unknown-to-the-board")
    assert (answer.status_code, answer.get_json()["rule"]) == (409, "organisation_is_verified")


@pytest.mark.parametrize("noun_id", ["nobody", "0", "..x", "a" * 64])
def test_what_does_not_exist_is_not_found(door: Door, noun_id: str) -> None:
    answer = door.send(f"/actors/organisations/{noun_id}/verify-organisation", {}, Role.COORDINATOR)
    assert answer.status_code == 404


@pytest.mark.parametrize("noun_id", ["a" * 65, "%20", "a%00b", "%ED%A0%80", "ö", "a%0Ab", "'%3B--"])
def test_what_can_be_no_id_is_not_found_either(door: Door, noun_id: str) -> None:
    answer = door.send(f"/actors/organisations/{noun_id}/verify-organisation", {}, Role.COORDINATOR)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_what_belongs_to_somebody_else_is_not_touched(door: Door) -> None:
    owner, other = door.verified_organisation("owner"), door.verified_organisation("other")
    offer = door.posted_offer(owner)
    before = door.records("marketplace")
    for command in ("withdraw-offer", "confirm-offer-current"):
        answer = door.send(f"/marketplace/offers/{offer}/{command}", {}, Role.ORGANISATION, other)
        assert answer.status_code == 403
    assert door.records("marketplace") == before
    answer = door.send(f"/marketplace/offers/{offer}/withdraw-offer", {}, Role.ORGANISATION, owner)
    assert answer.status_code == 200


def test_nobody_posts_in_the_name_of_somebody_else(door: Door) -> None:
    door.verified_organisation("posting")
    body = {"terms": AN_OFFER, "organisation_id": "somebody-else"}
    answer = door.send("/marketplace/offers", body, Role.ORGANISATION, "posting")
    assert answer.status_code == 403
    assert "organisation_id" in answer.get_json()["detail"]


def test_staff_say_for_whom_they_post(door: Door) -> None:
    organisation = door.verified_organisation("posted-for")
    answer = door.send("/marketplace/offers", {"terms": AN_OFFER}, Role.COORDINATOR)
    assert answer.status_code == 400
    assert answer.get_json()["fields"] == {"organisation_id": ["is required"]}
    body = {"terms": AN_OFFER, "organisation_id": organisation}
    assert door.send("/marketplace/offers", body, Role.COORDINATOR).status_code == 201


def test_a_token_whose_actor_can_be_no_id_starts_nothing_in_its_own_name(door: Door) -> None:
    answer = door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "an actor with spaces")
    assert answer.status_code == 403


def test_who_sent_it_and_what_it_belongs_to_stand_in_the_record(door: Door) -> None:
    from shared.events.codec import decode

    done = door.send("/actors/persons", {"context": "volunteering"}, Role.COORDINATOR).get_json()
    event = decode(door.records("actors")[done["position"] - 1])
    assert event.auth_id == "coordinator"
    assert event.correlation_id


def test_a_service_that_does_not_run_here_and_a_command_that_nobody_may_send_are_not_found(
    door: Door,
) -> None:
    for path in ("/marketplace/offers/x/expire-offer", "/witness/offers", "/marketplace/offers/x/post-offer"):
        assert door.send(path, {}, Role.COORDINATOR).status_code == 404
