"""What does a city need from a broker? `kosilab topology export` prints definitions and policies for RabbitMQ."""

from urllib.parse import unquote, urlsplit

import click

from deploy.cli.options import command
from deploy.cli.printing import print_json
from shared.service.settings import Settings


@click.group()
def topology() -> None:
    """Exchanges, queues, bindings and policies of the city's virtual host."""


@command("export", example="kosilab topology export > city.json && rabbitmqctl import_definitions city.json")
@click.option("--vhost", help="The virtual host.  [default: that of KOSILAB_AMQP_URL, else kosilab-<city>]")
def export_topology(settings: Settings, vhost: str | None) -> None:
    """Print RabbitMQ's definitions of the city: no users, no passwords."""
    from deploy.services import SERVICE_TABLES
    from shared.bus.topology import definitions

    named = vhost or unquote(urlsplit(settings.amqp_url()).path.lstrip("/")) or f"kosilab-{_slug(settings)}"
    print_json(definitions(named, {name: tables.follows for name, tables in SERVICE_TABLES.items()}))


def _slug(settings: Settings) -> str:
    from deploy.cli.options import city_of

    return city_of(settings).slug


topology.add_command(export_topology)
