"""How does a complete city start? All services in one process, on files and the memory broker."""

import click

from deploy.cli.options import city_of, command
from deploy.instance import Instance
from deploy.launch import application_of
from shared.edge.runtime import serve
from shared.service.settings import Settings


@command("up", example="kosilab up --city dortmund --port 8001")
@click.option("--port", help="The port to listen on.  [default: KOSILAB_PORT or 8000]")
def up(settings: Settings) -> None:
    """Start the embedded all-in-one instance; Ctrl-C stops it."""
    instance = Instance(city_of(settings), settings)
    host = settings.get("KOSILAB_HOST")
    try:
        serve(
            application_of(instance),
            instance.loops,
            host=host,
            port=settings.port(),
            ready=lambda: click.echo(f"KoSI-Lab {instance.city.name} on http://{host}:{settings.port()}"),
        )
    finally:
        instance.close()
