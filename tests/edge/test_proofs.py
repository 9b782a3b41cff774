"""Does a log prove over HTTP what it holds, and that it only grew, to those who may ask?"""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.history.checking import checked
from deploy.history.witnessing import COSIGNED
from shared.ledger.checkpoint import read_checkpoint
from shared.ledger.note import BadNote
from shared.service.tables import Role
from tests.edge.door import AN_ORGANISATION, Door

LOG = "/actors/log"


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """A city with three organisations, signed for."""
    return of_three(tmp_path)


@pytest.fixture(scope="module")
def quiet_door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    """The same city, in which nothing more happens."""
    return of_three(tmp_path_factory.mktemp("quiet"))


def of_three(folder: Path) -> Door:
    """A city with three organisations, signed for."""
    door = Door(folder)
    grow(door, "1", "2", "3")
    return door


def grow(door: Door, *actors: str) -> None:
    """So many organisations more, and a checkpoint over them."""
    for actor in actors:
        door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, actor)
    store = door.instance.units["actors"].store
    issuer = door.instance.ledger.issuer(store)
    while issuer.step(door.instance.now()):
        pass
    issuer.issue(door.instance.now())


def policy(door: Door) -> str:
    """Whom an auditor believes: the log's key, got by another way."""
    return f"log {door.instance.ledger.signer(door.instance.units['actors'].store).key}\nquorum none\n"


def test_anybody_sees_the_newest_checkpoint(quiet_door: Door) -> None:
    answer = quiet_door.get(f"{LOG}/checkpoint")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert read_checkpoint(answer.data)[0].size == 3
    assert quiet_door.get("/employment/log/checkpoint").status_code == 404
    assert quiet_door.get(f"{LOG}/checkpoint?size=2").status_code == 400


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SERVICE, Role.DOWNSTREAM])
def test_each_record_is_proved_to_those_who_read_the_feed(quiet_door: Door, role: Role) -> None:
    for position, record in enumerate(quiet_door.records("actors"), start=1):
        answer = quiet_door.get(f"{LOG}/proof?position={position}", role)
        assert (answer.status_code, answer.mimetype) == (200, "text/plain")
        verdict = checked(answer.data, record + b"\n", policy(quiet_door), "")
        assert verdict == f"OK: position {position} of {door_origin(quiet_door)}, as of 3 records."


def door_origin(door: Door) -> str:
    """The log's name."""
    return door.instance.ledger.origin(door.instance.units["actors"].store)


def test_a_checkpoint_is_shown_to_add_only(door: Door) -> None:
    earlier = door.get(f"{LOG}/checkpoint").data
    grow(door, "4", "5")
    answer = door.get(f"{LOG}/consistency?from=3", Role.AUDITOR)
    assert checked(answer.data, earlier, policy(door), "").startswith(
        f"OK: {door_origin(door)} has 5 records"
    )
    named = door.get(f"{LOG}/consistency?from=2&to=3", Role.AUDITOR)
    assert (named.status_code, named.data.endswith(earlier)) == (200, True)


def test_a_proof_of_something_else_does_not_hold(quiet_door: Door) -> None:
    proof = quiet_door.get(f"{LOG}/proof?position=2", Role.AUDITOR).data
    first, second, _ = quiet_door.records("actors")
    with pytest.raises(BadNote, match="does not show this record at position 2"):
        checked(proof, first, policy(quiet_door), "")
    with pytest.raises(BadNote, match="nobody whom the policy believes"):
        checked(proof, second, "quorum none\n", "")
    with pytest.raises(BadNote, match="has a line `old"):
        checked(b"nothing", second, policy(quiet_door), "")


def test_an_earlier_checkpoint_of_another_log_or_size_is_said_so(door: Door) -> None:
    earlier = door.get(f"{LOG}/checkpoint").data
    grow(door, "4")
    proof = door.get(f"{LOG}/consistency?from=2", Role.AUDITOR).data
    with pytest.raises(BadNote, match="the proof is about the first 2 records"):
        checked(proof, earlier, policy(door), "")
    forged = earlier.replace(b"\n3\n", b"\n2\n")
    with pytest.raises(BadNote):
        checked(proof, forged, policy(door), "")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("proof", 400),
        ("proof?position=x", 400),
        ("proof?position=0", 422),
        ("proof?position=4", 404),
        ("proof?position=1&of=2", 400),
        ("consistency", 400),
        ("consistency?from=4", 404),
        ("consistency?from=2&to=1", 422),
        ("consistency?from=1&to=2", 404),
    ],
)
def test_what_cannot_be_proved_is_answered_with_a_sentence(quiet_door: Door, query: str, status: int) -> None:
    answer = quiet_door.get(f"{LOG}/{query}", Role.AUDITOR)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["detail"].endswith(".")


@pytest.mark.parametrize("what", ["proof?position=1", "consistency?from=1"])
def test_nobody_else_has_anything_proved(quiet_door: Door, what: str) -> None:
    assert quiet_door.get(f"{LOG}/{what}").status_code == 401
    for role in set(Role) - {Role.AUDITOR, Role.SERVICE, Role.DOWNSTREAM}:
        assert quiet_door.get(f"{LOG}/{what}", role).status_code == 403


def figures(door: Door) -> dict[str, float]:
    """What `/metrics` says of the log."""
    samples = [
        sample
        for family in text_string_to_metric_families(door.get("/metrics", Role.AUDITOR).text)
        for sample in family.samples
    ]
    of_it = [sample for sample in samples if sample.labels.get("service") == "actors"]
    return {sample.name.removeprefix("kosilab_"): sample.value for sample in of_it}


def test_figures_say_how_far_a_log_is_signed_for_and_witnessed(door: Door) -> None:
    door.send("/actors/organisations", AN_ORGANISATION, Role.ORGANISATION, "4")
    gauges = figures(door)
    assert (gauges["log_position"], gauges["ledger_signed"], gauges["ledger_witnessed"]) == (4, 3, 3)
    assert gauges["ledger_contradicted"] == 0


def test_a_checkpoint_that_was_altered_costs_its_own_figures_only(door: Door) -> None:
    store = door.instance.units["actors"].store
    store.shelf.put_checkpoint(door_origin(door), 3, "altered", door.instance.now())
    gauges = figures(door)
    assert gauges["log_position"] == 3
    assert "ledger_signed" not in gauges


def test_a_city_is_a_witness_once_it_is_told_for_whom(tmp_path: Path) -> None:
    assert Door(tmp_path).ask("POST", "/witness/add-checkpoint").status_code == 404
    (tmp_path / "ledger" / COSIGNED).write_text("")
    door = Door(tmp_path)
    assert door.ask("POST", "/witness/add-checkpoint").status_code == 400
    assert door.get("/witness/add-checkpoint").status_code == 405
