"""How does a city run in many parts? A process per service, RabbitMQ, PostgreSQL; all of them ours to break.

What reads the databases and the broker here is no part of the services: SQL of the log, and pika.
"""

import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg

from deploy.city import load_city
from deploy.cli.migrate import CITY_WIDE
from shared.edge.tokens import Issuer
from shared.eventlog.migrations import migrate
from shared.eventlog.migrations.rights import Roles, grant_rights, making
from shared.eventlog.store import SqlStore
from shared.events.registry import SERVICES
from shared.service import clock
from shared.service.settings import ACCESS, VAULT, load
from shared.service.tables import Caller
from tests.servers import PostgresServer, RabbitServer, as_role, until
from tests.servers.children import Child
from tests.servers.kinds import PASSWORD
from tests.servers.ports import free_port
from tests.system.broker import Broker

CITY = "wuppertal"
ROOT = Path(__file__).parents[2]
KOSILAB = str(Path(sys.executable).with_name("kosilab"))
KEYS = {"KOSILAB_TOKEN_KEY": "made up for this test, " * 3, "KOSILAB_SERVICE_KEY": "made up as well, " * 3}
AN_HOUR = timedelta(hours=1)


class Cluster:
    """The city and its parts."""

    def __init__(self, rabbit: RabbitServer, postgres: PostgresServer, folder: Path, **settings: str) -> None:
        """Make vhost and databases; no service runs yet. `settings` are further ones for the services."""
        self.rabbit, self.postgres = rabbit, postgres
        self.broker = Broker(rabbit, f"kosilab-{CITY}")
        self.broker.set_up()
        self.databases = {name: postgres.create_database() for name in (*SERVICES, *CITY_WIDE)}
        for name, url in self.databases.items():
            CITY_WIDE[name].migrate(url) if name in CITY_WIDE else migrate(url, name)
        self.roles = self._make_roles()
        self.ports = {service: free_port() for service in SERVICES}
        self.folder = folder
        self.environment = {**self._settings(), **settings}
        self._children: dict[str, Child] = {}
        self._planted: dict[str, str] = {}
        self.issuer = Issuer.of(load({}, self.environment), CITY)

    def address(self, service: str) -> str:
        """Where a service answers."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def environment_of(self, service: str) -> Mapping[str, str]:
        """What the process of a service is given: its own roles on broker and databases, and those of no other."""
        others = {f"KOSILAB_{name.upper()}_DATABASE_URL" for name in SERVICES}
        holders = {service: service, VAULT: VAULT, ACCESS: service}
        own = {
            f"KOSILAB_{name.upper()}_DATABASE_URL": as_role(self.databases[name], self.roles.named(holder))
            for name, holder in holders.items()
        }
        common = {name: value for name, value in self.environment.items() if name not in others}
        return {**common, **own, "KOSILAB_AMQP_URL": self.broker.url_of(service)}

    def token(self, caller: Caller) -> str:
        """A bearer token, as an operator hands it out."""
        return self.issuer.issue(caller.role, caller.actor, AN_HOUR)

    def start(self, *services: str, planted: str = "") -> None:
        """Start services (again) and wait until they are ready; `planted` names a defect of tests/system/planted.py."""
        for service in services:
            arguments = ["serve", service, "--port", str(self.ports[service])]
            command = [KOSILAB] if not planted else [sys.executable, "-m", "tests.system.planted", planted]
            folder = self.folder / service
            folder.mkdir(exist_ok=True)
            child = self._children[service] = Child(
                [*command, *arguments], folder, self.environment_of(service)
            )
            child.start()
            self._planted[service] = planted
        for service in services:
            until(lambda name=service: self.is_ready(name), f"{service} is ready", within=180)  # type: ignore[misc]

    def runs_with(self, service: str, planted: str = "") -> None:
        """See that a service runs with this defect and no other, without one where none is named."""
        if service not in self._children or self._planted[service] != planted:
            self.stop(service)
            self.start(service, planted=planted)

    def stop(self, *services: str) -> None:
        """Tell services to stop, as an operator does."""
        for service in services:
            child = self._children.pop(service, None)
            if child is not None:
                child.stop(signal.SIGTERM, within=20)

    def kill(self, service: str) -> None:
        """SIGKILL."""
        self._children.pop(service).kill()

    def is_ready(self, service: str) -> bool:
        """Whether the service says that it is ready."""
        child = self._children[service]
        assert child.running, f"{service} has ended: {child.last_words()}"
        return get_status(self.address(service), "/readyz") == 200

    def pid(self, service: str) -> int:
        """The process id of a service."""
        return self._children[service].pid

    @contextmanager
    def store(self, service: str) -> Iterator[SqlStore]:
        """The database of a service, as anybody with the password reads it."""
        store = SqlStore.open(
            self.databases[service], service=service, city_key=load_city(CITY).key, clock=clock.now
        )
        try:
            yield store
        finally:
            store.close()

    def close(self) -> None:
        """End every service."""
        for child in self._children.values():
            child.stop(signal.SIGTERM, within=20)

    def _make_roles(self) -> Roles:
        """What an operator's superuser and owner do; the roles stay with the server, which is the tests' own."""
        names = {name: url.rpartition("/")[2] for name, url in self.databases.items()}
        roles = Roles(names["actors"], SERVICES)
        for of, statements in making(roles, names):
            with psycopg.connect(self.postgres.url(of or "postgres"), autocommit=True) as superuser:
                for statement in statements:
                    superuser.execute(statement.encode())
                for role in roles.all():
                    superuser.execute(f"ALTER ROLE \"{role}\" PASSWORD '{PASSWORD}'".encode())
        for name, url in self.databases.items():
            assert grant_rights(url, name, roles)
        return roles

    def _settings(self) -> Mapping[str, str]:
        others = {name: value for name, value in os.environ.items() if not name.startswith("KOSILAB_")}
        return {
            **others,
            **KEYS,
            "KOSILAB_CITY": CITY,
            "KOSILAB_DATA_DIR": str(self.folder / "data"),
            "KOSILAB_AMQP_URL": self.broker.url,
            "KOSILAB_REQUESTS_PER_S": "0",
            "PYTHONPATH": str(ROOT),
            **{f"KOSILAB_{name.upper()}_DATABASE_URL": url for name, url in self.databases.items()},
            **{f"KOSILAB_{name.upper()}_URL": self.address(name) for name in SERVICES},
        }


def get_status(address: str, path: str) -> int:
    """The status of a GET; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(address + path, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def services_but(*away: str) -> Sequence[str]:
    """All services but these."""
    return [service for service in SERVICES if service not in away]
