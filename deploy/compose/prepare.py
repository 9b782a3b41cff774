"""What do the containers need before the first start? A role, a user and a key for each, every secret in a file.

`python -m deploy.compose.prepare FOLDER` makes them; a repeat keeps every password and writes the same files again.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from deploy.cli import OWNER_ALONE
from deploy.cli.migrate import roles_script
from deploy.cli.topology import broker_definitions, broker_users, kept_passwords
from deploy.stores import make_folder, roles_of
from shared.bus.users import administrator_definitions, user_name
from shared.eventlog.migrations.rights import OWNER
from shared.events.registry import SERVICES
from shared.service.settings import ACCESS, VAULT, Settings, load

SUPERUSER, ADMINISTRATOR = "postgres", "admin"
KEYS = ("token-key", "service-key")
KOSILAB, SERVER = 10001, 999
"""Who reads a file: the user of our image, and that of the images of PostgreSQL and RabbitMQ."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the two servers are, and how roles, databases and the virtual host of the city begin."""

    postgres: str = "postgres"
    rabbitmq: str = "rabbitmq"
    name: str = "kosilab"

    def settings(self) -> Settings:
        """The settings from which the command line makes roles."""
        database = f"postgresql://{SUPERUSER}@{self.postgres}/{self.name}_{{service}}"
        return load({"KOSILAB_DATABASE_ROLES": self.name, "KOSILAB_DATABASE_URL": database}, {})

    def database(self, role: str, password: str, of: str) -> str:
        """The URL of a database for one role."""
        return f"postgresql://{self.name}_{role}:{password}@{self.postgres}/{self.name}_{of}"

    def broker(self, user: str, password: str) -> str:
        """The URL of the virtual host for one user."""
        return f"amqp://{user}:{password}@{self.rabbitmq}/{self.name}"


@dataclass(frozen=True, slots=True)
class Secret:
    """A file: its name, its text, and the user of the container that reads it."""

    name: str
    text: str
    reader: int = KOSILAB


def prepare(folder: Path, places: Places) -> None:
    """Write every secret. Only the superuser can give each file to its reader; else all are the caller's.

    Raises: BadSetting when the folder cannot be written to.
    """
    make_folder(folder)
    for secret in _secrets(folder / "passwords", places):
        path = folder / secret.name
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(secret.text, encoding="utf-8")
        if os.geteuid() == 0:
            shutil.chown(path, secret.reader, secret.reader)


def _secrets(passwords: Path, places: Places) -> Iterator[Secret]:
    roles = roles_of(places.settings()).all()
    users = broker_users(places.name)
    admin = user_name(places.name, ADMINISTRATOR)
    kept = kept_passwords(passwords, [SUPERUSER, *roles, *users, admin, *KEYS])
    yield from (Secret(key, kept[key]) for key in KEYS)
    yield Secret("postgres-password", kept[SUPERUSER], SERVER)
    yield Secret("roles.sql", _roles_sql(places, {role: kept[role] for role in roles}), SERVER)
    yield from _database_urls(places, kept)
    definitions = broker_definitions(places.name, kept)
    for part, lines in administrator_definitions(places.name, admin, kept[admin]).items():
        definitions[part] = [*definitions[part], *lines]
    yield Secret("definitions.json", json.dumps(definitions, indent=1), SERVER)
    yield Secret("broker-admin", places.broker(admin, kept[admin]))
    for service in SERVICES:
        user = user_name(places.name, service)
        yield Secret(f"broker-{service}", places.broker(user, kept[user]))


def _roles_sql(places: Places, passwords: Mapping[str, str]) -> str:
    made = roles_script(places.settings())
    return "\n".join(
        [made, *(f"ALTER ROLE \"{role}\" PASSWORD '{word}';" for role, word in passwords.items())]
    )


def _database_urls(places: Places, kept: Mapping[str, str]) -> Iterator[Secret]:
    """The owner's is for all databases; each other role enters its own, and a service the one of taken-back tokens."""
    holders = {f"database-{of}": (of, of) for of in (*SERVICES, VAULT)}
    holders |= {f"access-{service}": (service, ACCESS) for service in SERVICES}
    holders |= {"database-owner": (OWNER, "{service}")}
    for name, (role, database) in holders.items():
        yield Secret(name, places.database(role, kept[f"{places.name}_{role}"], database))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def main(folder: Path) -> None:
    """Make the secrets of the containers in FOLDER, each in a file of its own."""
    os.umask(OWNER_ALONE)
    prepare(folder, Places())
    click.echo(f"{folder}: the secrets are there; keep a copy of `passwords` in a safe place")


if __name__ == "__main__":
    main()
