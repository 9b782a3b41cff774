"""Does what is accepted over HTTP hold the published schema, and is the rest a 422 that names its field?"""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events.bounds import Impossible, possible
from shared.events.registry import all_types
from shared.service.app import App
from shared.service.tables import Role
from tests.edge.door import AN_OFFER, AN_ORGANISATION, Door
from tests.published import assert_hold_their_schemas

ORGANISATIONS, OFFERS, NEEDS = "/actors/organisations", "/marketplace/offers", "/marketplace/needs"
A_JOB = {"form": "job", "hours_per_week": "38.5", "pay_per_hour": "18", "term_months": 24, "kldb": "29201"}


@pytest.mark.parametrize(
    ("work", "field"),
    [
        ({"pay_per_hour": "99999999999999"}, "pay_per_hour"),
        ({"pay_per_hour": "1000.01"}, "pay_per_hour"),
        ({"pay_per_hour": "-1"}, "pay_per_hour"),
        ({"hours_per_week": "0"}, "hours_per_week"),
        ({"hours_per_week": "60.5"}, "hours_per_week"),
        ({"hours_per_week": "38.00001"}, "hours_per_week"),
        ({"term_months": 0}, "term_months"),
        ({"term_months": 601}, "term_months"),
        ({"kldb": "abc"}, "kldb"),
        ({"kldb": "99999"}, "kldb"),
    ],
)
def test_what_work_can_never_be_is_a_422(door: Door, work: dict[str, Any], field: str) -> None:
    terms = AN_OFFER | {"kind": "work", "work": A_JOB | work}
    answer = door.send(OFFERS, {"terms": terms, "organisation_id": "o-1"}, Role.COORDINATOR)
    assert answer.status_code == 422, answer.text
    assert list(answer.get_json()["fields"]["terms"]["work"]) == [field]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"title": "x" * 201}, "title"),
        ({"title": ""}, "title"),
        ({"title": " \u200b\u00a0\u3164"}, "title"),
        ({"district": "\u2060"}, "district"),
        ({"places": 0}, "places"),
        ({"places": -2_147_483_647}, "places"),
        ({"places": 1_001}, "places"),
        ({"skills": [f"word {number}" for number in range(120)]}, "skills"),
        ({"skills": ["x" * 201]}, "skills"),
    ],
)
def test_what_an_offer_can_never_be_is_a_422(door: Door, terms: dict[str, Any], field: str) -> None:
    answer = door.send(OFFERS, {"terms": AN_OFFER | terms, "organisation_id": "o-1"}, Role.COORDINATOR)
    assert answer.status_code == 422, answer.text
    assert list(answer.get_json()["fields"]["terms"]) == [field]


def test_a_value_that_only_the_append_judges_is_a_422_too(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = next(kind.cls for name, kind in all_types() if ".LabMandateDefined." in name)
    path = "/actors/persons"
    monkeypatch.setattr(App, "handle", lambda *_, **__: possible([event(mandate="x" * 5_001)]))
    answer = door.send(path, {"context": "volunteering"}, Role.COORDINATOR)
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, ["mandate"])


def test_texts_are_kept_in_one_form(door: Door) -> None:
    sent = {"name": "Cafe\u0301 \u200b\u00a0 O\u0308lberg\r\n", "district": "\ufeffElberfeld\u00ad "}
    answer = door.send(ORGANISATIONS, AN_ORGANISATION | sent, Role.COORDINATOR)
    assert answer.status_code == 201, answer.text
    data = json.loads(door.records("actors")[-1])["data"]
    assert (data["name"], data["district"]) == ("Café Ölberg", "Elberfeld")


def test_a_text_that_may_be_missing_is_missing_when_it_shows_nothing(door: Door) -> None:
    answer = door.send(ORGANISATIONS, AN_ORGANISATION | {"legal_form": " \u200b"}, Role.COORDINATOR)
    assert answer.status_code == 201, answer.text
    assert json.loads(door.records("actors")[-1])["data"]["legal_form"] is None


def test_a_text_in_lines_keeps_them(door: Door) -> None:
    door.verified_organisation("o-lines")
    door.posted_offer("o-lines", description="\n eins\u2028zwei \t drei\r\n\n")
    (posted,) = [event for event in door.events("OfferPosted") if event.data.organisation_id == "o-lines"]
    assert posted.data.terms.description == "eins\nzwei drei"


@pytest.mark.parametrize("name", [name for name, _ in all_types()])
def test_every_schema_has_its_name_and_no_bound_that_the_domain_lacks(door: Door, name: str) -> None:
    type_name, _, version = name.rpartition(".v")
    document = door.get(f"/schemas/{type_name}/{version}.json").get_json()
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["$id"] == f"urn:kosilab:schema:{type_name}:{version}"
    assert '"minimum": -' not in json.dumps(document)


TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(st.sampled_from("aä\u0308 \u200b\u00a0\n\t\u3164"), max_size=210),
    st.just("x" * 201),
)
NUMBERS = st.integers(-3, 1_003) | st.integers()
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False).map(str) | st.decimals(-1, 1_001, places=4).map(
    str
)
TERMS = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "district": TEXTS,
        "description": TEXTS,
        "places": NUMBERS,
        "skills": st.lists(TEXTS, max_size=4),
        "kind": st.just("work"),
        "work": st.fixed_dictionaries(
            {},
            optional={
                "hours_per_week": DECIMALS,
                "pay_per_hour": DECIMALS,
                "term_months": NUMBERS,
                "kldb": TEXTS,
            },
        ).map(lambda given: A_JOB | given),
    },
)


def test_whatever_is_accepted_holds_its_schema(door: Door) -> None:
    door.verified_organisation("o-any")

    @settings(max_examples=150)
    @given(TERMS, st.fixed_dictionaries({}, optional={"name": TEXTS, "district": TEXTS, "legal_form": TEXTS}))
    def accepted(terms: dict[str, Any], organisation: dict[str, Any]) -> None:
        need = {name: value for name, value in terms.items() if name not in {"places", "work"}}
        sent = (
            (OFFERS, {"terms": AN_OFFER | terms}, Role.ORGANISATION),
            (NEEDS, {"terms": AN_OFFER | need | {"n_people": terms.get("places", 1)}}, Role.ORGANISATION),
            (ORGANISATIONS, AN_ORGANISATION | organisation, Role.COORDINATOR),
        )
        for path, body, role in sent:
            data = json.dumps(body).encode("utf-8", "surrogatepass")
            answer = door.ask(
                "POST", path, role=role, actor="o-any", data=data, content_type="application/json"
            )
            assert answer.status_code in {201, 400, 409, 422}, answer.text

    accepted()
    door.instance.settle()
    assert_hold_their_schemas(door.records())


def test_the_guard_says_which_value_is_not_possible_and_what_is() -> None:
    event = next(kind.cls for name, kind in all_types() if ".PlaceReopened." in name)
    with pytest.raises(Impossible, match="free_places: a whole number from 0 to 2147483647"):
        possible([event(free_places=-1)])


def test_what_is_as_long_as_it_may_be_goes_through_all_that_follows(door: Door) -> None:
    """Matches with their reasons, and the draft of an agreement: texts that are put together of others."""
    words = [f"{number:0199}" for number in range(100)]
    terms = {
        "kind": "exchange",
        "category": "space_and_equipment",
        "title": f"{'T' * 150} {'x' * 49}",
        "district": "Elberfeld",
        "description": "wort " * 399 + "Ende",
        "skills": words,
    }
    for actor in ("o-gives", "o-needs"):
        door.verified_organisation(actor)
    offered = door.send(OFFERS, {"terms": terms}, Role.ORGANISATION, "o-gives")
    needed = door.send(NEEDS, {"terms": terms}, Role.ORGANISATION, "o-needs")
    assert (offered.status_code, needed.status_code) == (201, 201), offered.text + needed.text
    door.instance.settle()
    parties = {"o-gives", "o-needs"}
    (proposed,) = [
        event.data
        for event in door.events("MatchProposed")
        if {event.data.offer_party, event.data.need_party} == parties
    ]
    assert [len(reason.text) <= 220 for reason in proposed.reasons] == [True] * len(proposed.reasons)
    path = f"{OFFERS}/{offered.get_json()['id']}/accept-match"
    for actor in ("o-gives", "o-needs"):
        answer = door.send(path, {"match_id": proposed.match_id}, Role.ORGANISATION, actor)
        assert answer.status_code == 200, answer.text
    door.instance.settle()
    (drafted,) = [event.data for event in door.events("AgreementDrafted") if event.data.party_a == "o-gives"]
    assert len(drafted.commitments[0].description) == 2_000
    assert [message for unit in door.units.values() for message in unit.store.parked.listed()] == []
    assert_hold_their_schemas(door.records())


@pytest.mark.parametrize("district", ["Elberfeld", "Elber\u00adfeld\u200b", " Elberfeld\u00a0"])
def test_a_filter_is_read_in_the_form_in_which_texts_are_kept(door: Door, district: str) -> None:
    door.verified_organisation("o-filter")
    door.posted_offer("o-filter")
    answer = door.get("/marketplace/offers", query_string={"district": district, "limit": "100"})
    assert "o-filter" in {item["organisation_id"] for item in answer.get_json()["items"]}, answer.text
