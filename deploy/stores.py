"""How is a service's database opened? Files are prepared when opened; `kosilab migrate` prepares those on a server."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile

from deploy.city import City
from shared.access.migrations import ACCESS_TABLES
from shared.access.register import TakenBack
from shared.eventlog.migrations import Migrations, migrate
from shared.eventlog.migrations.rights import Roles
from shared.eventlog.store import SqlStore
from shared.events.registry import SERVICES
from shared.service import clock
from shared.service.settings import ACCESS, VAULT, BadSetting, Settings
from shared.vault.migrations import VAULT_TABLES
from shared.vault.vault import Vault

FILE = "sqlite:///"


class NotMigrated(Exception):  # noqa: N818 - names the situation
    """The tables of a service do not fit this release; the sentence says what to do."""


def open_store(settings: Settings, service: str, city: City, now: Callable[[], datetime]) -> SqlStore:
    """The store of a service, its tables up to date.

    Raises: BadSetting when the place cannot be written to; NotMigrated; LogUnavailable.
    """
    url = settings.database_url(service)
    if url.startswith(FILE):
        make_folder(Path(url.removeprefix(FILE)).parent)
        migrate(url, service)
    elif missing := Migrations(service).pending(url):
        msg = f"The database of {service} lacks {', '.join(missing)}: run `kosilab migrate` first."
        raise NotMigrated(msg)
    return SqlStore.open(url, service=service, city_key=city.key, clock=now)


def open_vault(settings: Settings, now: Callable[[], datetime]) -> Vault:
    """The city's vault, its tables up to date.

    Raises: BadSetting when a place cannot be written to; NotMigrated; LogUnavailable.
    """
    url, folder = settings.database_url(VAULT), settings.vault_dir()
    make_folder(folder)
    if url.startswith(FILE):
        make_folder(Path(url.removeprefix(FILE)).parent)
        VAULT_TABLES.migrate(url)
    elif missing := VAULT_TABLES.pending(url):
        msg = f"The database of the vault lacks {', '.join(missing)}: run `kosilab migrate` first."
        raise NotMigrated(msg)
    return Vault.open(url, keys_folder(settings), clock=now)


def open_taken_back(settings: Settings, now: Callable[[], datetime]) -> TakenBack:
    """The city's register of taken-back tokens; a file of it is made when the first one is taken back.

    Raises: NotMigrated; LogUnavailable.
    """
    url = settings.database_url(ACCESS)
    if not url.startswith(FILE) and (missing := ACCESS_TABLES.pending(url)):
        msg = f"The database of taken-back tokens lacks {', '.join(missing)}: run `kosilab migrate` first."
        raise NotMigrated(msg)
    return TakenBack(url, now, clock.monotonic)


def roles_of(settings: Settings) -> Roles:
    """The roles of the city on a PostgreSQL server."""
    return Roles(settings.get("KOSILAB_DATABASE_ROLES"), SERVICES)


def keys_folder(settings: Settings) -> Path:
    """The folder of the vault's wrapping keys and of the register of erasures."""
    return settings.vault_dir() / "keys"


def make_folder(folder: Path) -> None:
    """Create the folder, and make sure that it is writable.

    Raises: BadSetting.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A file of its own: services that start at the same moment would delete each other's file.
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        msg = f"{folder} is not writable ({error.strerror}): correct its rights, or name another directory with --data."
        raise BadSetting(msg) from error
