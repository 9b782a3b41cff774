"""Which key speaks for a log after one gave way to another, or fell into other hands?"""

from datetime import UTC, datetime
from pathlib import Path
from stat import S_IMODE

import pytest

from shared.ledger.checkpoint import Checkpoint
from shared.ledger.keys import (
    Compromised,
    Successor,
    compromised_statement,
    keyring,
    parse_statement,
    read_statements,
    signer_of,
    successor_statement,
)
from shared.ledger.note import BadNote, Note
from shared.ledger.policy import parse_policy
from shared.ledger.proof import is_vouched_for
from tests.shared.ledger.small_city import WITNESSES, policy_of, signer

ORIGIN = "05124000.kosilab/actors/1"
FIRST, SECOND, THIRD = (signer(ORIGIN, number=number) for number in (1, 2, 3))
THIEF = signer(ORIGIN, number=9)
AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TO_SECOND = successor_statement(FIRST, SECOND, 100, AT)
TO_THIRD = successor_statement(SECOND, THIRD, 200, AT)
WITNESS = WITNESSES["05913000"]


def checkpoint(size: int, *signers: object, cosigned: bool = False) -> tuple[Checkpoint, Note]:
    """A checkpoint of this size with these signatures."""
    checkpoint = Checkpoint(ORIGIN, size, bytes(32))
    signatures = [
        signer.sign(str(checkpoint)) for signer in (FIRST, SECOND, THIRD, THIEF) if signer in signers
    ]
    return checkpoint, Note(
        str(checkpoint), (*signatures, *([WITNESS.cosign(str(checkpoint), AT)] if cosigned else []))
    )


def test_each_key_names_the_next_one() -> None:
    ring = keyring([FIRST.key], [TO_SECOND, TO_THIRD])
    assert ring.speakers(100) == [FIRST.key, SECOND.key, THIRD.key]
    assert ring.speakers(101) == [SECOND.key, THIRD.key]
    assert ring.speakers(201) == [THIRD.key]


def test_a_statement_says_what_it_was_made_of() -> None:
    assert parse_statement(TO_SECOND) == Successor(FIRST.key, SECOND.key, 100)
    statement = compromised_statement(FIRST.key, SECOND, AT)
    assert parse_statement(statement) == Compromised(FIRST.key)
    assert read_statements(f"{TO_SECOND}{statement}") == [TO_SECOND, statement]


def test_a_stranger_names_nobody() -> None:
    usurped = successor_statement(THIEF, SECOND, 100, AT)
    assert keyring([FIRST.key], [usurped]).speakers(500) == [FIRST.key]


def test_nobody_is_named_against_their_will() -> None:
    alone = Note(TO_SECOND.text, TO_SECOND.signatures[:1])
    assert keyring([FIRST.key], [alone]).speakers(500) == [FIRST.key]


def test_a_statement_with_a_changed_text_is_refused() -> None:
    forged = Note(TO_SECOND.text.replace("size 100", "size 999"), TO_SECOND.signatures)
    with pytest.raises(BadNote, match="does not fit"):
        keyring([FIRST.key], [forged])


def test_whom_only_a_compromised_key_named_is_not_believed() -> None:
    stolen = successor_statement(FIRST, THIEF, 50, AT)
    ring = keyring([FIRST.key, THIRD.key], [stolen, compromised_statement(FIRST.key, THIRD, AT)])
    assert ring.compromised == {FIRST.key}
    assert THIEF.key not in ring.until


def test_a_key_may_declare_itself_but_a_stranger_declares_nobody() -> None:
    itself = compromised_statement(FIRST.key, FIRST, AT)
    assert keyring([FIRST.key], [itself]).compromised == {FIRST.key}
    assert keyring([FIRST.key], [compromised_statement(FIRST.key, THIEF, AT)]).compromised == set()


def test_what_a_compromised_key_signed_counts_only_with_witnesses() -> None:
    policy, nobody = parse_policy(policy_of()), parse_policy(policy_of(needed=0))
    ring = keyring([FIRST.key, SECOND.key], [compromised_statement(FIRST.key, SECOND, AT)])
    assert is_vouched_for(*checkpoint(50, FIRST, cosigned=True), ring, policy)
    assert not is_vouched_for(*checkpoint(50, FIRST), ring, policy)
    assert not is_vouched_for(*checkpoint(50, FIRST), ring, nobody)
    assert is_vouched_for(*checkpoint(50, SECOND), ring, nobody)


def test_a_key_that_gave_way_does_not_speak_for_what_came_later() -> None:
    nobody = parse_policy(policy_of(needed=0))
    ring = keyring([FIRST.key], [TO_SECOND])
    assert is_vouched_for(*checkpoint(100, FIRST), ring, nobody)
    assert not is_vouched_for(*checkpoint(101, FIRST), ring, nobody)
    assert is_vouched_for(*checkpoint(101, SECOND), ring, nobody)


@pytest.mark.parametrize(
    "text",
    [
        f"kosilab/key-statement/v1\nkey {FIRST.key}\nlost\ntime 1\n",
        f"kosilab/key-statement/v2\nkey {FIRST.key}\ncompromised\ntime 1\n",
        str(Checkpoint(ORIGIN, 1, bytes(32))),
    ],
)
def test_what_is_no_statement_is_refused(text: str) -> None:
    with pytest.raises(BadNote, match="a statement about a key"):
        keyring([FIRST.key], [Note(text, (FIRST.sign(text),))])


def test_a_file_of_something_else_holds_no_statements() -> None:
    with pytest.raises(BadNote, match="begins with"):
        read_statements("something else")


def test_a_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "actors.pem"
    made = signer_of(path, ORIGIN)
    assert signer_of(path, ORIGIN).key == made.key
    assert S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_holds_no_key_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "actors.pem"
    path.write_text("no key", encoding="utf-8")
    with pytest.raises(BadNote, match="put the right file back"):
        signer_of(path, ORIGIN)
