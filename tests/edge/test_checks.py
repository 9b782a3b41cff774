"""Does a check hold for what was checked, and does nobody say that somebody else has acted?"""

from dataclasses import fields
from typing import Any

import pytest

from deploy.services import SERVICE_TABLES
from shared.service.tables import CommandRoute, Role
from tests.edge.door import AN_OFFER, AN_ORGANISATION, Door

COMMANDS = [route for tables in SERVICE_TABLES.values() for route in tables.commands if route.roles]
WHO_ACTED = ("by", "role", "notary")
VOLUNTEERING = AN_OFFER | {
    "kind": "volunteering",
    "title": "Vorlesen",
    "volunteering": {"form": "regular", "with_minors": False},
}
AUTHORITY = {"name": "Jugendamt der Stadt Wuppertal", "sector": "public_body", "district": "Elberfeld"}
COMMITMENT = {"giver": "a", "category": "goods", "description": "Zehn Stühle"}


def checked_offer(door: Door, host: str) -> str:
    """The id of a volunteering offer that the coordinator has checked."""
    offer = door.posted_offer(door.verified_organisation(host), **VOLUNTEERING)
    assert door.send(f"/marketplace/offers/{offer}/check-offer", {}, Role.COORDINATOR).status_code == 200
    door.instance.settle()
    return offer


def draft(a: str, b: str, **more_fields: Any) -> dict[str, Any]:
    """The body that drafts an agreement."""
    commitments = {"commitments": [COMMITMENT], "reciprocity": "one_sided"}
    return {"party_a": a, "party_b": b, **commitments, **more_fields}


def ids_of(door: Door, path: str, role: Role | None = None) -> list[str]:
    """The ids that a list shows."""
    return [item["id"] for item in door.get(path, role).get_json()["items"]]


def test_a_checked_offer_that_says_something_else_is_off_the_board_and_on_the_coordinators_list(
    door: Door,
) -> None:
    offer = checked_offer(door, "host-1")
    terms = VOLUNTEERING | {"title": "Zeltlager", "volunteering": {"form": "regular", "with_minors": True}}
    answer = door.send(
        f"/marketplace/offers/{offer}/amend-offer", {"terms": terms}, Role.ORGANISATION, "host-1"
    )
    assert answer.get_json()["events"] == ["OfferCheckReopened", "OfferSubmitted"]
    door.instance.settle()
    path = f"/marketplace/offers/{offer}"
    assert door.get(path).status_code == 404
    assert door.get(path, Role.ORGANISATION, "host-1").get_json()["status"] == "submitted"
    assert offer in ids_of(door, "/marketplace/offers?status=submitted", Role.COORDINATOR)
    open_log = door.get("/marketplace/log?audience=open&limit=500", Role.DOWNSTREAM).text
    assert "OfferCheckReopened" in open_log
    assert "Zeltlager" not in open_log
    assert door.send(f"{path}/check-offer", {}, Role.COORDINATOR).status_code == 200
    door.instance.settle()
    assert door.get(path).get_json()["terms"]["title"] == "Zeltlager"


def test_a_verified_organisation_that_calls_itself_an_authority_is_checked_again(door: Door) -> None:
    offer = checked_offer(door, "host-2")
    path = "/actors/organisations/host-2"
    assert door.send(f"{path}/amend-organisation", AUTHORITY, Role.ORGANISATION, "host-2").status_code == 200
    door.instance.settle()
    assert door.get(path).status_code == 404
    assert door.get(path, Role.ORGANISATION, "host-2").get_json()["state"] == "changed"
    assert "host-2" in ids_of(door, "/actors/organisations?state=changed", Role.COORDINATOR)
    assert door.get(f"/marketplace/offers/{offer}").status_code == 404
    refused = door.send("/marketplace/offers", {"terms": AN_OFFER}, Role.ORGANISATION, "host-2")
    assert refused.get_json()["rule"] == "organisation_is_verified"
    service = {"name": "Beratung", "topic": "family_and_youth", "district": "Elberfeld"}
    refused = door.send("/actors/social-services", service, Role.ORGANISATION, "host-2")
    assert refused.get_json()["rule"] == "provider_is_verified"
    assert door.send(f"{path}/verify-organisation", {}, Role.COORDINATOR).status_code == 200
    door.instance.settle()
    assert door.get(path).get_json()["name"] == AUTHORITY["name"]
    assert door.get(f"/marketplace/offers/{offer}").status_code == 200


def test_an_unverified_organisation_drafts_nothing(door: Door) -> None:
    other = door.verified_organisation("other-1")
    assert (
        door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "unknown-1").status_code == 201
    )
    door.instance.settle()
    refused = door.send("/marketplace/agreements", draft("unknown-1", other), Role.ORGANISATION, "unknown-1")
    assert refused.get_json()["rule"] == "parties_are_verified"
    claimed = draft("unknown-1", other, match_id="m1", offer_id="of1", need_id="n1")
    refused = door.send("/marketplace/agreements", claimed, Role.ORGANISATION, "unknown-1")
    assert refused.get_json()["rule"] == "match_leads_to_one_agreement"


@pytest.mark.parametrize(
    ("role", "initiated_by"),
    [(Role.ORGANISATION, "party"), (Role.BROKER, "broker"), (Role.COORDINATOR, "lab")],
)
def test_who_began_an_agreement_follows_from_the_caller(door: Door, role: Role, initiated_by: str) -> None:
    a, b = door.verified_organisation(f"a-{role}"), door.verified_organisation(f"b-{role}")
    actor = a if role == Role.ORGANISATION else None
    for claimed in {"party", "broker", "lab"} - {initiated_by}:
        body = draft(a, b, initiated_by=claimed)
        assert door.send("/marketplace/agreements", body, role, actor).status_code == 403
    drafted = door.send("/marketplace/agreements", draft(a, b), role, actor).get_json()["id"]
    door.instance.settle()
    document = door.get(f"/marketplace/agreements/{drafted}", Role.COORDINATOR).get_json()
    assert document["initiated_by"] == initiated_by


@pytest.mark.parametrize("route", COMMANDS, ids=lambda route: route.command.__name__)
def test_fields_that_say_who_acted_follow_from_the_caller(route: CommandRoute[Any, Any]) -> None:
    said_of_somebody = {
        field.name for field in fields(route.command) if field.name in WHO_ACTED or field.name.endswith("_by")
    }
    assert said_of_somebody <= {*route.derived, *route.informs}
