"""What does a city's witness answer over HTTP, whoever asks, and what does its operator get wrong?"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.history.vouching import policy_of
from deploy.history.witnessing import COSIGNED, lines_for_others, witness_of
from shared.ledger.keys import signer_of
from shared.ledger.merkle import leaf_hash
from shared.ledger.note import encoded
from shared.ledger.proof import consistency
from shared.service.settings import BadSetting
from tests.deploy.cities import CITIES, City, House
from tests.system.cluster import get_status

FIRST, OTHER = CITIES[:2]


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    """A city that has signed for five records and asks nobody."""
    city = City.with_log(FIRST, tmp_path / FIRST, seed=1)
    city.vouches()
    yield city
    city.closes()
    city.log.store.close()


@pytest.fixture
def witness(city: City, tmp_path: Path) -> Iterator[House]:
    """A witness that knows the city's log and has seen nothing of it."""
    house = House.built(OTHER, tmp_path / OTHER)
    house.knows(list(lines_for_others([city.log.store], city.folder, city.address))[:1])
    yield house
    house.closes()


@pytest.mark.parametrize(
    "body",
    [b"", b"old x\n\n", b"old 0\n\n05999000.kosilab/marketplace/1\n1\n", b"\xff\xfe\x00", b"old 0\n" * 2_000],
)
def test_what_is_no_request_is_refused_as_such(witness: House, body: bytes) -> None:
    assert witness.asked(body).status == 400


def test_a_body_beyond_the_limit_is_not_read(witness: House) -> None:
    assert witness.asked(b"x" * 70_000).status == 413


def test_a_log_that_nobody_named_and_a_key_that_is_not_the_logs_are_turned_away(
    city: City, witness: House
) -> None:
    stranger = city.first_request().replace(city.key.encode(), b"05999000")
    assert witness.asked(stranger).status == 404
    other = signer_of(witness.folder.path / "keys" / "foreign.pem", city.origin)
    made = consistency(city.origin, city.log.store.shelf, 1)
    forged = f"old 0\n\n{made.note.text}\n{other.sign(made.note.text)}"
    assert witness.asked(forged.encode()).status == 403
    changed = city.first_request().replace(b"\n5\n", b"\n6\n")
    assert witness.asked(changed).status == 403


def test_a_checkpoint_of_another_city_is_not_cosigned_under_the_name_of_this_one(
    city: City, witness: House, tmp_path: Path
) -> None:
    other = City.with_log("05914000", tmp_path / "05914000", seed=7)
    other.vouches()
    assert witness.asked(other.first_request()).status == 404
    assert witness.asked(other.first_request().replace(other.key.encode(), city.key.encode())).status == 403
    other.closes()
    other.log.store.close()


def test_a_proof_that_does_not_lead_there_and_a_size_that_is_not_the_last_are_refused(
    city: City, witness: House
) -> None:
    assert witness.asked(city.first_request()).status == 200
    conflict = witness.asked(city.request(3))
    assert (conflict.status, conflict.body, conflict.content_type) == (409, "5\n", "text/x.tlog.size")
    city.append(4)
    city.vouches()
    right = city.request(5).decode()
    wrong = right.replace(right.split("\n")[1], encoded(leaf_hash(b"another")))
    assert witness.asked(wrong.encode()).status == 422
    assert witness.asked(right.replace("old 5", "old 99").encode()).status == 400
    assert witness.asked(right.encode()).status == 200


def test_requests_that_race_do_not_take_a_witness_back(city: City, witness: House) -> None:
    assert witness.asked(city.first_request()).status == 200
    bodies = {}
    for _ in range(12):
        city.append(2)
        city.vouches()
        bodies[city.marks()[0]] = city.request(5)
    with ThreadPoolExecutor(len(bodies)) as together:
        replies = dict(zip(bodies, together.map(witness.asked, bodies.values()), strict=True))
    (won,) = (size for size, reply in replies.items() if reply.status == 200)
    refused = {(reply.status, reply.body) for reply in replies.values() if reply.status != 200}
    assert refused <= {(409, "5\n"), (409, f"{won}\n")}
    assert witness.asked(city.request(won)).status == 200


def test_what_was_cosigned_is_known_after_a_restart(city: City, witness: House) -> None:
    assert witness.asked(city.first_request()).status == 200
    witness.closes()
    witness.opens()
    assert witness.asked(city.first_request()).body == "5\n"


def test_without_its_memory_a_witness_cosigns_nothing_and_says_so(city: City, witness: House) -> None:
    assert get_status(witness.address, "/readyz") == 200
    (witness.folder.path / "witnessed.db").write_bytes(b"this is no database, and long enough to be none" * 9)
    assert witness.asked(city.first_request()).status == 503
    assert (get_status(witness.address, "/readyz"), get_status(witness.address, "/livez")) == (503, 200)


def test_what_the_operator_wrote_wrongly_is_named_with_file_and_line(city: City) -> None:
    (city.folder.path / COSIGNED).write_text("\nlog nonsense\n", encoding="utf-8")
    with pytest.raises(BadSetting, match=rf"{COSIGNED}: line 2"):
        witness_of(city.folder)
    city.folder.policy_path.write_text("witness nobody\n", encoding="utf-8")
    with pytest.raises(BadSetting, match=r"policy\.txt: line 1"):
        policy_of(city.folder)
    assert "line 1" in city.doctor()["witnesses"].seen
    city.folder.policy_path.write_bytes("quorum none\n# Köln".encode("latin-1"))
    with pytest.raises(BadSetting, match="UTF-8"):
        policy_of(city.folder)
    city.folder.policy_path.write_bytes("quorum none\n".encode("utf-8-sig"))
    assert policy_of(city.folder).quorum == "none"
