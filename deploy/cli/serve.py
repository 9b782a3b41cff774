"""How does one service run by itself? With its database and the broker, as edge, as worker, or as both."""

from collections.abc import Sequence

import click

from deploy.backup.unfinished import refuse_unfinished
from deploy.cli.options import city_of, command, host_of_process
from deploy.doors import doors_of, edge_door
from deploy.history.vouching import FOLDER, LedgerFolder
from deploy.history.witnessing import cosigned_path, witness_line
from deploy.instance import Instance
from deploy.launch import witness_application
from deploy.readiness import refuse_standstill
from shared.edge.limits import limits_of
from shared.events.registry import SERVICES
from shared.service.settings import BadSetting, Settings

EDGE, WORKER = "edge", "worker"
ROLES = (EDGE, WORKER)
WITNESS = "witness"


def roles_of(text: str) -> frozenset[str]:
    """The roles in a list separated by commas.

    Raises: BadSetting.
    """
    roles = frozenset(part.strip() for part in text.split(","))
    if unknown := ", ".join(sorted(roles - set(ROLES))):
        msg = f"--roles takes {' and '.join(ROLES)}, separated by a comma; not {unknown}"
        raise BadSetting(msg)
    return roles


@command("serve", example="kosilab serve marketplace --roles edge --port 8002")
@click.argument("services", nargs=-1, required=True, type=click.Choice((*SERVICES, WITNESS)))
@click.option(
    "--roles",
    default=",".join(ROLES),
    show_default=True,
    help="edge: answers HTTP; worker: runs everything else.",
)
@click.option("--port", help="The port to listen on.  [default: KOSILAB_PORT or 8000]")
def serve(settings: Settings, services: Sequence[str], roles: str) -> None:
    """Run one service (or several in one process) until SIGTERM or Ctrl-C.

    KOSILAB_WORKER_PORT gives a port of its own for /readyz and /metrics; a worker without an edge has no other.
    `witness` needs neither database nor broker: it cosigns other cities' checkpoints, in a process of its own.
    """
    wanted = roles_of(roles)
    if WITNESS in services:
        _serve_witness(settings, services)
        return
    refuse_unfinished(settings)
    instance = Instance(city_of(settings), settings, services=services, works=WORKER in wanted)
    try:
        refuse_standstill(instance)
        doors = list(doors_of(instance, has_edge=EDGE in wanted))
        where = f"on {' and '.join(door.address for door in doors)}" if doors else "without a port"
        names = ", ".join(services)
        host_of_process().serve(
            doors,
            instance.loops,
            ready=lambda: click.echo(f"{names} ({', '.join(sorted(wanted))}) {where}"),
        )
    finally:
        instance.close()


def _serve_witness(settings: Settings, services: Sequence[str]) -> None:
    if len(services) > 1:
        raise BadSetting("the witness runs in a process of its own: kosilab serve witness")
    city = city_of(settings)
    folder = LedgerFolder(settings.data_dir() / FOLDER, city.key)
    if not cosigned_path(folder).is_file():
        msg = (
            f"there is no {cosigned_path(folder)}: put the lines `log ...` into it that "
            "`kosilab history keys` prints in the cities whose logs are to be cosigned"
        )
        raise BadSetting(msg)
    door = edge_door(settings, witness_application(folder, limits_of(settings)))
    line = witness_line(folder, door.address)
    host_of_process().serve(
        [door],
        [],
        ready=lambda: click.echo(f"witness on {door.address}; the others' line for it:\n{line}"),
    )
