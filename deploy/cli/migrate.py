"""How are a service's tables made? `kosilab migrate` updates them, or prints a script to read first."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from deploy.cli.options import MIGRATED, command
from deploy.cli.printing import json_option, print_json, print_table
from deploy.stores import FILE, make_folder, roles_of
from shared.access.migrations import ACCESS_TABLES
from shared.eventlog.migrations import Migrations
from shared.eventlog.migrations.rights import grant_rights, making
from shared.events.registry import SERVICES
from shared.service.settings import ACCESS, VAULT, BadSetting, Settings
from shared.vault.migrations import VAULT_TABLES

CITY_WIDE: Mapping[str, Migrations] = {VAULT: VAULT_TABLES, ACCESS: ACCESS_TABLES}
"""How the tables of the databases that belong to the whole city are made."""


@command("migrate", example="kosilab migrate --plan")
@click.argument("services", nargs=-1, type=MIGRATED)
@click.option("--plan", is_flag=True, help="Only list what would be done.")
@click.option("--sql", is_flag=True, help="Only print the SQL statements, to run them by hand.")
@click.option("--roles", is_flag=True, help="Only print what a superuser of PostgreSQL runs once, with psql.")
@json_option
def migrate(
    settings: Settings, services: Sequence[str], *, plan: bool, sql: bool, roles: bool, as_json: bool
) -> None:
    """Update the tables of the named services, or of all. Tables that are up to date stay as they are.

    On PostgreSQL it also gives the city's roles their rights, where these roles exist (--roles).
    """
    wanted = list(services or (*SERVICES, *CITY_WIDE))
    if roles:
        click.echo(roles_script(settings))
        return
    if sql:
        for service in wanted:
            click.echo(f"-- {service}\n{_tables_of(service).sql(_dialect(settings, service))}")
        return
    done = {}
    for service in wanted:
        tables, url = _tables_of(service), _prepared(settings, service)
        done[service] = tables.pending(url) if plan else tables.migrate(url)
    if not plan:
        for service in wanted:
            grant_rights(settings.database_url(service), service, roles_of(settings))
    if as_json:
        print_json(done)
        return
    print_table(
        ("service", "to be applied" if plan else "applied"),
        [(service, ", ".join(names) or "nothing, up to date") for service, names in done.items()],
    )


def _tables_of(name: str) -> Migrations:
    return CITY_WIDE.get(name) or Migrations(name)


def roles_script(settings: Settings) -> str:
    """Statements for psql: databases that are missing are made, too.

    Raises: BadSetting where the databases are files.
    """
    roles = roles_of(settings)
    urls = {name: settings.database_url(name) for name in (*SERVICES, *CITY_WIDE)}
    if any(url.startswith(FILE) for url in urls.values()):
        raise BadSetting("roles are PostgreSQL's; set KOSILAB_DATABASE_URL to a server first")
    databases = {name: unquote(urlsplit(url).path.lstrip("/")) for name, url in urls.items()}
    lines = []
    for number, (database, statements) in enumerate(making(roles, databases)):
        if database:
            lines.append(f'\\connect "{database}"')
        lines += [f"{statement};" for statement in statements]
        if number == 0:
            lines += [
                f"SELECT 'CREATE DATABASE \"{name}\"'"  # noqa: S608 - the operator's own names, for a script to read
                f" WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}') \\gexec"
                for name in databases.values()
            ]
    return "\n".join(lines)


def _prepared(settings: Settings, service: str) -> str:
    url = settings.database_url(service)
    if url.startswith(FILE):
        make_folder(Path(url.removeprefix(FILE)).parent)
    return url


def _dialect(settings: Settings, service: str) -> str:
    return "sqlite" if settings.database_url(service).startswith(FILE) else "postgresql"
