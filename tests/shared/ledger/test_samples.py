"""Do both verifiers say the same of the shipped samples, and are these what they are said to be?"""

import filecmp
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared.ledger.both import VERIFY, said_by_both
from tests.shared.ledger.write_samples import CHANGED, SAMPLES, write

SEEN = ("--seen", str(SAMPLES / "seen.txt"))
ALL = 440
OF_THE_SECOND = 350


def test_a_good_history_is_good() -> None:
    code, lines = said_by_both(SAMPLES / "good", *SEEN, "--with-slots")
    assert (code, lines[-1]) == (0, "OK")
    assert "actors: 32 records, 3 checkpoints, witnessed up to 32, 1 sealed slots, 1 erased" in lines


def test_a_changed_byte_is_found_and_its_position_named() -> None:
    code, lines = said_by_both(SAMPLES / "changed-byte")
    assert code == 1
    assert f"FAIL V2 marketplace {CHANGED}: the record does not match its stored hash" in lines


def test_a_history_that_was_rewritten_and_signed_anew_lacks_witnesses() -> None:
    code, lines = said_by_both(SAMPLES / "rewritten")
    assert (code, lines[-2:]) == (
        1,
        ["FAIL V1 marketplace -: no checkpoint has enough witnesses", "FAILED"],
    )


def test_whoever_kept_a_checkpoint_sees_that_the_history_was_rewritten() -> None:
    code, lines = said_by_both(SAMPLES / "rewritten", *SEEN)
    assert code == 1
    assert "FAIL V3 marketplace 18: the root up to this position differs" in lines


def test_the_samples_are_the_ones_that_are_written(tmp_path: Path) -> None:
    write(tmp_path / "samples")
    ours, shipped = (
        sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        for folder in (tmp_path / "samples", SAMPLES)
    )
    assert ours == shipped
    _, different, unreadable = filecmp.cmpfiles(tmp_path / "samples", SAMPLES, map(str, ours), shallow=False)
    assert (different, unreadable) == ([], [])


def test_the_verifiers_are_as_short_as_promised() -> None:
    assert len(VERIFY.read_text(encoding="utf-8").splitlines()) <= ALL
    assert len(VERIFY.with_suffix(".mjs").read_text(encoding="utf-8").splitlines()) <= OF_THE_SECOND


def test_the_verifier_stands_alone(tmp_path: Path) -> None:
    alone = tmp_path / "verify.py"
    shutil.copy(VERIFY, alone)
    command = [sys.executable, "-I", str(alone), str(SAMPLES / "good")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "OK")
    imported = {
        line.split()[1].partition(".")[0]
        for line in VERIFY.read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imported - sys.stdlib_module_names == {"cryptography"}


@pytest.mark.parametrize("arguments", [[], ["nowhere"], [str(SAMPLES / "good"), "--unknown"]])
def test_used_wrongly_it_says_how_and_exits_with_2(arguments: list[str]) -> None:
    command = [sys.executable, str(VERIFY), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage" in done.stderr
