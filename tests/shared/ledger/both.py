"""What do both verifiers say of an export? They must say the same, word for word."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
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
    for second in _said_by_node(*arguments):
        assert second == (*first, ""), (first, second)
    return first


def printed_by_both(*arguments: str | Path) -> tuple[int, list[str], list[str]]:
    """What both print when an auditor runs them: exit code, lines, and what each says in the way of an error."""
    code, lines, error = _run(sys.executable, "-I", str(VERIFY), *arguments)
    errors = [error]
    for second in _said_by_node(*arguments):
        assert second[:2] == (code, lines), (code, lines, second)
        errors.append(second[2])
    return code, lines, errors


def _said_by_node(*arguments: str | Path) -> Iterator[tuple[int, list[str], str]]:
    node = shutil.which("node")
    if node is None:
        assert not os.environ.get("CI"), "install Node 18 or newer: the second verifier is tested with it"
        return
    yield _run(node, str(VERIFY.with_suffix(".mjs")), *arguments)


def _run(*command: str | Path) -> tuple[int, list[str], str]:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr
