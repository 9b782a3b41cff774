"""How does a test call the command line? As a person does, in this process, on data of its own."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click.testing
import psycopg

from deploy.city import load_city
from deploy.cli.commands import kosilab
from deploy.instance import Instance
from services.actors.domain.organisation import RegisterOrganisation
from shared.bus.memory import MemoryBus
from shared.events.registry import SERVICES
from shared.events.vocabulary import Sector
from shared.service import clock, ids
from shared.service.settings import VAULT, Settings, load

SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What it printed for machines."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Desk:
    """A data directory, and the environment in which commands are called."""

    folder: Path
    env: dict[str, str]

    def call(self, *arguments: str, **env: str) -> Said:
        """Call a command."""
        around = {"KOSILAB_DATA_DIR": str(self.folder), **self.env, **env}
        result = click.testing.CliRunner().invoke(kosilab, arguments, env=around, prog_name="kosilab")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def lose_databases(self, *, vault: bool = False) -> None:
        """The disk with the databases is gone, the vault's when said; keys, register and ledger are kept apart."""
        names = (*SERVICES, *([VAULT] if vault else []))
        for url in (self.settings().database_url(name) for name in names):
            if url.startswith(SQLITE):
                for path in Path(url.removeprefix(SQLITE)).parent.glob(f"{Path(url).name}*"):
                    path.unlink()
            else:
                with psycopg.connect(url, autocommit=True) as server:
                    server.execute("DROP SCHEMA public CASCADE")
                    server.execute("CREATE SCHEMA public")

    def settings(self, **variables: str) -> Settings:
        """The settings of the commands."""
        return load({"KOSILAB_DATA_DIR": str(self.folder)}, {**self.env, **variables})

    def open(self) -> Instance:
        """The instance itself, for a test to do something in."""
        return Instance(load_city("wuppertal"), self.settings(), bus=MemoryBus())


def register(instance: Instance, *names: str) -> None:
    """Register organisations; nobody reacts yet."""
    for name in names:
        command = RegisterOrganisation(
            organisation_id=ids.derived("organisation", name),
            name=name,
            sector=Sector.COMPANY,
            district="Barmen",
            at=clock.now(),
        )
        instance.apps["actors"].handle(command, command_id=ids.derived("test", name), request_digest=name)
