"""What of a district that there is not, a name that is taken, half a change, a filter that is no word?"""

from typing import Any

import pytest

from deploy.services import SERVICE_TABLES
from shared.edge.commands import amended
from shared.edge.districts import FIELD, Districts
from shared.service.tables import Role
from tests.edge.door import AN_OFFER, AN_ORGANISATION, Door

GERMAN = {"Accept-Language": "de"}


# --- districts ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("district", "sentence"),
    [
        ("elberfeld", "Den Stadtbezirk „elberfeld“ gibt es nicht; meinen Sie Elberfeld?"),
        (
            "Uellendahl Katernberg",
            "Den Stadtbezirk „Uellendahl Katernberg“ gibt es nicht; meinen Sie Uellendahl-Katernberg?",
        ),
        ("Barmen-", "Den Stadtbezirk „Barmen-“ gibt es nicht; meinen Sie Barmen?"),
    ],
)
def test_a_misspelt_district_is_refused_with_the_one_that_was_meant(
    door: Door, district: str, sentence: str
) -> None:
    body = AN_ORGANISATION | {"district": district}
    answer = door.ask("POST", "/actors/organisations", role=Role.COORDINATOR, json=body, headers=GERMAN)
    assert answer.status_code == 422
    assert answer.get_json()["fields"] == {"district": [sentence]}


def test_a_district_of_nowhere_is_refused_with_all_that_there_are(door: Door) -> None:
    body = AN_ORGANISATION | {"district": "Xyz"}
    (sentence,) = door.send("/actors/organisations", body, Role.COORDINATOR).get_json()["fields"]["district"]
    assert sentence.startswith('There is no district "Xyz"; choose one of: Elberfeld, Elberfeld-West,')


def test_a_district_within_terms_is_checked_alike(door: Door) -> None:
    door.verified_organisation("lost")
    answer = door.send(
        "/marketplace/offers", {"terms": AN_OFFER | {"district": "Nirgendwo"}}, Role.ORGANISATION, "lost"
    )
    assert (answer.status_code, list(answer.get_json()["fields"]["terms"])) == (422, ["district"])


def test_a_city_that_lists_no_districts_takes_any() -> None:
    assert Districts().why_not("Nirgendwo") is None


def test_openapi_lists_the_districts(door: Door) -> None:
    paths = door.get("/actors/openapi.json").get_json()["paths"]
    schema = paths["/actors/organisations"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["district"]["enum"] == list(door.instance.city.districts)


# --- filters ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/marketplace/offers?status=open", "posted"),
        ("/marketplace/offers?kind=exchanges", "exchange, volunteering, work"),
        ("/actors/organisations?sector=club", "non_profit"),
        ("/actors/organisations?state=Verified", "verified"),
        ("/marketplace/needs?district=elberfeld", "did you mean Elberfeld?"),
        ("/marketplace/offers?district=Xyz", "choose one of: Elberfeld"),
    ],
)
def test_a_filter_that_is_no_word_is_refused_with_those_that_are(door: Door, path: str, words: str) -> None:
    answer = door.get(path)
    assert answer.status_code == 400
    assert answer.get_json()["field"] in path
    assert words in answer.get_json()["detail"]


def test_a_district_without_anything_is_an_empty_list(door: Door) -> None:
    assert door.get("/marketplace/offers?district=Ronsdorf").get_json()["items"] == []


@pytest.mark.parametrize("service", SERVICE_TABLES)
def test_every_filter_is_an_id_a_district_or_has_its_words(service: str) -> None:
    for query in SERVICE_TABLES[service].queries:
        open_ended = {name for name in query.filters if name not in query.words}
        assert all(name == FIELD or name.endswith("_id") for name in open_ended), query.nouns
        assert set(query.words) <= set(query.filters)


def test_openapi_lists_the_words_of_a_filter(door: Door) -> None:
    paths = door.get("/marketplace/openapi.json").get_json()["paths"]
    parameters = {each["name"]: each["schema"] for each in paths["/marketplace/offers"]["get"]["parameters"]}
    assert parameters["kind"] == {"type": "string", "enum": ["exchange", "volunteering", "work"]}


