"""Who writes beside the running city? One process that is given commands of `kosilab` and says how each ended.

It is started once: to start a process per command takes longer than most commands.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Self

import click.testing

from deploy.cli.commands import kosilab
from tests.deploy.desk import Said


class Neighbour:
    """A process beside the city's that runs commands, one after the other."""

    def __init__(self, env: Mapping[str, str]) -> None:
        """Start it; `env` is its whole environment."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(env),
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, *arguments: str) -> None:
        """Have it run a command; `ended` waits for its end."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(arguments) + "\n")
        self._process.stdin.flush()

    def ended(self) -> Said:
        """How the command ended."""
        assert self._process.stdout is not None
        return Said(**json.loads(self._process.stdout.readline()))

    def call(self, *arguments: str) -> Said:
        """Run a command and wait for its end."""
        self.begin(*arguments)
        return self.ended()

    def close(self) -> None:
        """End the process."""
        if self._process.stdin is not None and self._process.stdout is not None:
            self._process.stdin.close()
            self._process.wait(60)
            self._process.stdout.close()


def answer(arguments: Sequence[str]) -> Said:
    """Run one command in this process."""
    result = click.testing.CliRunner().invoke(kosilab, list(arguments), prog_name="kosilab")
    error = result.exception
    defect = "" if error is None or isinstance(error, SystemExit) else repr(error)
    return Said(result.exit_code, result.stdout, result.stderr + defect)


def main() -> None:
    """Run the commands that come over the standard input, a line each."""
    for line in sys.stdin:
        done = answer(json.loads(line))
        sys.stdout.write(json.dumps({"code": done.code, "out": done.out, "err": done.err}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
