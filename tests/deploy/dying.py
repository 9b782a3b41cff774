"""How does a process die in the middle? At its n-th durable step: by an exception here, or in a process that is killed.

`python -m tests.deploy.dying` reads what to run, line by line, and runs each command in a fork of its own that sends
itself SIGKILL at its n-th durable step: what commands are made of is imported once.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

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
    around = {**os.environ, **env}
    process = _forking()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([step, arguments, around]) + "\n")
    process.stdin.flush()
    return int(process.stdout.readline())


@cache
def _forking() -> "subprocess.Popen[str]":
    """The process that forks; it ends when this one does, since nobody writes to it any more."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.deploy.dying"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def main() -> None:
    """Run what is read, each in a fork of its own; print how it ended."""
    import deploy.cli.backup
    import deploy.cli.erase  # noqa: F401 - imported before the first fork

    for line in sys.stdin:
        step, arguments, env = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(step, arguments, env)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _run(step: int, arguments: list[str], env: dict[str, str]) -> NoReturn:
    """Run a command until it dies or ends; nothing of it is shown."""
    from deploy.cli.commands import kosilab

    os.environ.clear()
    os.environ.update(env)
    silence = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(silence, number)
    code = 0
    try:
        with dies_at(step, lambda: os.kill(os.getpid(), signal.SIGKILL)):
            kosilab(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - as a process of its own would end with it
        code = 1
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
