"""Does each check find what it is there for, name the position, and raise no false alarm? Both verifiers are asked."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from shared.ledger import verify
from shared.ledger.checkpoint import Checkpoint, origin_of
from shared.ledger.keys import compromised_statement, successor_statement
from shared.ledger.merkle import Frontier, leaf_hash
from shared.ledger.note import Note
from tests.shared.ledger.both import said_by_both, said_by_one
from tests.shared.ledger.small_city import CITY_KEY, WITNESSES, SmallCity, policy_of, signer, small_city

ORIGIN = origin_of(CITY_KEY, "marketplace", 1)
AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Lines = list[bytes]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallCity]:
    """A city that has lived a little; nobody changes it."""
    with small_city(tmp_path_factory.mktemp("city"), ["marketplace"]) as city:
        log = city["marketplace"]
        log.write(
            "person-1",
            [log.draft(name="PersonRegistered", slots=[("contact", b"made up"), ("name", b"too")])],
        )
        position = log.store.log.head().position
        log.write("erasure-e4a5", [log.draft(name="ErasureRequested", data={"basis": "asked_by_person"})])
        erased = {"erasure_id": "e4a5", "slots": [{"name": "contact", "position": position}]}
        log.write("erased-e4a5", [log.draft(name="SlotsErased", data=erased)])
        with log.store.transaction() as tx:
            tx.exec_driver_sql("DELETE FROM slot WHERE name = 'contact'")
        log.sign()
        yield city


@pytest.fixture
def out(lived: SmallCity, tmp_path: Path) -> Path:
    """An export of it, to be spoilt."""
    return lived.export(tmp_path / "out", with_slots=True)


def records(out: Path) -> Path:
    """The file of the records."""
    return out / "marketplace" / "records-000001.ndjson"


def resigned(out: Path, change: Callable[[Lines], Lines], origin: str = ORIGIN) -> None:
    """Change the lines and make everything fit again, as somebody with the log's key: only the meaning is wrong."""
    lines = change(records(out).read_bytes().split(b"\n")[:-1])
    records(out).write_bytes(b"".join(line + b"\n" for line in lines))
    frontier = Frontier()
    for line in lines:
        frontier.append(leaf_hash(line))
    hashes = b"".join(leaf_hash(line) for line in lines)
    (out / "marketplace" / "hashes-000001.bin").write_bytes(hashes)
    said = str(Checkpoint(origin, len(lines), frontier.root()))
    note = Note(said, (signer(origin).sign(said), WITNESSES["05913000"].cosign(said, AT)))
    (out / "marketplace" / "checkpoints.txt").write_text(f"{note}\n", encoding="utf-8")
    manifest = json.loads((out / "manifest.json").read_bytes())
    manifest["logs"][0] |= {"size": len(lines), "origin": origin}
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    refit(out)


def refit(out: Path) -> None:
    """Make the manifest's digests fit the files."""
    manifest = json.loads((out / "manifest.json").read_bytes())
    files = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    del files["manifest.json"]
    manifest["files"] = {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def edited(at: int, **changes: Any) -> Callable[[Lines], Lines]:
    """The record at this position with other attributes."""

    def change(lines: Lines) -> Lines:
        event = json.loads(lines[at - 1]) | changes
        return [*lines[: at - 1], json.dumps(event, sort_keys=True).encode(), *lines[at:]]

    return change


def test_a_history_as_it_is_raises_no_alarm(out: Path) -> None:
    code, lines = said_by_both(out, "--with-slots")
    assert (code, lines[-1]) == (0, "OK")
    assert ", 1 sealed slots, 1 erased" in lines[0]


def test_an_export_made_to_fit_again_raises_no_alarm(out: Path) -> None:
    resigned(out, lambda lines: lines)
    assert said_by_both(out) == (0, [said_by_one(out)[1][0], "OK"])


# --- V4: what no signature makes right -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (edited(3, sequence=f"{4:020d}"), "FAIL V4 marketplace 3: the record belongs elsewhere"),
        (edited(3, streamversion=9), "FAIL V4 marketplace 3: its stream lacks a version before it"),
        (edited(3, previous=f"{9:020d}"), "FAIL V4 marketplace 3: `previous` names another record"),
        (edited(3, recordedtime="2026-03-02T07:00:00Z"), "3: the time, or the incarnation, runs backwards"),
        (edited(3, source="urn:kosilab:05124000:actors:1"), "3: the line is no record of this log"),
        (edited(3, source="urn:kosilab:05913000:marketplace:1"), "3: the line is no record of this log"),
        (edited(3, source="urn:kosilab:05124000:marketplace:01"), "3: the line is no record of this log"),
        (edited(3, type="kosilab.actors.LabClosed.v1"), "3: the line is no record of this log"),
        (edited(3, audience=None), "3: the line is no record of this log"),
        (edited(3, streamversion="1"), "3: the line is no record of this log"),
        (edited(3, streamversion=True), "3: the line is no record of this log"),
        (lambda lines: [*lines[:2], b"{}", *lines[3:]], "3: the line is no record of this log"),
        (lambda lines: [*lines[:2], b"\xff", *lines[3:]], "3: the line is no record of this log"),
        (lambda lines: [*lines[:2], b"\xef\xbb\xbf" + lines[2], *lines[3:]], "3: the line is no record"),
        (
            lambda lines: [*lines[:2], lines[2].replace(b'"data":', b'"more":NaN,"data":'), *lines[3:]],
            "3: the line is no record",
        ),
        (
            lambda lines: [lines[0], *lines],
            "FAIL V4 marketplace 2: an event or a command is here that was there before",
        ),
        (lambda lines: [*lines, lines[2]], "an event or a command is here that was there before"),
        (lambda lines: lines[1:], "FAIL V4 marketplace 1: the record belongs elsewhere"),
    ],
)
def test_what_is_out_of_order_is_found_whoever_signed_it(
    out: Path, change: Callable[[Lines], Lines], found: str
) -> None:
    resigned(out, change)
    code, lines = said_by_both(out)
    assert code == 1
    assert any(found in line for line in lines)


