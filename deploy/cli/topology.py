"""What does a city need from a broker? `kosilab topology export` prints RabbitMQ's definitions, users included."""

import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import click

from deploy.cli.options import command
from deploy.cli.printing import print_json
from deploy.stores import make_folder
from shared.service.settings import Settings

PASSWORDS = "broker.passwords"
"""The file in the data directory that holds the users' passwords, made at the first export and kept."""


@click.group()
def topology() -> None:
    """Exchanges, queues, bindings, policies and users of the city's virtual host."""


@command("export", example="kosilab topology export > city.json && rabbitmqctl import_definitions city.json")
@click.option("--vhost", help="The virtual host.  [default: that of KOSILAB_AMQP_URL, else kosilab-<city>]")
@click.option("--users/--no-users", default=True, show_default=True, help="With users and their rights.")
def export_topology(settings: Settings, vhost: str | None, users: bool) -> None:  # noqa: FBT001 - click's flag
    """Print RabbitMQ's definitions of the city.

    Every service has a user that may do its work and nothing else; downstream systems share one that hears open events.
    Their passwords are in `broker.passwords` in the data directory; the definitions hold digests only.
    """
    named = vhost or unquote(urlsplit(settings.amqp_url()).path.lstrip("/")) or f"kosilab-{_slug(settings)}"
    passwords = None
    if users:
        make_folder(settings.data_dir())
        passwords = kept_passwords(settings.data_dir() / PASSWORDS, broker_users(named))
    print_json(broker_definitions(named, passwords))


def broker_users(vhost: str) -> list[str]:
    """The users of the city's virtual host."""
    from shared.bus.users import rights_by_user

    return list(rights_by_user(vhost, _follows()))


def broker_definitions(vhost: str, passwords: Mapping[str, str] | None) -> dict[str, Any]:
    """RabbitMQ's definitions of the city; without passwords they make no users."""
    from shared.bus.topology import definitions
    from shared.bus.users import rights_by_user, user_definitions

    exported = definitions(vhost, _follows())
    if passwords is not None:
        exported |= user_definitions(vhost, rights_by_user(vhost, _follows()), passwords)
    return exported


def _follows() -> dict[str, tuple[str, ...]]:
    from deploy.services import SERVICE_TABLES

    return {name: tuple(tables.follows) for name, tables in SERVICE_TABLES.items()}


def kept_passwords(path: Path, users: Iterable[str]) -> dict[str, str]:
    """The passwords in the file; those that are missing are made, so that the same users can be made again."""
    kept = _read(path)
    missing = {user: secrets.token_urlsafe(32) for user in users if user not in kept}
    if missing:
        path.touch(mode=0o600)
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"{user} {password}\n" for user, password in missing.items())
    return kept | missing


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {user: password for user, _, password in (line.rpartition(" ") for line in lines) if user}


def _slug(settings: Settings) -> str:
    from deploy.cli.options import city_of

    return city_of(settings).slug


topology.add_command(export_topology)
