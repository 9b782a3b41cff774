"""Which commands write, and how are they called beside a running city? Each with the code that it ends with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tests.beside.city import BusyCity, offers_file
from tests.beside.neighbour import Neighbour
from tests.deploy.desk import Said

Arguments: TypeAlias = Callable[[BusyCity, Path, int], Sequence[str]]
"""The arguments of the n-th call beside a city, with a folder for files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A command that writes."""

    name: str
    arguments: Arguments
    code: int = 0
    err: str = ""

    def call(self, city: BusyCity, neighbour: Neighbour, folder: Path, number: int) -> Said:
        """Call it beside the city, which goes on without trouble.

        Raises: AssertionError.
        """
        answer = neighbour.call(*self.arguments(city, folder, number))
        assert answer.code == self.code, (self.name, number, answer)
        assert self.err in answer.err, (self.name, number, answer)
        assert "defect" not in answer.err, (self.name, number, answer)
        assert city.trouble == [], (self.name, number)
        return answer


SIMULATE = ("simulate", "--from", "2020-01-01", "--to", "2020-01-03", "--seed", "1")
IMPORT = Writing(
    name="import", arguments=lambda _, folder, n: ("import", str(offers_file(folder, n)), "--json")
)
SKIP_BECAUSE = ("--reason", "made up")

OTHERS = (
    Writing(name="erase", arguments=lambda city, _, n: ("erase", city.volunteer(n), "--yes")),
    Writing(name="parked retry", arguments=lambda city, *_: ("parked", "retry", *city.parked())),
    Writing(name="parked skip", arguments=lambda city, *_: ("parked", "skip", *city.parked(), *SKIP_BECAUSE)),
    Writing(name="token", arguments=lambda *_: ("token", "--role", "auditor")),
    Writing(name="revoke", arguments=lambda _city, _folder, n: ("revoke", f"token-{n}")),
    Writing(name="keys rotate", arguments=lambda *_: ("keys", "rotate")),
    Writing(name="migrate", arguments=lambda *_: ("migrate",)),
    Writing(name="views rebuild", arguments=lambda *_: ("views", "rebuild", "all")),
    Writing(
        name="backup create", arguments=lambda _, folder, n: ("backup", "create", f"{folder}/backup-{n}")
    ),
    Writing(
        name="backup restore",
        arguments=lambda _, folder, n: ("backup", "restore", f"{folder}/backup-{n}"),
        code=1,
        err="nothing was overwritten",
    ),
    Writing(name="simulate", arguments=lambda *_: SIMULATE, code=1, err="not empty"),
)
"""In this order: a restore needs the backup before it."""
