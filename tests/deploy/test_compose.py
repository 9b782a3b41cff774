"""Does the city of compose.yaml run with the secrets that `prepare` makes, on real servers, each process as itself?"""

import os
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

import deploy
from deploy.compose.prepare import Places, prepare
from shared.events.registry import SERVICES
from shared.service.settings import ACCESS, VAULT
from tests.servers import PostgresServer, RabbitServer, until
from tests.servers.children import Child
from tests.servers.ports import free_port
from tests.system.cluster import KOSILAB, get_status

yaml: Any = import_module("yaml")  # untyped
COMPOSE: dict[str, Any] = yaml.safe_load(
    (Path(deploy.__file__).parent / "compose" / "compose.yaml").read_text(encoding="utf-8")
)["services"]
RUNNING = ["edge", *(f"worker-{service}" for service in SERVICES)]
NAME = "lab-in-containers"
SECRETS, EDGE = "/run/secrets/", "http://edge:8000"
DATABASES = (*SERVICES, VAULT, ACCESS)


@dataclass
class Containers:
    """What compose would run: the same commands with the same settings, but on this machine's servers."""

    folder: Path
    postgres: PostgresServer
    rabbit: RabbitServer
    ports: dict[str, int]
    edge: str

    def environment(self, name: str) -> dict[str, str]:
        """What the process of this name is given."""
        others = {key: value for key, value in os.environ.items() if not key.startswith("KOSILAB_")}
        given: Mapping[str, str] = COMPOSE[name]["environment"]
        mapped = {
            key: value.replace(SECRETS, f"{self.folder}/").replace(EDGE, self.edge)
            for key, value in given.items()
            if "${" not in value
        }
        here = {"KOSILAB_DATA_DIR": str(self.folder / "data"), "KOSILAB_PORT": str(urlsplit(self.edge).port)}
        here |= {"KOSILAB_WORKER_PORT": str(self.ports[name])} if name in self.ports else {}
        here |= {"KOSILAB_WORKER_HOST": "127.0.0.1"} if name in self.ports else {}
        return {**others, **mapped, **here, "KOSILAB_DATABASE_ROLES": NAME}

    def call(self, name: str, *command: str) -> str:
        """What a command of the service of this name prints; `operator` runs whatever is asked."""
        environment = self.environment(name)
        if name == "operator":
            environment["KOSILAB_AMQP_API_URL"] = self.rabbit.api_url
        done = subprocess.run(
            [KOSILAB, *command], env=environment, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def make_databases(self) -> None:
        """What PostgreSQL's image does with roles.sql at its first start."""
        script = str(self.folder / "roles.sql")
        subprocess.run(
            ["psql", "--set=ON_ERROR_STOP=1", f"--dbname={self.postgres.url()}", f"--file={script}"],
            check=True,
            capture_output=True,
        )

    def reporting_has_it(self) -> bool:
        """Whether reporting keeps a record of actors."""
        with psycopg.connect(self.postgres.url(f"{NAME}_reporting")) as superuser:
            rows = superuser.execute("SELECT count(*) FROM history WHERE source = 'actors'").fetchall()
        return rows != [(0,)]

    def lose_databases(self) -> None:
        """The disk of PostgreSQL is gone; the roles come back with the databases."""
        for of in DATABASES:
            self.postgres.drop_database(f"postgresql://localhost/{NAME}_{of}")


@pytest.fixture(scope="module")
def containers(
    postgres_server: PostgresServer, rabbit_server: RabbitServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Containers]:
    """The servers as their images leave them after their first start, and the tables."""
    folder = tmp_path_factory.mktemp("secrets")
    database, broker = urlsplit(postgres_server.url()), urlsplit(rabbit_server.url)
    places = Places(f"{database.hostname}:{database.port}", f"{broker.hostname}:{broker.port}", NAME)
    prepare(folder, places)
    ports = {name: free_port() for name in RUNNING}
    city = Containers(folder, postgres_server, rabbit_server, ports, f"http://127.0.0.1:{free_port()}")
    city.make_databases()
    definitions = folder / "definitions.json"
    rabbit_server.ctl("import_definitions", str(definitions))
    city.call("migrate", *COMPOSE["migrate"]["command"])
    yield city
    city.lose_databases()
    for role in ("actors", "marketplace", "employment", "reporting", VAULT, "auditor", "reader", "owner"):
        postgres_server.drop_role(f"{NAME}_{role}")
    rabbit_server.api("DELETE", f"/vhosts/{NAME}")
    for user in ("admin", "downstream", *SERVICES):
        rabbit_server.api("DELETE", f"/users/{NAME}-{user}")


@pytest.fixture
def city(containers: Containers) -> Iterator[Containers]:
    """The city, up."""
    children = {name: _child(containers, name) for name in RUNNING}
    for child in children.values():
        child.start()
    for name, child in children.items():
        until(_is_ready(containers.ports[name], child), f"{name} is ready", within=120)
    yield containers
    for child in children.values():
        child.stop(signal.SIGTERM, within=20)


def _child(containers: Containers, name: str) -> Child:
    folder = containers.folder / name
    folder.mkdir(exist_ok=True)
    return Child([KOSILAB, *COMPOSE[name]["command"]], folder, containers.environment(name))


def _is_ready(port: int, child: Child) -> Callable[[], bool]:
    def is_ready() -> bool:
        assert child.running, child.last_words()
        return get_status(f"http://127.0.0.1:{port}", "/readyz") == 200

    return is_ready


@pytest.mark.apart
@pytest.mark.needs_postgres
@pytest.mark.needs_rabbitmq
def test_the_city_works_is_well_and_comes_back_from_its_backup(city: Containers, tmp_path: Path) -> None:
    file = tmp_path / "organisationen.csv"
    file.write_text(
        "Nr.;Name;Sektor;Stadtteil;aufgenommen am\nO-1;Bäckerei Blau;Unternehmen;Barmen;01.07.2016\n",
        encoding="utf-8",
    )
    city.call("operator", "import", "--kind", "organisations", str(file))
    until(city.reporting_has_it, "reporting has heard of the organisation", within=60)
    printed = city.call("operator", "doctor")
    assert "All is well." in printed
    assert f"broker user {NAME}-actors" in printed
    assert "actors: roles" in printed
    city.call("operator", "backup", "create", str(tmp_path / "backup"))


@pytest.mark.apart
@pytest.mark.needs_postgres
@pytest.mark.needs_rabbitmq
def test_the_owner_restores_what_no_process_could(containers: Containers, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    containers.call("operator", "backup", "create", str(backup))
    containers.lose_databases()
    containers.make_databases()
    assert "restored" in containers.call("operator", "backup", "restore", str(backup)).lower()


def test_every_secret_of_compose_is_made_for_its_reader_alone_and_kept(tmp_path: Path) -> None:
    prepare(tmp_path / "secrets", Places())
    written = {path.name: path for path in (tmp_path / "secrets").iterdir()}
    declared = yaml.safe_load(
        (Path(deploy.__file__).parent / "compose" / "compose.yaml").read_text(encoding="utf-8")
    )["secrets"]
    assert written.keys() == {*declared, "roles.sql", "definitions.json", "passwords"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in written.values()} == {0o600}
    urls = {name: path.read_text(encoding="utf-8") for name, path in written.items()}
    prepare(tmp_path / "secrets", Places())
    assert {name: path.read_text(encoding="utf-8") for name, path in written.items() if name in declared} == {
        name: url for name, url in urls.items() if name in declared
    }
    passwords = {urlsplit(url).password for name, url in urls.items() if name.startswith("database-")}
    assert len(passwords) == 6
