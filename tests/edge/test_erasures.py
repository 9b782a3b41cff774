"""Is nobody erased by one member of staff alone, and does a refused request leave nothing behind?"""

from typing import Any

import pytest
from sqlalchemy import select

from services.actors.domain.erasure import WAITS
from shared.events.vocabulary import RefusalGround
from shared.service import clock
from shared.service.tables import Role
from shared.vault.tables import ERASURE
from tests.edge.door import Door

ANNA, BERT = "anna", "bert"


def asked_for(door: Door, person: str, role: Role = Role.COORDINATOR, actor: str = ANNA) -> str:
    """The address of an erasure that a member of staff asks for."""
    answer = door.send("/actors/erasures", {"person_id": person}, role, actor)
    assert (answer.status_code, answer.get_json()["events"]) == (201, ["ErasureAsked"])
    door.instance.settle()
    return str(answer.headers["Location"])


def state(door: Door, path: str) -> str:
    """How far the erasure has come."""
    door.instance.settle()
    return str(door.get(path, Role.OPERATOR).get_json()["state"])


def rule(answer: Any) -> str:
    """The rule that refuses."""
    assert answer.status_code == 409, answer.text
    return str(answer.get_json()["rule"])


def is_named(door: Door, person: str) -> bool:
    """Whether the person's name can still be read by themself."""
    own = door.get("/actors/own-data", Role.PERSON, person).get_json()
    return own["personal"]["name"] is not None


def persons_in_the_vault(door: Door) -> set[str]:
    """Whom erasures mean, as the vault remembers."""
    with door.instance.vault.database.reading() as tx:
        return set(tx.execute(select(ERASURE.c.person)).scalars())


def volunteer(door: Door, person: str) -> str:
    """Somebody with a name."""
    body = {"context": "volunteering", "name": "Erika Beispiel"}
    assert door.send("/actors/persons", body, Role.PERSON, person).status_code == 201
    door.instance.settle()
    return person


def test_one_member_of_staff_alone_erases_nobody(door: Door) -> None:
    person = volunteer(door, "asked-1")
    path = asked_for(door, person)
    assert (state(door, path), is_named(door, person)) == ("waiting", True)
    same = door.send(f"{path}/approve-erasure", {"person_id": person}, Role.COORDINATOR, ANNA)
    assert rule(same) == "second_person_says_yes"
    assert is_named(door, person)


def test_a_second_person_who_names_the_same_person_says_yes(door: Door) -> None:
    person, other = volunteer(door, "asked-2"), volunteer(door, "asked-2-other")
    path = asked_for(door, person)
    wrong = door.send(f"{path}/approve-erasure", {"person_id": other}, Role.COORDINATOR, BERT)
    assert rule(wrong) == "both_mean_the_same_person"
    counsellor = door.send(f"{path}/approve-erasure", {"person_id": person}, Role.COUNSELLOR, BERT)
    assert rule(counsellor) == "person_is_registered_in_this_half"
    yes = door.send(f"{path}/approve-erasure", {"person_id": person}, Role.COORDINATOR, BERT)
    assert yes.get_json()["events"] == ["ErasureRequested"]
    assert (state(door, path), is_named(door, person)) == ("completed", False)
    assert person not in persons_in_the_vault(door)


@pytest.mark.parametrize("ground", RefusalGround)
def test_a_request_of_staff_is_refused_on_each_ground_and_leaves_no_row(
    door: Door, ground: RefusalGround
) -> None:
    person = volunteer(door, f"refused-{ground.replace('_', '-')}")
    path = asked_for(door, person)
    assert person in persons_in_the_vault(door)
    of_other_half = door.send(f"{path}/refuse-erasure", {"reason": ground}, Role.COUNSELLOR, BERT)
    assert rule(of_other_half) == "person_is_registered_in_this_half"
    refused = door.send(f"{path}/refuse-erasure", {"reason": ground}, Role.COORDINATOR, BERT)
    assert refused.get_json()["events"] == ["ErasureRefused"]
    assert (state(door, path), is_named(door, person)) == ("refused", True)
    assert person not in persons_in_the_vault(door)
    late = door.send(f"{path}/approve-erasure", {"person_id": person}, Role.COORDINATOR, BERT)
    assert rule(late) == "erasure_waits"


def test_what_nobody_answers_begins_at_the_end_of_the_term(door: Door) -> None:
    person = volunteer(door, "asked-3")
    path = asked_for(door, person, Role.OPERATOR)
    unit = door.instance.units["actors"]
    unit.ticker.step(clock.now() + WAITS / 2)
    assert state(door, path) == "waiting"
    unit.ticker.step(clock.now() + WAITS * 1.01)
    assert (state(door, path), is_named(door, person)) == ("completed", False)


def test_the_persons_own_request_begins_at_once_and_waits_for_nobody(door: Door) -> None:
    person = volunteer(door, "own-request")
    answer = door.send("/actors/erasures", {}, Role.PERSON, person)
    assert answer.get_json()["events"] == ["ErasureRequested"]
    assert (state(door, answer.headers["Location"]), is_named(door, person)) == ("completed", False)


@pytest.mark.parametrize(
    ("body", "role", "status"),
    [
        ({"person_id": "whoever"}, Role.PERSON, 403),
        ({"person_id": "somebody", "by": "anna"}, Role.PERSON, 403),
        ({"person_id": "somebody", "by": "bert"}, Role.COORDINATOR, 403),
        ({"person_id": "somebody"}, Role.COUNSELLOR, 409),
        ({"person_id": "whoever"}, Role.COORDINATOR, 409),
        ({"person_id": "somebody", "basis": "term_over"}, Role.COORDINATOR, 409),
    ],
)
def test_a_request_that_is_not_taken_leaves_no_row(
    door: Door, body: dict[str, str], role: Role, status: int
) -> None:
    if "somebody" not in persons_in_the_vault(door):
        door.send("/actors/persons", {"context": "volunteering"}, Role.PERSON, "somebody")
    before = persons_in_the_vault(door)
    assert door.send("/actors/erasures", body, role, "somebody").status_code == status
    assert persons_in_the_vault(door) == before


def test_no_record_says_whom_it_means_or_who_asked(door: Door) -> None:
    person = volunteer(door, "asked-4")
    path = asked_for(door, person)
    door.send(f"{path}/approve-erasure", {"person_id": person}, Role.COORDINATOR, BERT)
    noun_id = path.rpartition("/")[2]
    records = [record for record in door.records("actors") if f'"erasure-{noun_id}"'.encode() in record]
    assert records
    for secret in (person, ANNA, BERT):
        assert not any(secret.encode() in record for record in records)
