"""Whom may a command name? Persons who are known, of the command's half and of the sender's; held for all commands."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import Phase, find, settings

from deploy.services import SERVICE_TABLES
from shared.eventlog.port import Done, Refusal
from shared.events.vocabulary import OfferKind, PersonContext
from shared.service import ids
from shared.service.app import NoSuchStream, NotYours
from shared.service.origin import Origin
from shared.service.persons import ACTS_FOR, person_is_registered_in_this_half
from shared.service.tables import PERSON_ID, Caller, CommandRoute, Role
from shared.testing.strategies import any_of
from tests.edge.door import Door

RULE = person_is_registered_in_this_half.__name__
SEARCH = {"hours": "under_5", "distance": "city", "from_month": "2026-12"}
FOR_VOLUNTEERING = {**SEARCH, "kind": "volunteering", "category": "event_support"}
FOR_WORK = {**SEARCH, "kind": "work", "kldb3": "512", "level": 1}
OF_THE_OTHER_HALF = {
    Role.COORDINATOR: PersonContext.EMPLOYMENT,
    Role.COUNSELLOR: PersonContext.VOLUNTEERING,
}
NOBODY = "an-id-of-nobody"


def parts_of(kind: Any) -> Iterator[tuple[str, Any]]:
    """Every field of a command by name, with those of its parts."""
    for name, annotated in get_type_hints(kind).items():
        yield name, kind
        for part in (annotated, *get_args(annotated)):
            if is_dataclass(part):
                yield from parts_of(part)


NAMING = [
    (tables.name, route)
    for tables in SERVICE_TABLES.values()
    for route in tables.commands
    if any(name == PERSON_ID for name, _ in parts_of(route.command))
]


def named(part: object) -> str:
    return part.command.__name__ if isinstance(part, CommandRoute) else str(part)


def sent(door: Door, service: str, command: Any, caller: Caller) -> Any:
    """What becomes of a command."""
    key = ids.new_id()
    app = door.instance.apps[service]
    try:
        return app.handle(command, command_id=key, request_digest=key, origin=Origin(caller=caller))
    except (NoSuchStream, NotYours) as error:
        return error


@cache
def some(kind: type) -> Any:
    """Some command of this class, the first that comes."""
    return find(
        any_of(kind),
        lambda _: True,
        settings=settings(phases=[Phase.generate], max_examples=5, database=None),
    )


def command_for(route: CommandRoute[Any, Any], person_id: str, half: PersonContext) -> Any:
    """Some command of this class that names the person; a search is of the half, too."""
    kind: Any = route.command  # mypy takes no type[Any] for hashable
    command = some(kind)
    noun = f"{route.decider.name}_id"
    changed: dict[str, Any] = {PERSON_ID: person_id}
    if noun != PERSON_ID:
        changed[noun] = ids.new_id()
    if any(field.name == "terms" for field in fields(command)):
        kind = OfferKind.WORK if half == PersonContext.EMPLOYMENT else OfferKind.VOLUNTEERING
        changed["terms"] = replace(command.terms, kind=kind)
    return replace(command, **changed)


def test_a_command_names_a_person_in_a_field_of_its_own() -> None:
    for _, route in NAMING:
        assert [kind for name, kind in parts_of(route.command) if name == PERSON_ID] == [route.command]
    assert {route.command.__name__ for _, route in NAMING} >= {
        "PostSearch",
        "RequestCounselling",
        "RequestErasure",
        "AmendPerson",
    }


@pytest.mark.parametrize(("service", "route"), NAMING, ids=named)
def test_no_command_names_nobody_an_organisation_or_a_person_of_the_other_half(
    door: Door, service: str, route: CommandRoute[Any, Any]
) -> None:
    organisation = door.verified_organisation(f"house-{route.command.__name__}")
    strangers = {
        half: door.registered_person(f"{half}-{route.command.__name__}", half) for half in PersonContext
    }
    for role in route.roles:
        for half in ACTS_FOR.get(role, ()):
            others = [organisation, NOBODY]
            if role in OF_THE_OTHER_HALF:
                others.append(strangers[OF_THE_OTHER_HALF[role]])
            for other in others if not (route.starts and route.decider.name == "person") else ():
                command = command_for(route, other, half)
                actor = other if role == Role.PERSON else f"{role}-1"
                outcome = sent(door, service, command, Caller(role=role, actor=actor))
                assert not isinstance(outcome, Done), (role, other)
                assert isinstance(outcome, NoSuchStream) or outcome.rule == RULE, (role, other, outcome)
            rightly = sent(
                door,
                service,
                command_for(route, strangers[half], half),
                Caller(role=role, actor=strangers[half] if role == Role.PERSON else f"{role}-1"),
            )
            belongs_to = route.half(command_for(route, strangers[half], half))
            if belongs_to in {None, half}:
                assert not (isinstance(rightly, Refusal) and rightly.rule == RULE), (role, half)


@pytest.mark.parametrize(("role", "half"), OF_THE_OTHER_HALF.items())
def test_staff_register_nobody_in_the_other_half(door: Door, role: Role, half: PersonContext) -> None:
    answer = door.send("/actors/persons", {"context": half}, role)
    assert (answer.status_code, answer.get_json()["rule"]) == (409, RULE)


def test_a_counsellor_does_not_erase_a_volunteer(door: Door) -> None:
    volunteer = door.registered_person("erased-by-nobody")
    answer = door.send("/actors/erasures", {"person_id": volunteer}, Role.COUNSELLOR)
    assert (answer.status_code, answer.get_json()["rule"]) == (409, RULE)


@pytest.mark.parametrize("half", [PersonContext.EMPLOYMENT, None], ids=["other half", "nobody"])
def test_a_coordinator_posts_no_search_for_whom_they_do_not_know(
    door: Door, half: PersonContext | None
) -> None:
    person = NOBODY if half is None else door.registered_person("looks-for-work", half)
    body = {"person_id": person, "terms": FOR_VOLUNTEERING}
    answer = door.send("/marketplace/searches", body, Role.COORDINATOR)
    assert (answer.status_code, answer.get_json()["rule"]) == (409, RULE)


@pytest.mark.parametrize("named", ["other half", "nobody", "house"])
def test_staff_propose_nothing_to_whom_they_may_not_name(door: Door, named: str) -> None:
    host = door.verified_organisation(f"host for {named}".replace(" ", "-"))
    terms = {"kind": "volunteering", "volunteering": {"form": "regular", "hours_per_week": "3"}}
    offer = door.posted_offer(host, **terms)
    door.send(f"/marketplace/offers/{offer}/check-offer", {}, Role.COORDINATOR)
    party = {"other half": "proposed-to", "nobody": NOBODY, "house": host}[named]
    if named == "other half":
        door.registered_person(party, PersonContext.EMPLOYMENT)
    proposal = {"need_id": "nowhere", "need_party": party, "is_search": True}
    path = f"/marketplace/offers/{offer}/propose-matches"
    answer = door.send(path, {"proposals": [proposal]}, Role.COORDINATOR)
    assert (answer.status_code, answer.get_json()["rule"]) == (409, RULE)


def test_a_person_searches_in_their_own_half_only_and_the_search_stays_there(door: Door) -> None:
    person = door.registered_person("volunteers")
    wrong = door.send("/marketplace/searches", {"terms": FOR_WORK}, Role.PERSON, person)
    assert (wrong.status_code, wrong.get_json()["rule"]) == (409, RULE)
    posted = door.send("/marketplace/searches", {"terms": FOR_VOLUNTEERING}, Role.PERSON, person)
    assert posted.status_code == 201, posted.text
    path = f"/marketplace/searches/{posted.get_json()['id']}/amend-search"
    changed = door.send(path, {"terms": FOR_WORK | {"category": None}}, Role.PERSON, person)
    assert (changed.status_code, changed.get_json()["rule"]) == (409, "search_keeps_its_kind")


@pytest.mark.parametrize("search", ["for volunteering", "of nobody"])
def test_a_counsellor_places_nobody_whose_search_is_not_for_work(door: Door, search: str) -> None:
    search_id = NOBODY
    if search == "for volunteering":
        person = door.registered_person("never-placed")
        posted = door.send("/marketplace/searches", {"terms": FOR_VOLUNTEERING}, Role.PERSON, person)
        door.instance.settle()
        search_id = posted.get_json()["id"]
    placement = {
        "match_id": "m1",
        "offer_id": "of1",
        "search_id": search_id,
        "employer_id": "e1",
        "form": "job",
        "hours_per_week": "20",
    }
    answer = door.send("/employment/placements", placement, Role.COUNSELLOR)
    assert (answer.status_code, answer.get_json()["rule"]) == (409, "search_is_for_work")


@pytest.mark.parametrize("employer", ["nobody", "registered", "verified", "changed", "suspended"])
def test_only_a_verified_organisation_is_named_as_employer(door: Door, employer: str) -> None:
    person = door.registered_person("to-be-placed", PersonContext.EMPLOYMENT)
    search = door.send("/marketplace/searches", {"terms": FOR_WORK}, Role.PERSON, person)
    assert search.status_code == 201, search.text
    organisation = {"name": "Bäckerei Blau", "sector": "company", "district": "Barmen"}
    path = f"/actors/organisations/{employer}"
    if employer != "nobody":
        door.send("/actors/organisations", organisation, Role.ORGANISATION, employer)
    if employer in {"verified", "changed", "suspended"}:
        assert door.send(f"{path}/verify-organisation", {}, Role.COORDINATOR).status_code == 200
    if employer == "changed":
        renamed = organisation | {"name": "Bäckerei Grün"}
        assert (
            door.send(f"{path}/amend-organisation", renamed, Role.ORGANISATION, employer).status_code == 200
        )
    if employer == "suspended":
        suspended = door.send(f"{path}/suspend-organisation", {}, Role.COORDINATOR)
        assert suspended.status_code == 200, suspended.text
    door.instance.settle()
    placement = {
        "match_id": "m1",
        "offer_id": "of1",
        "search_id": search.get_json()["id"],
        "employer_id": employer,
        "form": "job",
        "hours_per_week": "20",
    }
    answer = door.send("/employment/placements", placement, Role.COUNSELLOR)
    if employer == "verified":
        assert answer.status_code == 201, answer.text
    else:
        assert (answer.status_code, answer.get_json()["rule"]) == (409, "employer_is_verified")


def test_the_answer_does_not_tell_whether_an_id_is_of_the_other_half(door: Door) -> None:
    other = door.registered_person("hidden", PersonContext.EMPLOYMENT)
    answers = [
        door.send("/marketplace/counsellings", {"person_id": person}, Role.COORDINATOR)
        for person in (other, NOBODY)
    ]
    assert answers[0].get_json() == answers[1].get_json()
