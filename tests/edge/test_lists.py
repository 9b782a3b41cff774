"""Does a list show a caller what they may see, and tell nothing of the rest: not by a page, a cursor or a filter?

Every query is asked by every role, in a city that has lived for four years (`tests/fixtures/before_rooms/README.md`).
"""

import base64
import json
import tarfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from deploy.services import SERVICE_TABLES
from shared.service.tables import OWN_ROLES, Caller, Query, Role
from tests.edge.door import AN_OFFER, AN_ORGANISATION, Door

FIXTURE = Path(__file__).parent.parent / "fixtures" / "before_rooms" / "city.tar.xz"
QUERIES = [(tables.name, query) for tables in SERVICE_TABLES.values() for query in tables.queries]
BY_NOUNS = {query.nouns: query for _, query in QUERIES}
ROLES = (None, *sorted(Role))
ALL = 100_000
N_ACTORS, N_VALUES = 4, 6
PARTIES = frozenset(
    {
        "person_id",
        "organisation_id",
        "host_id",
        "employer_id",
        "offer_party",
        "need_party",
        "party_a",
        "party_b",
    }
)
"""The columns that name whom a document is about."""
WORK = AN_OFFER | {
    "kind": "work",
    "title": "Lager",
    "work": {"form": "job", "hours_per_week": "20", "kldb": "99911"},
}
SEARCH = {
    "kind": "work",
    "hours": "from_15_to_30",
    "distance": "city",
    "from_month": "2026-12",
    "kldb3": "999",
    "level": 1,
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The city, and in it an unverified and a suspended organisation, an unchecked offer, a person who was asked."""
    folder = tmp_path_factory.mktemp("lists")
    with tarfile.open(FIXTURE) as archive:
        archive.extractall(folder, filter="data")
    door = Door(folder / "data")
    assert (
        door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "unverified").status_code
        == 201
    )
    for name in ("suspended", "asking"):
        door.verified_organisation(name)
        door.posted_offer(name)
    for further in (WORK, WORK | {"title": "Versand"}):
        job = door.posted_offer("asking", **further)
    assert door.send(f"/marketplace/offers/{job}/check-offer", {}, Role.COORDINATOR).status_code == 200
    suspend = "/actors/organisations/suspended/suspend-organisation"
    assert door.send(suspend, {}, Role.COORDINATOR).status_code == 200
    door.registered_person("asked", "employment")
    assert door.send("/marketplace/searches", {"terms": SEARCH}, Role.PERSON, "asked").status_code == 201
    door.instance.settle()
    yield door
    door.close()


def documents(city: Door, service: str, query: Query[Any]) -> list[Any]:
    """Every document behind a query."""
    return city.instance.units[service].store.ask.find(query.view, limit=ALL)


def callers(role: Role | None, query: Query[Any], stored: list[Any]) -> list[Caller | None]:
    """Who asks in a role: staff, or some of those whom the documents name, and a stranger."""
    if role is None:
        return [None]
    if role not in OWN_ROLES:
        return [Caller(role=role, actor=f"{role}-1")]
    columns = [column for name, column in query.view.columns.items() if name in PARTIES]
    named = {str(column(document)): None for document in stored for column in columns}
    actors = ["asking", "asked", "unverified", "suspended", *islice(named, N_ACTORS), "stranger"]
    return [Caller(role=role, actor=actor) for actor in dict.fromkeys(actors)]


def shown(city: Door, service: str, query: Query[Any], caller: Caller | None, document: Any) -> Any:
    """What a caller may see of a document, judged document by document; None for nothing."""
    return query.document_for(caller, city.instance.units[service].store.ask, document["id"])


def page(city: Door, path: str, caller: Caller | None, **asked: str | int) -> Any:
    """One page of a list."""
    role, actor = (None, None) if caller is None else (caller.role, caller.actor)
    answer = city.get(path, role, actor, query_string=asked)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def pages(city: Door, path: str, caller: Caller | None, **asked: str | int) -> Iterator[Any]:
    """Every page of a list."""
    after = ""
    while True:
        answer = page(city, path, caller, after=after, **asked)
        yield answer
        if answer["next"] is None:
            return
        after = answer["next"]


def asked_in_every_role(
    city: Door, service: str, query: Query[Any]
) -> Iterator[tuple[Caller | None, list[Any]]]:
    """Every caller who may ask, with the documents."""
    stored = documents(city, service, query)
    for role in ROLES:
        if not query.roles or role in query.roles:
            yield from ((caller, stored) for caller in callers(role, query, stored))


def named(part: object) -> str:
    return part.nouns if isinstance(part, Query) else str(part)


@pytest.mark.sampled
@pytest.mark.parametrize(("service", "query"), QUERIES, ids=named)
def test_a_list_holds_what_the_caller_may_see_and_its_pages_say_nothing_of_the_rest(
    city: Door, service: str, query: Query[Any]
) -> None:
    path = f"/{service}/{query.nouns}"
    for caller, stored in asked_in_every_role(city, service, query):
        may_see = sorted(
            document["id"] for document in stored if shown(city, service, query, caller, document) is not None
        )
        limit = max(1, len(may_see) // 3)
        got = list(pages(city, path, caller, limit=limit))
        assert [item["id"] for part in got for item in part["items"]] == may_see
        assert all(len(part["items"]) == limit for part in got[:-1]), "a page is full, or it is the last"
        for part in got[:-1]:
            sealed = base64.urlsafe_b64decode(part["next"] + "==")
            assert not any(document["id"].encode() in sealed for document in stored)
            assert part["next"] not in {document["id"] for document in stored}


@pytest.mark.sampled
@pytest.mark.parametrize(("service", "query"), QUERIES, ids=named)
def test_a_filter_finds_only_by_what_the_caller_sees(city: Door, service: str, query: Query[Any]) -> None:
    path = f"/{service}/{query.nouns}"
    for caller, stored in asked_in_every_role(city, service, query):
        sees = {document["id"]: shown(city, service, query, caller, document) for document in stored}
        for name in query.filters:
            by_value = values_of(query, name, stored, sees)
            for value, ids in by_value.items():
                role, actor = (None, None) if caller is None else (caller.role, caller.actor)
                answer = city.get(path, role, actor, query_string={name: value, "limit": 500})
                if answer.status_code == 400:
                    assert "not shown to you" in answer.get_json()["detail"]
                    continue
                got = {item["id"]: item for item in answer.get_json()["items"]}
                assert set(got) <= ids
                assert all(value in json.dumps(item, ensure_ascii=False) for item in got.values())


def values_of(
    query: Query[Any], name: str, stored: list[Any], sees: Mapping[str, Any]
) -> dict[str, set[str]]:
    """Some values of a column, those of hidden documents first, each with the visible documents that have it."""
    value_of = query.view.columns[name]
    by_value: dict[str, set[str]] = {}
    for document in sorted(stored, key=lambda document: sees[document["id"]] is not None):
        if value_of(document) is not None:
            ids = by_value.setdefault(str(value_of(document)), set())
            ids.update({document["id"]} if sees[document["id"]] is not None else ())
    kept = [*islice(by_value, N_VALUES // 2), *islice(reversed(by_value), N_VALUES // 2)]
    return {value: by_value[value] for value in kept}


def test_a_counsellor_learns_of_no_volunteer(city: Door) -> None:
    persons = documents(city, "actors", BY_NOUNS["persons"])
    volunteers = {document["id"] for document in persons if document["context"] == "volunteering"}
    counsellor = Caller(role=Role.COUNSELLOR, actor="counsellor-1")
    got = list(pages(city, "/actors/persons", counsellor, limit=1))
    assert volunteers
    assert len(got) == len(persons) - len(volunteers)
    assert all(len(part["items"]) == 1 for part in got)
    assert page(city, "/actors/persons", counsellor, context="volunteering") == {"items": [], "next": None}


def test_a_host_learns_of_no_proposal_before_the_person_agreed(city: Door) -> None:
    host = Caller(role=Role.ORGANISATION, actor="asking")
    asked = page(city, "/marketplace/matches", Caller(role=Role.PERSON, actor="asked"))["items"]
    assert len(asked) == 1
    empty: dict[str, Any] = {"items": [], "next": None}
    for filters in ({}, {"kind": "work"}, {"status": "proposed"}, {"need_id": asked[0]["need_id"]}):
        assert page(city, "/marketplace/matches", host, limit=1, **filters) == empty
    accept = {"match_id": asked[0]["id"]}
    path = f"/marketplace/offers/{asked[0]['offer_id']}/accept-match"
    assert city.send(path, accept, Role.PERSON, "asked").status_code == 200
    city.instance.settle()
    (seen_by_host,) = page(city, "/marketplace/matches", host)["items"]
    assert "need_id" not in seen_by_host
    assert page(city, "/marketplace/matches", host, need_id=asked[0]["need_id"]) == empty


def test_nobody_learns_of_an_unverified_organisation(city: Door) -> None:
    for state in ("registered", "changed", "suspended"):
        assert page(city, "/actors/organisations", None, state=state, limit=1) == {"items": [], "next": None}
    got = pages(city, "/actors/organisations", None, limit=1)
    assert not {"unverified", "suspended"} & {item["id"] for part in got for item in part["items"]}


def test_an_employer_does_not_filter_by_the_search_that_it_does_not_see(city: Door) -> None:
    placed = documents(city, "employment", BY_NOUNS["placements"])[0]
    answer = city.get(
        f"/employment/placements?search_id={placed['search_id']}", Role.ORGANISATION, placed["employer_id"]
    )
    assert (answer.status_code, answer.get_json()["field"]) == (400, "search_id")


def test_a_cursor_is_no_id_and_holds_for_its_list_its_caller_and_its_filters(city: Door) -> None:
    first = page(city, "/marketplace/offers", None, limit=1)
    foreign = {
        "an id": ("/marketplace/offers", None, {"after": first["items"][0]["id"]}),
        "another list": ("/marketplace/needs", None, {"after": first["next"]}),
        "another caller": ("/marketplace/offers", Role.COORDINATOR, {"after": first["next"]}),
        "another filter": ("/marketplace/offers", None, {"after": first["next"], "kind": "work"}),
        "changed": ("/marketplace/offers", None, {"after": "A" + first["next"][1:-1] + "A"}),
    }
    for case, (path, role, asked) in foreign.items():
        answer = city.get(path, role, query_string=asked)
        assert answer.status_code == 400, case
        assert answer.get_json()["detail"].startswith("`after` must be the `next` of the page before"), case