def test_a_command_that_comes_again_later_is_found(out: Path) -> None:
    first = json.loads(records(out).read_bytes().split(b"\n")[0])["commandid"]
    resigned(out, edited(12, commandid=first))
    assert (
        "FAIL V4 marketplace 12: an event or a command is here that was there before" in said_by_both(out)[1]
    )


# --- V2 and V3: what the hashes hold ----------------------------------------------------------------------
@pytest.mark.parametrize("position", [1, 5, 17])
def test_a_changed_byte_is_located(out: Path, position: int) -> None:
    lines = records(out).read_bytes().split(b"\n")
    lines[position - 1] = lines[position - 1].replace(b'"title"', b'"titel"')
    records(out).write_bytes(b"\n".join(lines))
    code, said = said_by_both(out)
    assert code == 1
    assert f"FAIL V2 marketplace {position}: the record has not the hash that was kept of it" in said


def test_changed_hashes_do_not_hide_a_changed_record(out: Path) -> None:
    lines = records(out).read_bytes().split(b"\n")
    lines[4] = lines[4].replace(b'"title"', b'"titel"')
    records(out).write_bytes(b"\n".join(lines))
    hashes = bytearray((out / "marketplace" / "hashes-000001.bin").read_bytes())
    hashes[4 * 32 : 5 * 32] = leaf_hash(lines[4])
    (out / "marketplace" / "hashes-000001.bin").write_bytes(hashes)
    refit(out)
    code, said = said_by_both(out)
    assert code == 1
    assert any(line.startswith("FAIL V3 marketplace") and "the root is another one" in line for line in said)


