"""What is said of an export that is cut off, or put together from what does not belong together? One sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.ledger.checkpoint import Checkpoint, origin_of
from shared.ledger.note import Note
from tests.shared.ledger.both import printed_by_both, said_by_both
from tests.shared.ledger.small_city import policy_of, signer
from tests.shared.ledger.spoiling import ORIGIN, edited, records, refit, resigned


def cut(name: str) -> Callable[[Path], object]:
    """The second half of a file is missing."""

    def spoil(out: Path) -> None:
        whole = (out / name).read_bytes()
        (out / name).write_bytes(whole[: len(whole) // 2])

    return spoil


def gone(name: str) -> Callable[[Path], object]:
    """A file is missing."""
    return lambda out: (out / name).unlink()


def of_another_key(out: Path) -> None:
    """The policy names a key that never signed anything."""
    policy = policy_of().replace(str(signer(ORIGIN).key), str(signer(ORIGIN, number=2).key))
    (out / "policy.txt").write_text(policy, encoding="utf-8")
    refit(out)


def of_another_city(out: Path) -> None:
    """Among the checkpoints is one of another city."""
    checkpoint = str(Checkpoint(origin_of("05913000", "marketplace", 1), 3, bytes(32)))
    with (out / "marketplace" / "checkpoints.txt").open("a", encoding="utf-8") as file:
        file.write(f"{Note(checkpoint, (signer(checkpoint.split(maxsplit=1)[0]).sign(checkpoint),))}\n")
    refit(out)


def with_a_clock_that_jumped(out: Path) -> None:
    """A record was written before the one in front of it."""
    resigned(out, edited(5, recordedtime="2026-03-02T07:00:00Z"))


M = "marketplace"
BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "manifest cut": (cut("manifest.json"), "V1 export -: a file is cut off or malformed"),
    "manifest gone": (
        gone("manifest.json"),
        "V1 export -: {out}/manifest.json is missing or cannot be read",
    ),
    "policy cut": (
        cut("policy.txt"),
        "V1 export -: a public key must have the form name+id+key",
    ),
    "policy gone": (gone("policy.txt"), "V1 export -: {out}/policy.txt is missing or cannot be read"),
    "checkpoints cut": (
        cut(f"{M}/checkpoints.txt"),
        "V2 export -: marketplace/checkpoints.txt is missing or differs from the manifest",
    ),
    "checkpoints gone": (
        gone(f"{M}/checkpoints.txt"),
        "V1 export -: {out}/marketplace/checkpoints.txt is missing or cannot be read",
    ),
    "keys gone": (
        gone(f"{M}/keys.txt"),
        "V1 export -: {out}/marketplace/keys.txt is missing or cannot be read",
    ),
    "records cut": (cut(f"{M}/records-000001.ndjson"), "V2 marketplace 17: records are missing or surplus"),
    "records gone": (
        gone(f"{M}/records-000001.ndjson"),
        "V2 marketplace -: records are missing or surplus",
    ),
    "hashes cut": (
        cut(f"{M}/hashes-000001.bin"),
        "V2 marketplace 17: the record does not match its stored hash",
    ),
    "slots cut": (
        cut(f"{M}/slots-000001.ndjson"),
        "V5 marketplace -: a line is not a slot, or lacks its ciphertext",
    ),
    "another key": (of_another_key, "V1 marketplace 11: no known key signed the checkpoint"),
    "another city": (of_another_city, "V1 marketplace 3: the checkpoint belongs to another log"),
    "clock jumped": (
        with_a_clock_that_jumped,
        "V4 marketplace 5: the time, or the incarnation, runs backwards",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_said_in_a_sentence_and_nothing_else_is_printed(out: Path, name: str) -> None:
    spoil, sentence = BROKEN[name]
    spoil(out)
    code, lines, errors = printed_by_both(out)
    assert (code, lines[-1], {*errors}) == (1, "FAILED", {""})
    assert any(line.startswith(f"FAIL {sentence.format(out=out)}") for line in lines), lines


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["{out}/policy.txt"], ["{out}", "--unknown"]])
def test_used_wrongly_both_say_how_and_exit_with_2(out: Path, arguments: list[str]) -> None:
    code, lines, errors = printed_by_both(*(each.format(out=out) for each in arguments))
    assert (code, lines) == (2, [])
    assert all("--with-slots" in error for error in errors)


def test_truncated_records_are_found(out: Path) -> None:
    whole = records(out).read_bytes()
    records(out).write_bytes(whole[: len(whole) // 2])
    code, lines = said_by_both(out)
    assert code == 1
    assert any("records are missing or surplus" in line for line in lines)


def test_records_behind_the_last_checkpoint_are_found(out: Path) -> None:
    (out / "marketplace" / "records-000002.ndjson").write_bytes(records(out).read_bytes())
    refit(out)
    code, lines = said_by_both(out)
    assert code == 1
    assert any("records are missing or surplus" in line for line in lines)


def test_a_file_that_nobody_named_is_found(out: Path) -> None:
    (out / "extra.txt").write_text("extra", encoding="utf-8")
    code, lines = said_by_both(out)
    assert (code, lines[-2]) == (1, "FAIL V2 export -: extra.txt is missing or differs from the manifest")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": "kosilab-history/2"}, "the manifest has an unknown format"),
        (
            {"logs": [{"origin": "elsewhere", "service": "marketplace", "size": 3}]},
            "names something that is not a log",
        ),
        (
            {"logs": [{"origin": ORIGIN, "service": "marketplace", "size": "3"}]},
            "names something that is not a log",
        ),
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
    assert said_by_both(out, "--policy", path)[0] == 1
