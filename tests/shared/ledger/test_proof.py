"""Is one record shown to be in a log by one small file, and nothing else by it?"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.ledger.keys import keyring
from shared.ledger.note import BadNote
from shared.ledger.policy import parse_policy
from shared.ledger.proof import parse_proof, record_proof
from tests.shared.ledger.small_city import SmallCity, policy_of, small_city


@pytest.fixture
def city(tmp_path: Path) -> Iterator[SmallCity]:
    """A city that has lived a little."""
    with small_city(tmp_path, ["marketplace"]) as city:
        yield city


def test_every_record_has_a_proof_that_a_stranger_can_check(city: SmallCity) -> None:
    log, policy = city["marketplace"], parse_policy(city.policy)
    for stored in log.store.log.read():
        text = str(record_proof(log.issuer.origin, log.store.shelf, stored.position, policy))
        proof = parse_proof(text.encode())
        assert proof.shows(stored.record)
        assert not proof.shows(stored.record + b" ")
        assert proof.is_vouched_for(keyring(policy.logs, []), policy)
        assert len(text) < 2_560


def test_a_proof_shows_no_other_position(city: SmallCity) -> None:
    log, policy = city["marketplace"], parse_policy(city.policy)
    record = log.store.log.read(limit=1)[0].record
    proof = parse_proof(str(record_proof(log.issuer.origin, log.store.shelf, 2, policy)))
    assert not proof.shows(record)


def test_a_proof_prefers_a_checkpoint_that_is_witnessed(city: SmallCity) -> None:
    log, policy = city["marketplace"], parse_policy(city.policy)
    log.append(1)
    alone = log.sign()
    proof = record_proof(log.issuer.origin, log.store.shelf, alone, policy)
    assert not proof.is_vouched_for(keyring(policy.logs, []), policy)
    log.append(1)
    witnessed = log.sign()
    log.cosign([city.witness], policy)
    proof = record_proof(log.issuer.origin, log.store.shelf, alone, policy)
    assert proof.checkpoint.size == witnessed
    assert proof.is_vouched_for(keyring(policy.logs, []), policy)


def test_a_proof_by_a_foreign_key_is_not_vouched_for(city: SmallCity) -> None:
    log, policy = city["marketplace"], parse_policy(city.policy)
    other = parse_policy(policy_of(["actors"]))
    proof = record_proof(log.issuer.origin, log.store.shelf, 1, policy)
    assert not proof.is_vouched_for(keyring(other.logs, []), policy)


def test_what_no_checkpoint_covers_has_no_proof_yet(city: SmallCity) -> None:
    log, policy = city["marketplace"], parse_policy(city.policy)
    log.append(1)
    with pytest.raises(LookupError, match="covers position"):
        record_proof(log.issuer.origin, log.store.shelf, log.store.log.head().position, policy)
    with pytest.raises(LookupError, match="from 1"):
        record_proof(log.issuer.origin, log.store.shelf, 0, policy)


def test_an_extra_line_is_passed_over(city: SmallCity) -> None:
    log, policy = city["marketplace"], parse_policy(city.policy)
    text = str(record_proof(log.issuer.origin, log.store.shelf, 1, policy))
    with_extra = text.replace("index", "extra AAAA\nindex", 1)
    assert parse_proof(with_extra) == parse_proof(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\nindex -1\n\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
    ],
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(BadNote, match="a proof begins with"):
        parse_proof(text)
