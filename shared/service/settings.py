"""Which settings does an instance run with, and where does each come from? Only this file reads the environment.

Defaults < city file < environment < command line (contract 3).
"""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from shared.events.registry import SERVICES

ROOT = Path(__file__).resolve().parents[2]
DATABASES = {
    "postgresql://": "postgresql://kosilab:password@localhost/kosilab_actors",
    "sqlite:///": "sqlite:////var/lib/kosilab/actors.db",
}
BROKERS = {
    "memory://": "memory://",
    "amqp://": "amqp://kosilab:password@localhost/wuppertal",
    "amqps://": "amqps://kosilab:password@broker.example/wuppertal",
}
SERVERS = {"http://": "http://localhost:8001", "https://": "https://actors.example"}
"""The kinds of URL that can be used, each with an example."""

VAULT = "vault"
"""The vault has a database of its own beside those of the services."""

ACCESS = "access"
"""So has the register of taken-back tokens, which belongs to the whole city."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its environment name, default and what it is for; a secret may also come from `<NAME>_FILE`."""

    name: str
    default: str
    purpose: str
    secret: bool = False


GENERAL = (
    Setting(
        "KOSILAB_CITY", "wuppertal", "the city's slug; deploy/cities/<slug>.toml or a path to a city file"
    ),
    Setting("KOSILAB_DATA_DIR", "", "data directory: keys and files; default var/<city>"),
    Setting(
        "KOSILAB_VAULT_DIR", "", "directory of the vault's wrapping keys and register; default <data>/vault"
    ),
    Setting("KOSILAB_HOST", "127.0.0.1", "the address to listen on"),
    Setting("KOSILAB_PORT", "8000", "the port to listen on"),
    Setting("KOSILAB_WORKER_PORT", "", "a port of its own for /livez, /readyz and /metrics, without a token"),
    Setting("KOSILAB_WORKER_HOST", "127.0.0.1", "the address of that port"),
    Setting(
        "KOSILAB_TRUSTED_PROXIES",
        "",
        "networks of the proxies whose X-Forwarded-For counts, separated by commas",
    ),
    Setting(
        "KOSILAB_CONNECTIONS",
        "200",
        "how many connections one address may hold open before sign-in, and one session afterwards",
    ),
    Setting("KOSILAB_AMQP_URL", "memory://", "memory:// or amqp(s)://user:password@host/vhost", secret=True),
    Setting(
        "KOSILAB_AMQP_API_URL",
        "",
        "the broker's management API, for `doctor`; default port 15672 of its host",
    ),
    Setting(
        "KOSILAB_DATABASE_URL",
        "",
        "postgresql://… or sqlite:///… with {service} in it; default: files",
        secret=True,
    ),
    Setting("KOSILAB_DATABASE_ROLES", "kosilab", "how the names of the city's roles in PostgreSQL begin"),
    Setting(
        "KOSILAB_SERVICE_KEY",
        "",
        "signs the tokens with which services read each other's feeds",
        secret=True,
    ),
    Setting(
        "KOSILAB_TOKEN_KEY",
        "",
        "the key of imported persons' ids and of requests' digests; made on the first start, never changed",
        secret=True,
    ),
    Setting(
        "KOSILAB_SIGNING_KEYS",
        "",
        "keys that sign tokens, a line `<kid> <key>` each, the newest last; default: the file signing.keys",
        secret=True,
    ),
    Setting("KOSILAB_REQUESTS_PER_S", "250", "how many requests one caller may send [1/s]; 0 means no limit"),
    Setting("KOSILAB_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR"),
)


def _known() -> tuple[Setting, ...]:
    databases = tuple(
        Setting(f"KOSILAB_{service.upper()}_DATABASE_URL", "", f"the database of {service}", secret=True)
        for service in (*SERVICES, VAULT, ACCESS)
    )
    urls = tuple(
        Setting(f"KOSILAB_{service.upper()}_URL", "", f"the address of {service} for the other services")
        for service in SERVICES
    )
    return GENERAL + databases + urls


SETTINGS: Mapping[str, Setting] = {setting.name: setting for setting in _known()}