# --- amending -----------------------------------------------------------------------------------
def test_amending_takes_only_what_changes(door: Door) -> None:
    door.verified_organisation("moved")
    offer = door.posted_offer("moved", places=2, skills=["Holz", "Metall"])
    path = f"/marketplace/offers/{offer}"
    answer = door.send(f"{path}/amend-offer", {"terms": {"district": "Barmen"}}, Role.ORGANISATION, "moved")
    assert (answer.status_code, answer.get_json()["events"]) == (200, ["OfferAmended"]), answer.text
    door.instance.settle()
    terms = door.get(path).get_json()["terms"]
    assert (terms["district"], terms["places"], terms["title"]) == ("Barmen", 2, AN_OFFER["title"])
    assert terms["skills"] == ["Holz", "Metall"]


def test_amending_an_organisation_keeps_what_is_left_out_and_null_removes(door: Door) -> None:
    body = AN_ORGANISATION | {"legal_form": "e. V.", "charitable": True}
    door.send("/actors/organisations", body, Role.ORGANISATION, "club")
    path = "/actors/organisations/club"

    def now() -> dict[str, Any]:
        door.instance.settle()
        whole: dict[str, Any] = door.get(path, Role.COORDINATOR).get_json()
        return {name: whole[name] for name in ("name", "district", "legal_form", "charitable")}

    door.send(f"{path}/amend-organisation", {"district": "Ronsdorf"}, Role.ORGANISATION, "club")
    assert now() == {
        "name": AN_ORGANISATION["name"],
        "district": "Ronsdorf",
        "legal_form": "e. V.",
        "charitable": True,
    }
    door.send(f"{path}/amend-organisation", {"legal_form": None}, Role.ORGANISATION, "club")
    assert now()["legal_form"] is None
    quiet = door.send(f"{path}/amend-organisation", {}, Role.ORGANISATION, "club")
    assert (quiet.status_code, quiet.get_json()["events"]) == (200, [])


def test_amending_what_is_not_there_is_not_found(door: Door) -> None:
    answer = door.send("/marketplace/offers/none/amend-offer", {"terms": {}}, Role.COORDINATOR)
    assert answer.status_code == 404


def test_amending_what_belongs_to_others_stays_refused(door: Door) -> None:
    door.verified_organisation("owner")
    offer = door.posted_offer("owner")
    answer = door.send(
        f"/marketplace/offers/{offer}/amend-offer", {"terms": {"places": 9}}, Role.ORGANISATION, "stranger"
    )
    assert answer.status_code == 403


def test_what_is_in_force_is_completed_at_every_depth() -> None:
    in_force = {"terms": {"kind": "work", "work": {"form": "job", "term_months": 6}}}
    body = {"terms": {"work": {"term_months": None}}}
    assert amended(in_force, body) == {
        "terms": {"kind": "work", "work": {"form": "job", "term_months": None}}
    }


# --- the same organisation again ----------------------------------------------------------------
def registered(door: Door, actor: str, name: str, role: Role = Role.ORGANISATION) -> dict[str, Any]:
    answer = door.send("/actors/organisations", AN_ORGANISATION | {"name": name}, role, actor)
    assert answer.status_code == 201, answer.text
    door.instance.settle()
    content: dict[str, Any] = answer.get_json()
    return content


def test_who_registers_an_organisation_again_gets_a_hint_of_what_they_may_see(door: Door) -> None:
    door.send(
        "/actors/organisations", AN_ORGANISATION | {"name": "Färberei e. V."}, Role.ORGANISATION, "first"
    )
    door.send("/actors/organisations/first/verify-organisation", {}, Role.COORDINATOR)
    door.instance.settle()
    second = registered(door, "second", "FÄRBEREI  e.V.")
    assert [other["id"] for other in second["possible_duplicates"]] == ["first"]
    third = registered(door, "third", "Färberei")
    assert [other["id"] for other in third["possible_duplicates"]] == ["first"]
    by_staff = door.send("/actors/organisations/third/verify-organisation", {}, Role.COORDINATOR).get_json()
    assert [other["id"] for other in by_staff["possible_duplicates"]] == ["first", "second"]


def test_another_name_gets_no_hint(door: Door) -> None:
    assert "possible_duplicates" not in registered(door, "alone", "Ganz allein gGmbH")
