"""What do both verifiers say of an export? They must say the same, word for word."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import shared.ledger
from shared.ledger import verify

VERIFY = Path(shared.ledger.__file__).parent / "verify.py"


def said_by_one(*arguments: str | Path) -> tuple[int, list[str]]:
    """What the verifier in Python says, in this process: its exit code and its lines."""
    lines: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "print", lines.append, raising=False)
        code = verify.main([str(each) for each in arguments])
    return code, lines


def said_by_both(*arguments: str | Path) -> tuple[int, list[str]]:
    """What both say. Where no Node is installed, only the first is asked; under CI that is an error."""
    first = said_by_one(*arguments)
    node = shutil.which("node")
    if node is None:
        assert not os.environ.get("CI"), "install Node 18 or newer: the second verifier is tested with it"
        return first
    command = [node, str(VERIFY.with_suffix(".mjs")), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    second = (done.returncode, done.stdout.splitlines())
    assert second == first
    return first