class BadSetting(ValueError):  # noqa: N818 - says what happened
    """A setting that cannot be used, with a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force, each with its origin."""

    values: Mapping[str, str]
    origins: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The value of a setting.

        Raises: KeyError for an unknown name.
        """
        return self.values[name]

    def vault_dir(self) -> Path:
        """The directory of the vault's wrapping keys and of the register of erasures; in no backup of a database."""
        named = self.values["KOSILAB_VAULT_DIR"]
        return Path(named) if named else self.data_dir() / VAULT

    def database_url(self, service: str) -> str:
        """The database of one service: its own URL, else the common one, else a file in the data directory.

        Raises: BadSetting.
        """
        own, common = f"KOSILAB_{service.upper()}_DATABASE_URL", "KOSILAB_DATABASE_URL"
        if self.values[own]:
            return _checked_url(own, self.values[own], DATABASES)
        if not self.values[common]:
            folder = self.vault_dir() if service in (VAULT, ACCESS) else self.data_dir() / "databases"
            return f"sqlite:///{folder / f'{service}.db'}"
        if "{service}" not in self.values[common]:
            msg = f"{common} needs {{service}} in it: every service has a database of its own"
            raise BadSetting(msg)
        return _checked_url(common, self.values[common].replace("{service}", service), DATABASES)

    def amqp_url(self) -> str:
        """The broker's address; `memory://` for the one in this process.

        Raises: BadSetting.
        """
        return _checked_url("KOSILAB_AMQP_URL", self.values["KOSILAB_AMQP_URL"], BROKERS)

    def service_url(self, service: str) -> str:
        """The address of this service in another process; empty when it runs in this one.

        Raises: BadSetting.
        """
        name = f"KOSILAB_{service.upper()}_URL"
        url = self.values[name].rstrip("/")
        return _checked_url(name, url, SERVERS) if url else ""

    def data_dir(self) -> Path:
        """The data directory."""
        named = self.values["KOSILAB_DATA_DIR"]
        return Path(named) if named else _own_folder() / Path(self.values["KOSILAB_CITY"]).stem

    def port(self) -> int:
        """The port to listen on.

        Raises: BadSetting.
        """
        return self._port("KOSILAB_PORT")

    def worker_port(self) -> int | None:
        """The port of its own on which a process reports its health, or None.

        Raises: BadSetting.
        """
        return self._port("KOSILAB_WORKER_PORT") if self.values["KOSILAB_WORKER_PORT"] else None

    def whole_number(self, name: str, *, least: int) -> int:
        """A setting that is a whole number.

        Raises: BadSetting.
        """
        text = self.values[name]
        if not text.isascii() or not text.isdigit() or int(text) < least:
            msg = f"{name} is {text!r}; give a whole number, at least {least}"
            raise BadSetting(msg)
        return int(text)

    def _port(self, name: str) -> int:
        text = self.values[name]
        if not text.isascii() or not text.isdigit() or not 0 <= int(text) <= 65535:  # noqa: PLR2004 - the ports of TCP
            msg = f"{name} is {text!r}; give a number from 0 to 65535"
            raise BadSetting(msg)
        return int(text)


def _checked_url(name: str, url: str, kinds: Mapping[str, str]) -> str:
    """The URL, if it is of one of these kinds.

    Raises: BadSetting, which repeats nothing of the URL: there may be a password in it.
    """
    example = next((example for prefix, example in kinds.items() if url.startswith(prefix)), None)
    if example is None:
        msg = f"{name} begins with {' or '.join(kinds)}; give, for example, {next(iter(kinds.values()))}"
        raise BadSetting(msg)
    try:
        parts = urlsplit(url)
        complete = parts.port != 0 and (parts.path.strip("/") if url.startswith("sqlite") else True)
    except ValueError:
        complete = False
    if not complete:
        msg = f"{name} is no address; give, for example, {example}"
        raise BadSetting(msg)
    return url


def _own_folder() -> Path:
    """`var` in the checkout of this code, or in the current folder when the code is installed."""
    return (ROOT if (ROOT / "Makefile").is_file() else Path()) / "var"


def load(
    overrides: Mapping[str, str | None] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings from defaults, environment and command line (`overrides`; None means not given).

    Raises: BadSetting for an unknown KOSILAB_ name or a secret's file that cannot be read.
    """
    env = os.environ if environment is None else environment
    _refuse_unknown(env)
    values: dict[str, str] = {}
    origins: dict[str, str] = {}
    for name, setting in SETTINGS.items():
        values[name], origins[name] = setting.default, "default"
        if setting.secret and env.get(f"{name}_FILE"):
            values[name], origins[name] = _read_secret(name, env[f"{name}_FILE"]), f"file of {name}_FILE"
        if env.get(name):
            values[name], origins[name] = env[name], "environment"
        given = (overrides or {}).get(name)
        if given is not None:
            values[name], origins[name] = given, "command line"
    return Settings(values, origins)


def environment_without_settings() -> dict[str, str]:
    """The environment for a child process that shall run with the defaults, whatever is set here."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KOSILAB_")}


def _refuse_unknown(env: Mapping[str, str]) -> None:
    names = {*SETTINGS, *(f"{name}_FILE" for name, setting in SETTINGS.items() if setting.secret)}
    for name in env:
        if (
            name.startswith("KOSILAB_")
            and not name.startswith(("KOSILAB_TEST_", "KOSILAB_SHARED_"))
            and name not in names
        ):
            close = difflib.get_close_matches(name, names, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            msg = f"{name} is no setting{hint} `kosilab config show` lists them."
            raise BadSetting(msg)


def _read_secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        msg = f"{name}_FILE names {path}, which cannot be read ({error.strerror}); check the path and its rights"
        raise BadSetting(msg) from error
