"""How does a complete city start? All services in one process, on files and the memory broker."""

import click

from deploy.city import load_city
from deploy.instance import Instance
from deploy.launch import application_of
from shared.edge.runtime import serve
from shared.service import settings as settings_of
from shared.service import telemetry


@click.command()
@click.option("--city", help="the city's slug or file")
@click.option("--data", "data_dir", help="where the data lie")
@click.option("--port", help="the port to listen on")
def up(city: str | None, data_dir: str | None, port: str | None) -> None:
    """Start the embedded all-in-one instance."""
    settings = settings_of.load({"KOSILAB_CITY": city, "KOSILAB_DATA_DIR": data_dir, "KOSILAB_PORT": port})
    telemetry.configure(settings.get("KOSILAB_LOG_LEVEL"))
    instance = Instance(load_city(settings.get("KOSILAB_CITY")), settings)
    host = settings.get("KOSILAB_HOST")
    serve(
        application_of(instance),
        instance.loops,
        host=host,
        port=settings.port(),
        ready=lambda: click.echo(f"KoSI-Lab {instance.city.name} on http://{host}:{settings.port()}"),
    )
    instance.close()
