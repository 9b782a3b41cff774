"""How are views read: filtered, page by page, as the caller may see them, and never staler than asked for?"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from services.marketplace.views.offer import OFFERS as OFFER_VIEW
from shared.edge import queries
from shared.edge.application import Application, service_routes
from shared.service.tables import Role
from tests.edge.door import AN_ORGANISATION, Door

OFFERS = "/marketplace/offers"
N_OFFERS = 7


@pytest.fixture(scope="module", autouse=True)
def a_board(door: Door) -> None:
    """Offers of two organisations in two districts."""
    for organisation in ("org-a", "org-b"):
        door.verified_organisation(organisation)
    for number in range(N_OFFERS):
        district = "Barmen" if number % 2 else "Elberfeld"
        door.posted_offer("org-a" if number < 4 else "org-b", district=district)


def ids(page: Any) -> list[str]:
    return [item["id"] for item in page["items"]]


def test_the_board_needs_no_sign_in(door: Door) -> None:
    page = door.get(OFFERS).get_json()
    assert len(page["items"]) == N_OFFERS
    assert page["next"] is None
    assert ids(page) == sorted(ids(page))


def test_what_everybody_may_read_may_be_kept_after_asking_and_what_one_reads_not_at_all(door: Door) -> None:
    assert door.get(OFFERS).headers["Cache-Control"] == "no-cache"
    assert door.get(OFFERS, Role.COORDINATOR).headers["Cache-Control"] == "no-store"


def test_page_by_page_everything_comes_once(door: Door) -> None:
    def pages(after: str = "") -> Iterator[list[str]]:
        page = door.get(f"{OFFERS}?limit=3&after={after}").get_json()
        yield ids(page)
        if page["next"] is not None:
            yield from pages(page["next"])

    got = list(pages())
    assert [len(page) for page in got] == [3, 3, 1]
    assert [noun_id for page in got for noun_id in page] == ids(door.get(OFFERS).get_json())


def test_a_filter_leaves_what_matches(door: Door) -> None:
    barmen = door.get(f"{OFFERS}?district=Barmen&organisation_id=org-a").get_json()["items"]
    assert {(offer["organisation_id"], offer["terms"]["district"]) for offer in barmen} == {
        ("org-a", "Barmen")
    }
    assert len(barmen) == 2
    assert door.get(f"{OFFERS}?district=Ronsdorf").get_json()["items"] == []


def test_one_is_read_by_its_id(door: Door) -> None:
    first = door.get(OFFERS).get_json()["items"][0]
    assert door.get(f"{OFFERS}/{first['id']}").get_json() == first


def test_one_document_that_cannot_be_shown_hides_no_other_on_list_and_start_page(door: Door) -> None:
    before = ids(door.get(OFFERS).get_json())
    store, spoilt = door.instance.units["marketplace"].store, before[3]
    whole: Any = store.ask.get(OFFER_VIEW, spoilt)
    assert whole is not None
    for document in ({**whole, "taken": None}, whole):
        with store.transaction() as tx:
            store.views.write_many(tx, OFFER_VIEW, {spoilt: document}, {spoilt: 1})
        without = [] if document is whole else [spoilt]
        assert ids(door.get(OFFERS).get_json()) == [each for each in before if each not in without]
        assert door.get("/").status_code == 200


@pytest.mark.parametrize("noun_id", ["nothing", "a" * 65, "%00", "ü", "'", "%ED%A0%80"])
def test_what_is_not_there_is_not_found(door: Door, noun_id: str) -> None:
    assert door.get(f"{OFFERS}/{noun_id}").status_code == 404


def test_what_is_somebody_elses_is_not_there(door: Door) -> None:
    for person in ("p-1", "p-2"):
        door.registered_person(person)
        answer = door.send("/marketplace/counsellings", {}, Role.PERSON, person)
        assert answer.status_code == 201, answer.text
    door.instance.settle()
    path = "/marketplace/counsellings"
    mine = ids(door.get(path, Role.PERSON, "p-1").get_json())
    theirs = ids(door.get(path, Role.PERSON, "p-2").get_json())
    assert len(mine) == len(theirs) == 1
    assert door.get(f"{path}/{mine[0]}", Role.PERSON, "p-1").status_code == 200
    assert door.get(f"{path}/{theirs[0]}", Role.PERSON, "p-1").status_code == 404
    assert set(mine + theirs) <= set(ids(door.get(path, Role.COORDINATOR).get_json()))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=501", 422),
        ("limit=ten", 400),
        ("limit=", 400),
        ("limit=1&limit=2", 400),
        ("after=not%20an%20id", 400),
        ("after=0123456789abcdef0123456789abcdef", 400),
        ("after=" + "A" * 171, 400),
        ("colour=red", 400),
        ("district=" + "x" * 201, 422),
        ("district=%00", 422),
        ("district=Barmen&district=Elberfeld", 400),
        ("min_position=", 400),
        ("min_position=-1", 400),
        ("min_position=1.0", 400),
        ("min_position=" + "9" * 19, 400),
        ("min_position=marketplace:", 400),
        ("min_position=:1", 400),
        ("min_position=actors:marketplace:1", 400),
        ("min_position=1%0A", 400),
        ("min_position=witness:1", 422),
        ("min_position=reporting:1", 422),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(door: Door, query: str, status: int) -> None:
    answer = door.get(f"{OFFERS}?{query}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_text_that_is_no_utf_8_finds_nothing_and_breaks_nothing(door: Door) -> None:
    assert door.get(f"{OFFERS}?organisation_id=%FF%FE").get_json()["items"] == []
    assert door.get(f"{OFFERS}?district=%FF%FE").status_code == 400


# --- never staler than asked for --------------------------------------------------------------
def asked_while(door: Door, pause: Callable[[float], None]) -> Client:
    """The service's own routes, with another way to wait."""
    app = door.instance.apps["marketplace"]
    return Client(Application(service_routes(app, door.instance.issuer, pause)))


def test_an_answer_waits_until_the_view_has_come_as_far_as_asked_for(door: Door) -> None:
    body = {"terms": {"kind": "exchange", "title": "Neu", "category": "goods", "district": "Ronsdorf"}}
    done = door.send(OFFERS, body, Role.ORGANISATION, "org-a").get_json()
    n_pauses = 0

    def work_meanwhile(_: float) -> None:
        nonlocal n_pauses
        n_pauses += 1
        door.instance.settle()

    client = asked_while(door, work_meanwhile)
    assert client.get(f"{OFFERS}/{done['id']}").status_code == 404
    for asked in (str(done["position"]), f"marketplace:{done['position']}"):
        answer = client.get(f"{OFFERS}/{done['id']}?min_position={asked}")
        assert answer.status_code == 200
    assert n_pauses == 1


def test_another_services_position_is_waited_for_too(door: Door) -> None:
    done = door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "org-new").get_json()
    asked = f"{OFFERS}?min_position=actors:{done['position']}"

    def work_meanwhile(_: float) -> None:
        door.instance.settle()

    assert asked_while(door, work_meanwhile).get(asked).status_code == 200


def test_a_view_that_does_not_come_that_far_in_time_is_said_and_never_stale(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "WAIT_S", 0.0)
    answer = door.get(f"{OFFERS}?min_position=999999")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "1"
    assert "items" not in answer.get_json()


def test_the_time_to_wait_is_five_seconds() -> None:
    assert queries.WAIT_S == 5.0
