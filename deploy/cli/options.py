"""What do all commands share? Options, settings, the city, and an instance."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from deploy.city import City, load_city
from deploy.failed import Failed
from shared.edge.green.host import GreenHost
from shared.edge.host import Host
from shared.events.registry import SERVICES
from shared.service import telemetry
from shared.service.settings import ACCESS, VAULT, BadSetting, Settings, load

SERVICE = click.Choice(SERVICES)
MIGRATED = click.Choice((*SERVICES, VAULT, ACCESS))


def command(name: str, *, example: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A command of `kosilab` that receives its settings: it takes --city and --data, and its help shows an example."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def with_settings(city: str | None, data_dir: str | None, **options: Any) -> Any:
            return function(settings_of(city, data_dir, options.pop("port", None)), **options)

        declared = click.command(name, epilog=f"Example:\n\n\b\n  {example}")(with_settings)
        declared.params += [
            click.Option(
                ["--city"], help="The city's slug, or its file.  [default: KOSILAB_CITY or wuppertal]"
            ),
            click.Option(["--data", "data_dir"], help="Data directory.  [default: var/<city>]"),
        ]
        return declared

    return decorate


def settings_of(city: str | None, data_dir: str | None, port: str | None) -> Settings:
    """The settings in force, including those of the command line.

    Raises: BadSetting.
    """
    settings = load({"KOSILAB_CITY": city, "KOSILAB_DATA_DIR": data_dir, "KOSILAB_PORT": port})
    try:
        telemetry.configure(settings.get("KOSILAB_LOG_LEVEL"))
    except ValueError as error:
        msg = f"KOSILAB_LOG_LEVEL: {error}"
        raise BadSetting(msg) from error
    return settings


def city_of(settings: Settings) -> City:
    """The chosen city.

    Raises: BadSetting.
    """
    return load_city(settings.get("KOSILAB_CITY"))


def host_of_process() -> Host:
    """The host of this process: the argument of `deploy.cli.main`, else nameko."""
    host: Host | None = click.get_current_context().find_root().obj
    return host or GreenHost()


@contextmanager
def opened(settings: Settings, *, there: bool = True) -> Iterator[Any]:
    """All services' stores until the block ends, beside a running instance, without a broker.

    With `there` they must exist already: a command that only reads must not create them.
    Raises: Failed, BadSetting, NotMigrated, LogUnavailable.
    """
    from deploy.backup.unfinished import refuse_unfinished
    from deploy.instance import Instance
    from shared.bus.memory import MemoryBus

    city = city_of(settings)
    refuse_unfinished(settings)
    if there:
        refuse_missing(settings)
    instance = Instance(city, settings, bus=MemoryBus())
    try:
        yield instance
    finally:
        instance.close()


@contextmanager
def opened_with_keys(settings: Settings) -> Iterator[Any]:
    """As `opened`, where the signing keys exist: who only reads the history makes none.

    Raises: Failed, BadSetting, NotMigrated, LogUnavailable.
    """
    refuse_missing(settings)
    ledger = ledger_of(settings)
    for path in map(ledger.key_path, SERVICES):
        if not path.is_file():
            raise Failed(
                f"There is no signing key at {path}: put the folder `ledger` back from its copy, or name the data "
                "directory with --data. The first start of a city makes its keys; this command makes none."
            )
    with opened(settings) as instance:
        yield instance


def ledger_of(settings: Settings) -> Any:
    """The ledger folder of the city.

    Raises: BadSetting for a city that is none.
    """
    from deploy.history.vouching import FOLDER, LedgerFolder

    return LedgerFolder(settings.data_dir() / FOLDER, city_of(settings).key)


def refuse_missing(settings: Settings) -> None:
    """Make sure that the database files exist.

    Raises: Failed.
    """
    from deploy.stores import FILE

    urls = [settings.database_url(service) for service in SERVICES]
    for path in (Path(url.removeprefix(FILE)) for url in urls if url.startswith(FILE)):
        if not path.exists():
            msg = f"There is no instance at {path}: start one with `kosilab up`, or name another directory with --data."
            raise Failed(msg)
