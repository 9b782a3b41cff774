"""Can an export that was made to harm the auditor's machine do so, or print what it likes?

Nothing is read but plain files of bearable sizes below the export's folder; counts come from the files.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.shared.ledger.both import said_by_both
from tests.shared.ledger.small_city import policy_of
from tests.shared.ledger.spoiling import edited, records, refit, resigned

M = "marketplace"
ENDLESS = Path("/dev/zero")


def manifest(out: Path, change: Callable[[Any], object]) -> None:
    path = out / "manifest.json"
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def pipe(name: str) -> Callable[[Path], object]:
    """A file is a pipe into which nobody ever writes."""

    def spoil(out: Path) -> None:
        (out / name).unlink()
        os.mkfifo(out / name)

    return spoil


def linked(name: str, to: Path) -> Callable[[Path], object]:
    """A file leads out of the export."""

    def spoil(out: Path) -> None:
        (out / name).unlink()
        (out / name).symlink_to(to)

    return spoil


def linked_folder(out: Path) -> None:
    """The folder of a log lies elsewhere."""
    (out / M).rename(out.parent / "elsewhere")
    (out / M).symlink_to(out.parent / "elsewhere")


def grown(name: str, size: int) -> Callable[[Path], object]:
    """A file says that it is larger than a disk; there is nothing in it."""

    def spoil(out: Path) -> None:
        os.truncate(out / name, size)

    return spoil


def elsewhere(out: Path) -> None:
    """The manifest names a folder outside."""
    (out / M).rename(out.parent / M)
    manifest(out, lambda content: content["logs"][0].update(service=f"../{M}"))


def with_lines(lines: bytes) -> Callable[[Path], object]:
    """There are these lines behind the records."""

    def spoil(out: Path) -> None:
        with records(out).open("ab") as file:
            file.write(lines)
        refit(out)

    return spoil


PLAIN = "no plain file, or far too large"
LINES = "records-000001.ndjson has too many lines, or too long ones"
HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a policy that is a pipe": (pipe("policy.txt"), f"policy.txt is {PLAIN}"),
    "records that are a pipe": (pipe(f"{M}/records-000001.ndjson"), f"records-000001.ndjson is {PLAIN}"),
    "a manifest without end": (linked("manifest.json", ENDLESS), f"manifest.json is {PLAIN}"),
    "checkpoints that lead elsewhere": (
        linked(f"{M}/checkpoints.txt", Path("/etc/hostname")),
        f"checkpoints.txt is {PLAIN}",
    ),
    "a log that lies elsewhere": (linked_folder, f"{M} is {PLAIN}"),
    "a log outside": (elsewhere, "the manifest names something that is not a log"),
    "a huge manifest": (grown("manifest.json", 1 << 40), f"manifest.json is {PLAIN}"),
    "huge hashes": (grown(f"{M}/hashes-000001.bin", 1 << 40), f"hashes-000001.bin is {PLAIN}"),
    "a line without end": (with_lines(b"x" * (1 << 20)), LINES),
    "too many lines": (with_lines(b"\n" * 16_384), LINES),
    "a size beyond all files": (
        lambda out: manifest(out, lambda content: content["logs"][0].update(size=10**15)),
        f"V2 {M} 32: records are missing or surplus",
    ),
    "a log named twice": (
        lambda out: manifest(out, lambda content: content["logs"].append(content["logs"][0])),
        "the manifest names a log twice",
    ),
    "a segment far behind": (
        lambda out: (out / M / "records-999999.ndjson").write_bytes(b"{}\n"),
        f"V2 {M} 33: records are missing or surplus",
    ),
    "a loss beyond all numbers": (
        lambda out: resigned(
            out,
            edited(
                5,
                type="kosilab.marketplace.IncarnationBegan.v1",
                data={"kept": 4, "signed": 2**70, "note": ""},
            ),
        ),
        f"V4 {M} 5: the line is not a record of this log",
    ),
    "a name that says OK": (
        lambda out: (out / "a\nOK\n\x1b[2J\u00e4").write_bytes(b""),
        "V2 export -: a?OK??[2J? is missing or differs from the manifest",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_harm_is_refused_unread_and_said_on_one_line(out: Path, name: str) -> None:
    spoil, sentence = HOSTILE[name]
    spoil(out)
    code, lines = said_by_both(out)
    assert (code, lines[-1]) == (1, "FAILED")
    assert any(line.startswith("FAIL") and sentence in line for line in lines), lines
    assert "OK" not in lines


def test_groups_of_groups_are_each_asked_once(out: Path) -> None:
    """Otherwise forty lines would take a trillion steps."""
    groups = ["group a0 any 05913000", "group b0 any 05913000"]
    for n in range(1, 40):
        groups += [f"group {kind}{n} all a{n - 1} b{n - 1}" for kind in "ab"]
    policy, _, _ = policy_of().partition("quorum")
    (out / "policy.txt").write_text("\n".join([policy, *groups, "quorum a39", ""]), encoding="utf-8")
    refit(out)
    assert said_by_both(out)[0] == 0


def test_a_group_in_itself_is_refused(out: Path) -> None:
    policy, _, _ = policy_of().partition("quorum")
    (out / "policy.txt").write_text(f"{policy}\ngroup a any b\ngroup b any a\nquorum a\n", encoding="utf-8")
    refit(out)
    assert said_by_both(out)[0] == 1
