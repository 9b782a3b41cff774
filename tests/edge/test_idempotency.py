"""May a caller send a request again? With the same key it takes effect once, and the first outcome is told again."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.service.tables import Role
from tests.edge.door import AN_OFFER, AN_ORGANISATION, Door

PERSON = {"context": "volunteering"}
PERSONS = "/actors/persons"


def test_the_same_key_and_request_give_the_first_outcome_and_write_nothing_more(door: Door) -> None:
    first = door.send(PERSONS, PERSON, Role.COORDINATOR, key="k-1")
    before = door.records("actors")
    again = door.send(PERSONS, PERSON, Role.COORDINATOR, key="k-1")
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Location"] == first.headers["Location"]
    assert door.records("actors") == before


def test_the_order_of_the_bodys_fields_does_not_matter(door: Door) -> None:
    backwards = dict(reversed(AN_ORGANISATION.items()))
    first = door.send("/actors/organisations", AN_ORGANISATION, Role.COORDINATOR, key="k-order")
    again = door.send("/actors/organisations", backwards, Role.COORDINATOR, key="k-order")
    assert again.get_json() == first.get_json()


def test_the_same_key_with_another_body_is_a_conflict(door: Door) -> None:
    door.send(PERSONS, PERSON, Role.COORDINATOR, key="k-2")
    before = door.records("actors")
    answer = door.send(PERSONS, {"context": "employment"}, Role.COORDINATOR, key="k-2")
    assert answer.status_code == 409
    assert "Idempotency-Key" in answer.get_json()["detail"]
    assert "rule" not in answer.get_json()
    assert door.records("actors") == before


def test_the_same_key_for_another_command_is_a_conflict(door: Door) -> None:
    door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "k-3")
    path = "/actors/organisations/k-3/"
    assert door.send(f"{path}verify-organisation", {}, Role.COORDINATOR, key="k-3").status_code == 200
    assert door.send(f"{path}suspend-organisation", {}, Role.COORDINATOR, key="k-3").status_code == 409


@pytest.mark.parametrize(
    ("first_caller", "other"),
    [
        ((Role.COORDINATOR, "a"), (Role.COORDINATOR, "b")),
        ((Role.COORDINATOR, "a"), (Role.PERSON, "a")),
        ((Role.COORDINATOR, "a:k"), (Role.COORDINATOR, "a")),
    ],
)
def test_two_callers_with_the_same_key_never_meet(
    door: Door, first_caller: tuple[Role, str], other: tuple[Role, str]
) -> None:
    key = f"meeting {first_caller} {other}"
    first = door.send(PERSONS, PERSON, *first_caller, key=key)
    second = door.send(PERSONS, PERSON, *other, key=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json()["id"] != second.get_json()["id"]


def test_a_refusal_is_remembered_under_its_key(door: Door) -> None:
    door.send(PERSONS, {"context": "volunteering"}, Role.PERSON, "p-1")
    refused = door.send(PERSONS, {"context": "employment"}, Role.PERSON, "p-1", key="no")
    again = door.send(PERSONS, {"context": "employment"}, Role.PERSON, "p-1", key="no")
    assert refused.status_code == again.status_code == 409
    assert refused.get_json() == again.get_json()
    assert refused.get_json()["rule"] == "person_is_known_in_one_context"


def test_what_was_malformed_does_not_use_up_its_key(door: Door) -> None:
    assert door.send(PERSONS, {"context": 7}, Role.COORDINATOR, key="mended").status_code == 400
    assert door.send(PERSONS, PERSON, Role.COORDINATOR, key="mended").status_code == 201


def test_what_was_forbidden_does_not_use_up_its_key(door: Door) -> None:
    owner, other = door.verified_organisation("k-owner"), door.verified_organisation("k-other")
    path = f"/marketplace/offers/{door.posted_offer(owner)}/withdraw-offer"
    assert door.send(path, {}, Role.ORGANISATION, other, key="same").status_code == 403
    assert door.send(path, {}, Role.ORGANISATION, owner, key="same").status_code == 200


def test_without_a_key_every_request_counts(door: Door) -> None:
    answers = [door.send(PERSONS, PERSON, Role.COORDINATOR) for _ in range(3)]
    assert len({answer.get_json()["id"] for answer in answers}) == 3


def test_a_key_may_be_any_string_of_up_to_128_characters(door: Door) -> None:
    for key in ("x" * 128, "mit Lücke und Ümlaut", "'; DROP TABLE event; --", "🔑" * 128):
        as_header = key.encode().decode("latin-1")
        first = door.send(PERSONS, PERSON, Role.COORDINATOR, key=as_header)
        assert first.status_code == 201
        assert door.send(PERSONS, PERSON, Role.COORDINATOR, key=as_header).get_json() == first.get_json()


@pytest.mark.parametrize("key", ["", "x" * 129, ("ü" * 129).encode().decode("latin-1")])
def test_a_key_that_is_empty_or_too_long_is_malformed(door: Door, key: str) -> None:
    answer = door.send(PERSONS, PERSON, Role.COORDINATOR, key=key)
    assert answer.status_code == 400
    assert "128" in answer.get_json()["detail"]


def test_many_at_once_with_one_key_take_effect_once(door: Door) -> None:
    organisation = door.verified_organisation("hasty")
    before = len(door.records("marketplace"))

    def post(_: int) -> tuple[int, str]:
        answer = door.send(
            "/marketplace/offers", {"terms": AN_OFFER}, Role.ORGANISATION, organisation, key="h"
        )
        return answer.status_code, answer.text

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(post, range(24)))
    assert [status for status, _ in answers] == [201]
    assert len(door.records("marketplace")) == before + 1


def test_an_outcome_is_still_known_after_a_crash(tmp_path: Path) -> None:
    """Nothing is closed: the second instance finds what a process that was killed would have left."""
    crashed = Door(tmp_path)
    sent = crashed.send(PERSONS, PERSON, Role.COORDINATOR, "c", key="before the crash")
    other_body = {"context": "employment"}
    restarted = Door(tmp_path)
    again = restarted.send(PERSONS, PERSON, Role.COORDINATOR, "c", key="before the crash")
    conflict = restarted.send(PERSONS, other_body, Role.COORDINATOR, "c", key="before the crash")
    n_records = len(restarted.records("actors"))
    for opened in (crashed, restarted):
        opened.instance.close()
    assert (again.status_code, again.get_json()) == (201, sent.get_json())
    assert conflict.status_code == 409
    assert n_records == 1
