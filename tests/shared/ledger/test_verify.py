"""Does each check find what it is there for, name the position, and raise no false alarm? Both verifiers are asked."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from shared.ledger import verify
from shared.ledger.checkpoint import Checkpoint, origin_of
from shared.ledger.keys import compromised_statement, successor_statement
from shared.ledger.merkle import Frontier, leaf_hash
from shared.ledger.note import Note
from tests.shared.ledger.both import said_by_both
from tests.shared.ledger.small_city import CITY_KEY, SERVICES, policy_of, signer
from tests.shared.ledger.spoiling import AT, ORIGIN, Lines, edited, records, refit, resigned


def test_a_history_as_it_is_raises_no_alarm(out: Path) -> None:
    code, lines = said_by_both(out, "--with-slots")
    assert (code, lines[-1]) == (0, "OK")
    assert ", 1 sealed slots, 1 erased" in lines[0]


def test_an_export_made_to_fit_again_raises_no_alarm(out: Path) -> None:
    resigned(out, lambda lines: lines)
    code, lines = said_by_both(out)
    assert (code, lines[2:]) == (0, ["OK"])


# --- V4: what no signature makes right -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (edited(3, sequence=f"{4:020d}"), "FAIL V4 marketplace 3: the record belongs at another position"),
        (edited(3, streamversion=9), "FAIL V4 marketplace 3: the stream lacks the version before this one"),
        (edited(3, previous=f"{9:020d}"), "FAIL V4 marketplace 3: `previous` names another record"),
        (edited(3, recordedtime="2026-03-02T07:00:00Z"), "3: the time, or the incarnation, runs backwards"),
        (edited(3, source="urn:kosilab:05124000:actors:1"), "3: the line is not a record of this log"),
        (edited(3, source="urn:kosilab:05913000:marketplace:1"), "3: the line is not a record of this log"),
        (edited(3, source="urn:kosilab:05124000:marketplace:01"), "3: the line is not a record of this log"),
        (edited(3, type="kosilab.actors.LabClosed.v1"), "3: the line is not a record of this log"),
        (edited(3, audience=None), "3: the line is not a record of this log"),
        (edited(3, streamversion="1"), "3: the line is not a record of this log"),
        (edited(3, streamversion=True), "3: the line is not a record of this log"),
        (lambda lines: [*lines[:2], b"{}", *lines[3:]], "3: the line is not a record of this log"),
        (lambda lines: [*lines[:2], b"\xff", *lines[3:]], "3: the line is not a record of this log"),
        (lambda lines: [*lines[:2], b"\xef\xbb\xbf" + lines[2], *lines[3:]], "3: the line is not a record"),
        (
            lambda lines: [*lines[:2], lines[2].replace(b'"data":', b'"more":NaN,"data":'), *lines[3:]],
            "3: the line is not a record",
        ),
        (
            lambda lines: [lines[0], *lines],
            "FAIL V4 marketplace 2: an event or a command appears twice",
        ),
        (lambda lines: [*lines, lines[2]], "an event or a command appears twice"),
        (lambda lines: lines[1:], "FAIL V4 marketplace 1: the record belongs at another position"),
    ],
)
def test_what_is_out_of_order_is_found_whoever_signed_it(
    out: Path, change: Callable[[Lines], Lines], finding: str
) -> None:
    resigned(out, change)
    code, lines = said_by_both(out)
    assert code == 1
    assert any(finding in line for line in lines)


def test_a_command_that_comes_again_later_is_found(out: Path) -> None:
    first = json.loads(records(out).read_bytes().split(b"\n")[0])["commandid"]
    resigned(out, edited(12, commandid=first))
    assert "FAIL V4 marketplace 12: an event or a command appears twice" in said_by_both(out)[1]


# --- V2 and V3: what the hashes hold ----------------------------------------------------------------------
@pytest.mark.parametrize("position", [1, 5, 17])
def test_a_changed_byte_is_located(out: Path, position: int) -> None:
    lines = records(out).read_bytes().split(b"\n")
    lines[position - 1] = lines[position - 1].replace(b'"title"', b'"titel"')
    records(out).write_bytes(b"\n".join(lines))
    code, output = said_by_both(out)
    assert code == 1
    assert f"FAIL V2 marketplace {position}: the record does not match its stored hash" in output


def test_changed_hashes_do_not_hide_a_changed_record(out: Path) -> None:
    lines = records(out).read_bytes().split(b"\n")
    lines[4] = lines[4].replace(b'"title"', b'"titel"')
    records(out).write_bytes(b"\n".join(lines))
    hashes = bytearray((out / "marketplace" / "hashes-000001.bin").read_bytes())
    hashes[4 * 32 : 5 * 32] = leaf_hash(lines[4])
    (out / "marketplace" / "hashes-000001.bin").write_bytes(hashes)
    refit(out)
    code, output = said_by_both(out)
    assert code == 1
    assert any(line.startswith("FAIL V3 marketplace") and "the root up to" in line for line in output)


def test_a_checkpoint_that_was_seen_is_held_against_the_records(out: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "seen.txt"
    earlier.write_bytes((out / "marketplace" / "checkpoints.txt").read_bytes().partition(b"\n\n0")[0] + b"\n")
    assert said_by_both(out, "--seen", earlier)[0] == 0
    resigned(out, edited(2, data={"title": "never"}))
    assert said_by_both(out)[0] == 0
    code, lines = said_by_both(out, "--seen", earlier)
    assert code == 1
    assert any(line.startswith("FAIL V3 marketplace") for line in lines)


def test_an_export_that_ends_before_a_checkpoint_that_was_seen_is_found(out: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "seen.txt"
    earlier.write_bytes((out / "marketplace" / "checkpoints.txt").read_bytes())
    resigned(out, lambda lines: lines[:12])
    code, output = said_by_both(out, "--seen", earlier)
    assert code == 1
    assert any(
        line.startswith("FAIL V3 marketplace 12: signed records are missing after this position")
        for line in output
    )


def test_records_of_another_incarnation_do_not_hide_what_was_lost(out: Path, tmp_path: Path) -> None:
    def begun_anew(lines: Lines) -> Lines:
        return [
            line.replace(b"marketplace:1", b"marketplace:2") if n >= 12 else line
            for n, line in enumerate(lines)
        ]

    resigned(out, begun_anew)
    code, output = said_by_both(out)
    assert code == 1
    assert "FAIL V3 marketplace 12: signed records are missing after this position" in output


# --- V1: who says so -----------------------------------------------------------------------------------
def test_a_foreign_key_is_found(out: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.txt"
    policy.write_text(
        policy_of().replace(str(signer(ORIGIN).key), str(signer(ORIGIN, number=2).key)),
        encoding="utf-8",
    )
    code, lines = said_by_both(out, "--policy", policy)
    assert code == 1
    assert any("no known key signed the checkpoint" in line for line in lines)


def test_a_signature_under_another_text_is_found(out: Path) -> None:
    path = out / "marketplace" / "checkpoints.txt"
    checkpoint_lines = path.read_text(encoding="utf-8").split("\n")
    checkpoint_lines[1] = str(int(checkpoint_lines[1]) + 1)
    path.write_text("\n".join(checkpoint_lines), encoding="utf-8")
    refit(out)
    assert said_by_both(out) == (
        1,
        [f"FAIL V1 export -: {ORIGIN} has a signature that does not fit the text", "FAILED"],
    )


def test_a_checkpoint_of_another_city_is_found(out: Path, tmp_path: Path) -> None:
    other = origin_of("05913000", "marketplace", 1)
    checkpoint = str(Checkpoint(other, 3, bytes(32)))
    note = str(Note(checkpoint, (signer(other).sign(checkpoint),)))
    earlier = tmp_path / "seen.txt"
    earlier.write_text(note, encoding="utf-8")
    code, lines = said_by_both(out, "--seen", earlier)
    assert (code, lines[2]) == (1, f"FAIL V1 export -: it has no log {other}")
    with (out / "marketplace" / "checkpoints.txt").open("a", encoding="utf-8") as file:
        file.write(f"{note}\n")
    refit(out)
    assert "FAIL V1 marketplace 3: the checkpoint belongs to another log" in said_by_both(out)[1]


def test_a_key_speaks_for_the_log_that_it_is_named_after_only(out: Path, tmp_path: Path) -> None:
    newest = verify.notes_in(out / "marketplace" / "checkpoints.txt")[-1]
    checkpoint = str(Checkpoint(origin_of(CITY_KEY, "marketplace", 2), newest.size, newest.root))
    earlier = tmp_path / "seen.txt"
    earlier.write_text(str(Note(checkpoint, (signer(ORIGIN).sign(checkpoint),))), encoding="utf-8")
    code, lines = said_by_both(out, "--seen", earlier)
    assert (code, lines[2]) == (
        1,
        f"FAIL V1 marketplace {newest.size}: no known key signed the checkpoint",
    )


def test_a_log_that_the_policy_names_must_be_there(out: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.txt"
    policy.write_text(policy_of([*SERVICES, "employment"]), encoding="utf-8")
    code, lines = said_by_both(out, "--policy", policy)
    assert (code, lines[-2]) == (1, f"FAIL V1 export -: it has no log {origin_of(CITY_KEY, 'employment', 1)}")


def test_where_no_witness_is_asked_for_none_is_missed(out: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.txt"
    policy.write_text(policy_of(SERVICES, 0), encoding="utf-8")
    (out / "marketplace" / "checkpoints.txt").write_bytes(b"")
    refit(out)
    _, lines = said_by_both(out, "--policy", policy)
    assert lines[2:] == ["FAIL V2 marketplace -: no checkpoint covers all records", "FAILED"]


@pytest.mark.parametrize(("needed", "code"), [(0, 0), (1, 0), (2, 1)])
def test_as_many_witnesses_as_the_policy_asks_for_must_have_cosigned(
    out: Path, tmp_path: Path, needed: int, code: int
) -> None:
    policy = tmp_path / "policy.txt"
    policy.write_text(policy_of(SERVICES, needed), encoding="utf-8")
    assert said_by_both(out, "--policy", policy)[0] == code


def test_the_verifier_follows_a_key_to_its_successor(out: Path) -> None:
    old, new = signer(ORIGIN), signer(ORIGIN, number=2)
    path = out / "marketplace" / "checkpoints.txt"
    first, rest = path.read_text(encoding="utf-8").split("\n\n0", 1)[0], path.read_text(encoding="utf-8")
    until = int(first.split("\n")[1])
    notes = verify.notes_in(path)
    text = notes[-1].text
    later = Note(text, (new.sign(text),))
    path.write_text(rest.replace(rest[rest.rindex(text) :], f"{later}\n"), encoding="utf-8")
    refit(out)
    assert said_by_both(out)[0] == 1
    (out / "marketplace" / "keys.txt").write_text(
        f"{successor_statement(old, new, notes[-2].size, AT)}\n", encoding="utf-8"
    )
    refit(out)
    assert said_by_both(out)[0] == 0
    (out / "marketplace" / "keys.txt").write_text(
        f"{successor_statement(old, new, until, AT)}\n", encoding="utf-8"
    )
    refit(out)
    assert said_by_both(out)[0] == 1


def test_what_a_compromised_key_signed_counts_with_witnesses_only(out: Path, tmp_path: Path) -> None:
    old, new = signer(ORIGIN), signer(ORIGIN, number=2)
    statement = tmp_path / "compromised.txt"
    statement.write_text(str(compromised_statement(old.key, new, AT)), encoding="utf-8")
    policy = tmp_path / "policy.txt"
    policy.write_text(f"log {new.key}\n{policy_of()}", encoding="utf-8")
    path = out / "marketplace" / "checkpoints.txt"
    n_kept, last = len(verify.notes_in(path)), verify.notes_in(path)[-1]
    code, lines = said_by_both(out, "--policy", policy, "--seen", statement)
    assert f" {n_kept - 1} checkpoints" in lines[0]
    assert lines[2:] == [
        f"FAIL V2 marketplace {verify.notes_in(path)[-2].size}: no checkpoint covers all records",
        "FAILED",
    ]
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{Note(last.text, (new.sign(last.text),))}\n")
    refit(out)
    code, lines = said_by_both(out, "--policy", policy, "--seen", statement)
    assert (code, lines[-1]) == (0, "OK")


def test_a_thief_of_a_compromised_key_frames_nobody(out: Path, tmp_path: Path) -> None:
    old, new = signer(ORIGIN), signer(ORIGIN, number=2)
    checkpoint = str(Checkpoint(ORIGIN, 5, bytes(32)))
    earlier = tmp_path / "seen.txt"
    earlier.write_text(
        f"{Note(checkpoint, (old.sign(checkpoint),))}\n{compromised_statement(old.key, new, AT)}\n",
        encoding="utf-8",
    )
    policy = tmp_path / "policy.txt"
    policy.write_text(f"log {new.key}\n{policy_of()}", encoding="utf-8")
    text = verify.notes_in(out / "marketplace" / "checkpoints.txt")[-1].text
    with (out / "marketplace" / "checkpoints.txt").open("a", encoding="utf-8") as file:
        file.write(f"{Note(text, (new.sign(text),))}\n")
    refit(out)
    assert said_by_both(out, "--policy", policy, "--seen", earlier)[0] == 0


def test_a_stranger_declares_nobody_compromised(out: Path, tmp_path: Path) -> None:
    stranger = compromised_statement(signer(ORIGIN).key, signer(ORIGIN, number=3), AT)
    (tmp_path / "stranger.txt").write_text(str(stranger), encoding="utf-8")
    code, lines = said_by_both(out, "--seen", tmp_path / "stranger.txt")
    assert code == 1
    assert "no known key signed a statement about a key" in lines[0]


def test_the_verifiers_own_hashes_are_those_of_the_standard() -> None:
    frontier, hashes = Frontier(), list[bytes]()
    for size in range(300):
        leaf = sha256(b"%d" % size).digest()
        frontier.append(leaf)
        verify.grow(hashes, size, leaf)
        assert verify.root_over(hashes) == frontier.root()
