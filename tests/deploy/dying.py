"""How does a process die in the middle? At its n-th durable step: by an exception here, or in a process that is killed.

`python -m tests.deploy.dying N kosilab-arguments…` runs a command and sends itself SIGKILL at its n-th durable step.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.eventlog.sql.database import Database
from shared.eventlog.sql.postgres import PostgresWriter

ROOT = Path(__file__).parents[2]
KILLED = -signal.SIGKILL


class Died(BaseException):
    """The process is gone: nothing may catch this but who waits for it."""


def _die() -> None:
    raise Died


@contextmanager
def dies_at(step: int, die: Callable[[], None] = _die) -> Iterator[None]:
    """Within it, the process dies before its n-th transaction, append or flush to the disk, if it comes so far."""
    passed = 0

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def durable(*arguments: Any, **named: Any) -> Any:
            nonlocal passed
            passed += 1
            if passed == step:
                die()
            return function(*arguments, **named)

        return durable

    places = ((Database, "transaction"), (PostgresWriter, "write"), (os, "fsync"))
    kept = [(place, name, getattr(place, name)) for place, name in places]
    for place, name, function in kept:
        setattr(place, name, counted(function))
    try:
        yield
    finally:
        for place, name, function in kept:
            setattr(place, name, function)


def killed_at(step: int, arguments: list[str], env: Mapping[str, str]) -> int:
    """Run a command in a process that is killed at this step: its exit code, KILLED when it came so far."""
    command = [sys.executable, "-m", "tests.deploy.dying", str(step), *arguments]
    around = {**os.environ, **env, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=around, cwd=ROOT, capture_output=True, check=False).returncode


def main() -> None:
    """Run the command until it dies."""
    from deploy.cli.commands import kosilab

    with dies_at(int(sys.argv[1]), lambda: os.kill(os.getpid(), signal.SIGKILL)):
        kosilab(sys.argv[2:])


if __name__ == "__main__":
    main()
