"""Are notes signed and read as the standard says, and is anything else refused with a sentence?"""

import base64
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger.checkpoint import Checkpoint, read_checkpoint
from shared.ledger.note import (
    COSIGNATURE,
    BadNote,
    BadSignature,
    Note,
    Signature,
    parse_key,
    parse_note,
)
from tests.shared.ledger.small_city import signer

LOG = signer("05124000.kosilab/actors/1")
WITNESS = signer("05913000.kosilab/witness", COSIGNATURE)
CHECKPOINT = Checkpoint(LOG.name, 17, bytes(range(32)))
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def signed_note() -> Note:
    """A checkpoint, signed and cosigned."""
    text = str(CHECKPOINT)
    return Note(text, (LOG.sign(text), WITNESS.cosign(text, AT)))


def test_a_note_is_the_text_an_empty_line_and_a_line_for_each_signature() -> None:
    text, gap, lines = str(signed_note()).partition("\n\n")
    assert text == f"05124000.kosilab/actors/1\n17\n{base64.b64encode(bytes(range(32))).decode()}"
    assert gap
    first, second, end = lines.split("\n")
    assert first.startswith("— 05124000.kosilab/actors/1 ")
    assert second.startswith("— 05913000.kosilab/witness ")
    assert end == ""


def test_the_id_of_a_key_is_the_one_of_the_standard() -> None:
    public = LOG.key.public
    assert LOG.key.id == sha256(b"05124000.kosilab/actors/1\n\x01" + public).digest()[:4]
    assert WITNESS.key.id == sha256(b"05913000.kosilab/witness\n\x04" + WITNESS.key.public).digest()[:4]


def test_a_cosignature_says_when_it_was_made() -> None:
    (_, cosignature) = signed_note().signatures
    assert cosignature.time == int(AT.timestamp())
    moved = Signature(cosignature.name, cosignature.key_id, (1).to_bytes(8) + cosignature.signed[8:])
    assert not WITNESS.key.verifies(str(CHECKPOINT), moved)


def test_what_was_signed_is_read_again_and_its_signers_are_known() -> None:
    checkpoint, note = read_checkpoint(str(signed_note()))
    assert checkpoint == CHECKPOINT
    assert note.signers([LOG.key, WITNESS.key]) == [LOG.key, WITNESS.key]
    assert note == signed_note()


def test_signatures_of_unknown_keys_say_nothing() -> None:
    stranger = signer(LOG.name, number=2)
    assert signed_note().signers([stranger.key]) == []


def test_a_known_key_under_another_text_is_refused() -> None:
    forged = Note(str(signed_note().text).replace("17", "18"), signed_note().signatures)
    with pytest.raises(BadSignature, match="does not fit"):
        forged.signers([LOG.key])


def test_a_signature_under_another_name_is_not_this_keys() -> None:
    signature, _ = signed_note().signatures
    assert LOG.key.verifies(str(CHECKPOINT), signature)
    assert not LOG.key.verifies(str(CHECKPOINT), Signature("another", signature.key_id, signature.signed))


def test_a_signature_that_is_there_is_not_added_twice() -> None:
    note = signed_note()
    assert note.with_signatures(note.signatures) == note


def test_a_key_survives_being_passed_around_as_text() -> None:
    assert parse_key(str(LOG.key)) == LOG.key
    assert parse_key(str(WITNESS.key)) == WITNESS.key


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (str(LOG.key).replace("+", "-"), "no base64|no public key"),
        (str(LOG.key).replace("05124000", "05124001"), "does not fit the key"),
        (f"{LOG.name}+00000000+AAAA", "no public key"),
        (f"{LOG.name}+00000000+!!!!", "no base64"),
        ("", "no public key"),
    ],
)
def test_what_is_no_key_is_refused(broken: str, why: str) -> None:
    with pytest.raises(BadNote, match=why):
        parse_key(broken)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("", "empty line and signatures"),
        ("text\n", "empty line and signatures"),
        ("text\n\n", "is signed"),
        ("text\n\n— name AAAAAAAA", "no signature line"),
        ("text\n\n-- name AAAAAAAA\n", "no signature line"),
        ("text\n\n— name AAAA\n", "holds the key's id"),
        ("text\n\n— name AAAAAAB=\n", "no base64"),
        ("te\txt\n\n— name AAAAAAAA\n", "control characters"),
        (b"\xff\n\n", "UTF-8"),
        ("text\n\n" + "— name AAAAAAAA\n" * 101, "at most 100"),
    ],
)
def test_what_is_no_note_is_refused(broken: str | bytes, why: str) -> None:
    with pytest.raises(BadNote, match=why):
        parse_note(broken)


@pytest.mark.parametrize(
    "text",
    [
        "\n17\nAAAA\n",
        "origin\n017\n" + str(CHECKPOINT).split("\n")[2] + "\n",
        "origin\n-1\n" + str(CHECKPOINT).split("\n")[2] + "\n",
        "origin\n17\nAAAA\n",
        str(CHECKPOINT) + "extension\n",
        "origin\n17\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        read_checkpoint(str(Note(text, (LOG.sign(text),))))


@given(raw=st.binary(max_size=200) | st.text(max_size=200))
def test_whatever_comes_is_a_note_or_refused_with_a_sentence(raw: bytes | str) -> None:
    why = ""
    try:
        read_checkpoint(raw)
    except BadNote as error:
        why = str(error)
    assert (
        why.startswith(("a note", "a checkpoint", "a signature", "a root"))
        or "no base64" in why
        or "no signature" in why
    )


@given(at=st.integers(0, 400), by=st.integers(1, 255))
def test_a_note_with_one_byte_changed_names_no_signer(at: int, by: int) -> None:
    raw = bytearray(str(signed_note()).encode())
    raw[at % len(raw)] ^= by
    try:
        checkpoint, note = read_checkpoint(bytes(raw))
        signers = note.signers([LOG.key, WITNESS.key])
    except BadNote:
        return
    assert len(signers) < 2
    assert checkpoint == CHECKPOINT
