"""How does a complete city start? All services in one process, on files and the memory broker."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from deploy.backup.unfinished import refuse_unfinished
from deploy.city import City
from deploy.cli.options import city_of, command, host_of_process
from deploy.cli.printing import Progress, progress
from deploy.running import alone
from shared.service.settings import Settings
from shared.service.tables import Role

if TYPE_CHECKING:
    from deploy.instance import Instance

SAMPLES = "--samples"
"""While it fills the city, the process is not patched, which is faster; then it restarts patched, without this."""

TOKEN_FOR = timedelta(hours=8)
WELCOME = """
KoSI-Lab {city.name} answers at {address} (Ctrl-C stops it).

{sign_in}

For other roles: .venv/bin/kosilab token --city {city.slug} --role auditor"""
SIGN_IN = """A token to sign in with as a coordinator, valid for eight hours:

  {token}"""
ASK = "To sign in, print a token: .venv/bin/kosilab token --city {city.slug} --role coordinator"
"""For output that goes into a file or a journal, where others may read it."""


@command("up", example="kosilab up --city dortmund --port 8001")
@click.option("--port", help="The port to listen on.  [default: KOSILAB_PORT or 8000]")
@click.option(
    SAMPLES, is_flag=True, help="On the first start, simulate three years and import the city's sample files."
)
def up(settings: Settings, samples: bool) -> None:  # noqa: FBT001 - click's flag
    """Start the embedded all-in-one instance; Ctrl-C stops it."""
    city = city_of(settings)
    refuse_unfinished(settings)
    if samples:
        _fill_once(settings, city)
        _start_anew()
    with alone(settings.data_dir(), settings.get("KOSILAB_HOST"), settings.port()):
        _host(settings, city)


def _fill_once(settings: Settings, city: City) -> None:
    from shared.edge.listening import refuse_taken

    refuse_taken(settings.get("KOSILAB_HOST"), settings.port())
    with alone(settings.data_dir()):
        from deploy.filling import fill, is_new

        if is_new(settings):
            fill(settings, city, _shown)


@contextmanager
def _shown(what: str) -> Iterator[Progress | None]:
    click.echo(f"{what} ...", err=True)
    with progress(what) as bar:
        yield bar


def _start_anew() -> None:
    arguments = [argument for argument in sys.argv[1:] if argument != SAMPLES]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "deploy.cli", *arguments])  # noqa: S606 - the project itself


def _host(settings: Settings, city: City) -> None:
    from deploy.doors import doors_of
    from deploy.instance import Instance
    from deploy.readiness import refuse_standstill
    from shared.edge.listening import refuse_taken

    refuse_taken(settings.get("KOSILAB_HOST"), settings.port())
    instance = Instance(city, settings)
    try:
        refuse_standstill(instance)
        doors = list(doors_of(instance, has_edge=True))
        welcome = WELCOME.format(city=city, address=doors[0].address, sign_in=_sign_in(instance))
        host_of_process().serve(doors, instance.loops, ready=lambda: click.echo(welcome))
    finally:
        instance.close()


def _sign_in(instance: "Instance") -> str:
    """A token on a terminal; elsewhere the command that prints one."""
    if not sys.stdout.isatty():
        return ASK.format(city=instance.city)
    return SIGN_IN.format(token=instance.issuer.issue(Role.COORDINATOR, "coordinator", TOKEN_FOR))
