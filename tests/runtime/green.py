"""How is a green process looked at? A small program, patched as the launcher patches, says what it saw."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WITHIN_S = 120.0
"""A process that has frozen is ended after this time [s]; none of these takes more than a few seconds."""


def command_for(program: str, *arguments: str) -> list[str]:
    """The command line of a program in tests/runtime/programs."""
    return [sys.executable, "-m", f"tests.runtime.programs.{program}", *arguments]


def environment(**variables: str) -> dict[str, str]:
    """The environment without settings of ours."""
    unwanted = ("KOSILAB_", "PSYCOPG_")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)} | variables


def seen_by(program: str, *arguments: str, **env: str) -> Any:
    """What a program printed last, as JSON."""
    done = subprocess.run(
        command_for(program, *arguments),
        cwd=ROOT,
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