def test_a_checkpoint_that_was_seen_is_held_against_the_records(out: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen.txt"
    seen.write_bytes((out / "marketplace" / "checkpoints.txt").read_bytes().partition(b"\n\n0")[0] + b"\n")
    assert said_by_both(out, "--seen", seen)[0] == 0
    resigned(out, edited(2, data={"title": "never"}))
    assert said_by_both(out)[0] == 0
    code, said = said_by_both(out, "--seen", seen)
    assert code == 1
    assert any(line.startswith("FAIL V3 marketplace") for line in said)


def test_an_export_that_ends_before_a_checkpoint_that_was_seen_is_found(out: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen.txt"
    seen.write_bytes((out / "marketplace" / "checkpoints.txt").read_bytes())
    resigned(out, lambda lines: lines[:12])
    code, said = said_by_both(out, "--seen", seen)
    assert code == 1
    assert any(
        line.startswith("FAIL V3 marketplace 12: signed records are gone behind here") for line in said
    )


def test_records_of_another_incarnation_do_not_hide_what_was_lost(out: Path, tmp_path: Path) -> None:
    def begun_anew(lines: Lines) -> Lines:
        return [
            line.replace(b"marketplace:1", b"marketplace:2") if n >= 12 else line
            for n, line in enumerate(lines)
        ]

    resigned(out, begun_anew)
    code, said = said_by_both(out)
    assert code == 1
    assert "FAIL V3 marketplace 12: signed records are gone behind here" in said


KEPT = 12
BEGUN = origin_of(CITY_KEY, "marketplace", 2)


def restored(out: Path, tmp_path: Path, **says: int) -> list[str | Path]:
    """The log goes on in another incarnation behind KEPT records, and its first record says what was lost, or nothing.

    What the verifiers are told of it: the keys of both, and the newest checkpoint of before.
    """
    seen, policy = tmp_path / "seen.txt", tmp_path / "policy.txt"
    seen.write_bytes((out / "marketplace" / "checkpoints.txt").read_bytes())
    policy.write_text(f"log {signer(BEGUN).key}\n{policy_of(['marketplace'])}", encoding="utf-8")

    def begun(lines: Lines) -> Lines:
        later = [line.replace(b"marketplace:1", b"marketplace:2") for line in lines[KEPT:]]
        first = edited(1, type="kosilab.marketplace.IncarnationBegan.v1", data=says)(later) if says else later
        return [*lines[:KEPT], *first]

    resigned(out, begun, BEGUN)
    return ["--policy", policy, "--seen", seen]


def size_of(out: Path) -> int:
    """How many records an export has."""
    return len(records(out).read_bytes().splitlines())


def test_records_that_a_restore_lost_and_the_log_says_so_are_shown_and_no_finding(
    out: Path, tmp_path: Path
) -> None:
    lost = size_of(out)
    told = restored(out, tmp_path, kept=KEPT, signed=lost)
    code, lines = said_by_both(out, *told)
    assert (code, lines[-1]) == (0, "OK"), lines
    assert lines[0].endswith(f"; incarnation 2 from 13 on, {lost - KEPT} records lost before it")


@pytest.mark.parametrize(("kept", "less"), [(KEPT, 1), (KEPT - 1, 0), (KEPT + 1, 0)])
def test_a_loss_that_is_not_the_one_that_was_told_is_found(
    out: Path, tmp_path: Path, kept: int, less: int
) -> None:
    told = restored(out, tmp_path, kept=kept, signed=size_of(out) - less)
    code, lines = said_by_both(out, *told)
    assert code == 1
    assert any(line.startswith("FAIL V3 marketplace 12: signed records are gone behind") for line in lines)


def test_an_incarnation_that_begins_and_says_nothing_is_found(out: Path, tmp_path: Path) -> None:
    code, lines = said_by_both(out, *restored(out, tmp_path))
    assert code == 1
    assert "FAIL V4 marketplace 13: an incarnation begins here and does not say what was lost" in lines


# --- V1: who says so -----------------------------------------------------------------------------------
def test_a_foreign_key_is_found(out: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.txt"
    policy.write_text(
        policy_of(["marketplace"]).replace(str(signer(ORIGIN).key), str(signer(ORIGIN, number=2).key)),
        encoding="utf-8",
    )
    code, lines = said_by_both(out, "--policy", policy)
    assert code == 1
    assert any("no key that is known signed the checkpoint" in line for line in lines)


def test_a_signature_under_another_text_is_found(out: Path) -> None:
    path = out / "marketplace" / "checkpoints.txt"
    said = path.read_text(encoding="utf-8").split("\n")
    said[1] = str(int(said[1]) + 1)
    path.write_text("\n".join(said), encoding="utf-8")
    code, lines = said_by_one(out)
    assert code == 1
    assert any(line.startswith("FAIL V1 export -: ") and "did not sign this" in line for line in lines)


def test_a_checkpoint_of_another_city_is_found(out: Path, tmp_path: Path) -> None:
    other = origin_of("05913000", "marketplace", 1)
    said = str(Checkpoint(other, 3, bytes(32)))
    note = str(Note(said, (signer(other).sign(said),)))
    seen = tmp_path / "seen.txt"
    seen.write_text(note, encoding="utf-8")
    code, lines = said_by_both(out, "--seen", seen)
    assert (code, lines[1]) == (1, f"FAIL V1 export -: it has no log {other}")
    with (out / "marketplace" / "checkpoints.txt").open("a", encoding="utf-8") as file:
        file.write(f"{note}\n")
    refit(out)
    assert "FAIL V1 marketplace 3: the checkpoint is another log's" in said_by_both(out)[1]


def test_a_key_speaks_for_the_log_that_it_is_named_after_only(out: Path, tmp_path: Path) -> None:
    newest = verify.notes_in(out / "marketplace" / "checkpoints.txt")[-1]
    said = str(Checkpoint(origin_of(CITY_KEY, "marketplace", 2), newest.size, newest.root))
    seen = tmp_path / "seen.txt"
    seen.write_text(str(Note(said, (signer(ORIGIN).sign(said),))), encoding="utf-8")
    code, lines = said_by_both(out, "--seen", seen)
    assert (code, lines[1]) == (
        1,
        f"FAIL V1 marketplace {newest.size}: no key that is known signed the checkpoint",
    )


def test_a_log_that_the_policy_names_must_be_there(out: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.txt"
    policy.write_text(policy_of(["marketplace", "actors"]), encoding="utf-8")
    code, lines = said_by_both(out, "--policy", policy)
    assert (code, lines[-2]) == (1, f"FAIL V1 export -: it has no log {origin_of(CITY_KEY, 'actors', 1)}")


def test_where_no_witness_is_asked_for_none_is_missed(out: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.txt"
    policy.write_text(policy_of(["marketplace"], 0), encoding="utf-8")
    (out / "marketplace" / "checkpoints.txt").write_bytes(b"")
    refit(out)
    _, lines = said_by_both(out, "--policy", policy)
    assert lines[1:] == ["FAIL V2 marketplace -: no checkpoint is over all records", "FAILED"]


@pytest.mark.parametrize(("needed", "code"), [(0, 0), (1, 0), (2, 1)])
def test_as_many_witnesses_as_the_policy_asks_for_must_have_cosigned(
    out: Path, tmp_path: Path, needed: int, code: int
) -> None:
    policy = tmp_path / "policy.txt"
    policy.write_text(policy_of(["marketplace"], needed), encoding="utf-8")
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
    policy.write_text(f"log {new.key}\n{policy_of(['marketplace'])}", encoding="utf-8")
    path = out / "marketplace" / "checkpoints.txt"
    n_kept, last = len(verify.notes_in(path)), verify.notes_in(path)[-1]
    code, lines = said_by_both(out, "--policy", policy, "--seen", statement)
    assert f" {n_kept - 1} checkpoints" in lines[0]
    assert lines[1:] == [
        f"FAIL V2 marketplace {verify.notes_in(path)[-2].size}: no checkpoint is over all records",
        "FAILED",
    ]
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{Note(last.text, (new.sign(last.text),))}\n")
    refit(out)
    code, lines = said_by_both(out, "--policy", policy, "--seen", statement)
    assert (code, lines[-1]) == (0, "OK")


def test_a_thief_of_a_compromised_key_frames_nobody(out: Path, tmp_path: Path) -> None:
    old, new = signer(ORIGIN), signer(ORIGIN, number=2)
    said = str(Checkpoint(ORIGIN, 5, bytes(32)))
    seen = tmp_path / "seen.txt"
    seen.write_text(
        f"{Note(said, (old.sign(said),))}\n{compromised_statement(old.key, new, AT)}\n", encoding="utf-8"
    )
    policy = tmp_path / "policy.txt"
    policy.write_text(f"log {new.key}\n{policy_of(['marketplace'])}", encoding="utf-8")
    text = verify.notes_in(out / "marketplace" / "checkpoints.txt")[-1].text
    with (out / "marketplace" / "checkpoints.txt").open("a", encoding="utf-8") as file:
        file.write(f"{Note(text, (new.sign(text),))}\n")
    refit(out)
    assert said_by_both(out, "--policy", policy, "--seen", seen)[0] == 0


def test_a_stranger_declares_nobody_compromised(out: Path, tmp_path: Path) -> None:
    stranger = compromised_statement(signer(ORIGIN).key, signer(ORIGIN, number=3), AT)
    (tmp_path / "stranger.txt").write_text(str(stranger), encoding="utf-8")
    code, lines = said_by_both(out, "--seen", tmp_path / "stranger.txt")
    assert code == 1
    assert "nobody whom the policy knows made a statement about a key" in lines[0]


# --- V5: slots -----------------------------------------------------------------------------------------
def test_a_slot_that_is_gone_without_an_erasure_is_found(out: Path) -> None:
    (out / "marketplace" / "slots-000001.ndjson").write_bytes(b"")
    refit(out)
    code, lines = said_by_both(out)
    position = len(records(out).read_bytes().split(b"\n")) - 3
    assert (code, lines[-2]) == (
        1,
        f"FAIL V5 marketplace {position}: a sealed slot is gone, and no erasure says so",
    )


def test_an_erasure_that_nobody_asked_for_is_found(out: Path) -> None:
    resigned(out, lambda lines: [line.replace(b".ErasureRequested.", b".ErasureRefused.") for line in lines])
    code, lines = said_by_both(out)
    assert code == 1
    assert any("slots are erased here, and nobody asked for it" in line for line in lines)


def test_an_erased_slot_that_is_still_there_is_found(out: Path) -> None:
    path = out / "marketplace" / "slots-000001.ndjson"
    slot = json.loads(path.read_bytes())
    back = slot | {"name": "contact", "ct": sha256(b"made up").hexdigest()}
    path.write_text(f"{json.dumps(slot)}\n{json.dumps(back)}\n", encoding="utf-8")
    refit(out)
    assert any("an erased slot is still there, or never was" in line for line in said_by_both(out)[1])


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ({"ct": "0" * 64}, []),
        ({"sealed": "AAAA"}, ["--with-slots"]),
        ({"name": "other"}, []),
        ({"position": 1}, []),
    ],
)
def test_a_slot_that_is_not_the_one_in_the_record_is_found(
    out: Path, change: dict[str, Any], options: list[str]
) -> None:
    path = out / "marketplace" / "slots-000001.ndjson"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change) + "\n", encoding="utf-8")
    refit(out)
    code, lines = said_by_both(out, *options)
    assert code == 1
    assert any("the slot is not the one that the record names" in line for line in lines)


def test_ciphertexts_are_looked_at_only_when_asked_for(out: Path) -> None:
    path = out / "marketplace" / "slots-000001.ndjson"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"sealed": "AAAA"}) + "\n", encoding="utf-8")
    refit(out)
    assert said_by_both(out)[0] == 0


# --- broken exports --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    ["checkpoints.txt", "keys.txt", "records-000001.ndjson", "hashes-000001.bin", "slots-000001.ndjson"],
)
def test_a_file_that_is_missing_is_found(out: Path, name: str) -> None:
    (out / "marketplace" / name).unlink()
    code, lines = said_by_one(out)
    assert code == 1
    assert any("missing" in line for line in lines)


@pytest.mark.parametrize("name", ["policy.txt", "manifest.json"])
def test_an_export_without_its_head_is_broken(out: Path, name: str) -> None:
    (out / name).unlink()
    code, lines = said_by_one(out)
    assert code == 1
    assert any(line.startswith("FAIL V1 export -: a file is missing or cut off") for line in lines)


def test_truncated_records_are_found(out: Path) -> None:
    whole = records(out).read_bytes()
    records(out).write_bytes(whole[: len(whole) // 2])
    code, lines = said_by_both(out)
    assert code == 1
    assert any("records are missing, or too many" in line for line in lines)


def test_records_behind_the_last_checkpoint_are_found(out: Path) -> None:
    (out / "marketplace" / "records-000002.ndjson").write_bytes(records(out).read_bytes())
    refit(out)
    code, lines = said_by_both(out)
    assert code == 1
    assert any("records are missing, or too many" in line for line in lines)


def test_a_file_that_nobody_named_is_found(out: Path) -> None:
    (out / "extra.txt").write_text("extra", encoding="utf-8")
    code, lines = said_by_both(out)
    assert (code, lines[-2]) == (1, "FAIL V2 export -: extra.txt is missing, or not as the manifest says")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": "kosilab-history/2"}, "the manifest has another form"),
        (
            {"logs": [{"origin": "elsewhere", "service": "marketplace", "size": 3}]},
            "names a log that is none",
        ),
        ({"logs": [{"origin": ORIGIN, "service": "marketplace", "size": "3"}]}, "names a log that is none"),
    ],
)
def test_a_manifest_of_something_else_is_refused(out: Path, change: dict[str, Any], why: str) -> None:
    path = out / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change), encoding="utf-8")
    code, lines = said_by_both(out)
    assert code == 1
    assert any(why in line for line in lines)


@pytest.mark.parametrize(
    "policy", ["", "quorum nobody\n", "quorum none\nquorum none\n", "log x\nquorum none\n"]
)
def test_a_policy_that_is_none_is_refused(out: Path, tmp_path: Path, policy: str) -> None:
    path = tmp_path / "policy.txt"
    path.write_text(policy, encoding="utf-8")
    assert said_by_one(out, "--policy", path)[0] == 1


def test_the_verifiers_own_hashes_are_those_of_the_standard() -> None:
    frontier, hashes = Frontier(), list[bytes]()
    for size in range(300):
        leaf = sha256(b"%d" % size).digest()
        frontier.append(leaf)
        verify.grow(hashes, size, leaf)
        assert verify.root_over(hashes) == frontier.root()
