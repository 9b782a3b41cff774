"""How do servers come out of containers? By testcontainers, where an engine answers and can give the image.

Ports are fixed when a container is made: an engine would else choose new ones when it starts again after a kill.
"""

import os
from functools import cache, partial
from typing import Any

import docker
import psycopg
from docker.errors import DockerException
from requests.exceptions import RequestException
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from tests.servers.kinds import PostgresServer, RabbitServer, Unavailable
from tests.servers.ports import free_port
from tests.servers.waiting import TooLate, speaks_amqp, until

# The one place where images are pinned; the environment may name others, or a mirror's.
POSTGRES_IMAGE = os.environ.get("KOSILAB_TEST_POSTGRES_IMAGE", "postgres:15-bookworm")
RABBIT_IMAGE = os.environ.get("KOSILAB_TEST_RABBITMQ_IMAGE", "rabbitmq:3.10-management")


def engine_gives(image: str) -> None:
    """Return when an engine answers that has the image or can fetch it; asked once, cheaply: nothing is fetched.

    Raises: Unavailable with the reason.
    """
    reason = _why_not(image, os.environ.get("DOCKER_HOST"))
    if reason:
        raise Unavailable(reason)


@cache
def _why_not(image: str, _host: str | None) -> str:
    """Why there is no such container, empty when there is."""
    try:
        client = DockerClient(timeout=10).client
        client.ping()
    except (DockerException, RequestException):
        return "no container engine answers"
    try:
        if not _has_or_finds(client, image):
            return f"the container engine can't give {image}, so it counts as none"
        if not testcontainers_config.ryuk_disabled and not _has_or_finds(
            client, testcontainers_config.ryuk_image
        ):
            testcontainers_config.ryuk_disabled = True  # without the reaper we end our containers ourselves
    finally:
        client.close()
    return ""


def _has_or_finds(client: docker.DockerClient, image: str) -> bool:
    for ask in (client.images.get, client.images.get_registry_data):
        try:
            ask(image)
        except (DockerException, RequestException):
            continue
        return True
    return False


class Container:
    """One container with fixed ports."""

    def __init__(
        self, image: str, ports: list[int], command: list[str], env: dict[str, str], hostname: str
    ) -> None:
        """Nothing runs yet; `ports` are those inside.

        Raises: Unavailable when no engine answers.
        """
        self.ports = {inside: free_port() for inside in ports}
        try:
            self._made = DockerContainer(image, env=env).with_kwargs(hostname=hostname)
        except (DockerException, RequestException) as error:
            raise Unavailable("no container engine answers") from error
        if command:
            self._made.with_command(command)
        for inside, outside in self.ports.items():
            self._made.with_bind_ports(inside, outside)

    @property
    def host(self) -> str:
        """Where its ports are."""
        name = self._made.get_container_host_ip()
        return "127.0.0.1" if name == "localhost" else name

    @property
    def _container(self) -> Any:
        return self._made.get_wrapped_container()

    def start(self) -> None:
        """Make and start it, or start it again.

        Raises: Unavailable when the engine refuses.
        """
        try:
            if self._made._container is None:
                self._made.start()
            else:
                self._container.start()
        except (DockerException, RequestException) as error:
            raise Unavailable(f"the container engine does not start {self._made.image}: {error}") from error

    def kill(self) -> None:
        """SIGKILL to all in it."""
        self._container.kill()
        self._container.wait()

    def stop(self) -> None:
        """Ask it to end, wait until it has."""
        self._container.stop(timeout=60)

    def discard(self) -> None:
        """Remove it with its data; the next start makes a new one."""
        self._container.remove(force=True, v=True)
        self._made._container = None

    def run(self, *args: str) -> str:
        """What a command inside prints."""
        code, output = self._container.exec_run(list(args))
        text = output.decode(errors="replace")
        if code != 0:
            raise RuntimeError(f"{args[0]} failed: {text.strip()[-500:]}")
        return str(text)

    def remove(self) -> None:
        """End it and remove its data."""
        self._made.stop()


class ContainerPostgres(PostgresServer):
    """A PostgreSQL server in a container of its own."""

    def __init__(self, *, fsync: bool = True) -> None:
        """Nothing runs yet."""
        settings = [
            "-c",
            "max_connections=200",
            "-c",
            f"fsync={'on' if fsync else 'off'}",
            "-c",
            "timezone=UTC",
        ]
        env = {"POSTGRES_HOST_AUTH_METHOD": "trust"}
        self._box = Container(POSTGRES_IMAGE, [5432], ["postgres", *settings], env, "kosilab-postgres")

    def url(self, dbname: str = "postgres") -> str:
        """Where a database of this server is."""
        return f"postgresql://postgres@{self._box.host}:{self._box.ports[5432]}/{dbname}"

    def start(self) -> None:
        """Start it (again) and wait until it answers."""
        self._box.start()
        # The image answers on its socket while it prepares its data; over TCP only when it is ready.
        until(self._answers, "PostgreSQL in its container answers", within=120)

    def kill(self) -> None:
        """SIGKILL to all its processes."""
        self._box.kill()

    def stop(self) -> None:
        """Shut it down in order."""
        self._box.stop()

    def remove(self) -> None:
        """End it and remove its data."""
        self._box.remove()

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


class ContainerRabbit(RabbitServer):
    """A RabbitMQ broker in a container of its own."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._box = Container(RABBIT_IMAGE, [5672, 15672], [], {}, "kosilab-rabbitmq")

    @property
    def url(self) -> str:
        """Where the default virtual host is."""
        return f"amqp://guest:guest@{self._box.host}:{self._box.ports[5672]}/%2F"

    @property
    def api_url(self) -> str:
        """Where the management interface is."""
        return f"http://{self._box.host}:{self._box.ports[15672]}"

    def start(self) -> None:
        """Start it (again) and wait until messages and management both answer."""
        self._box.start()
        until(
            partial(speaks_amqp, self._box.host, self._box.ports[5672]),
            "RabbitMQ in its container answers",
            within=180,
        )
        until(lambda: self.api_answers, "RabbitMQ's management answers", within=60)

    def kill(self) -> None:
        """SIGKILL to all its processes."""
        self._box.kill()

    def wipe(self) -> None:
        """A new container without the old one's data, on the same ports."""
        self._box.discard()
        self.start()

    def ctl(self, *args: str) -> str:
        """What `rabbitmqctl` inside prints."""
        return self._box.run("rabbitmqctl", *args)

    def remove(self) -> None:
        """End it and remove its data."""
        self._box.remove()


def start_container_postgres(*, fsync: bool = True) -> ContainerPostgres:
    """A running server in a container.

    Raises: Unavailable.
    """
    server = ContainerPostgres(fsync=fsync)
    _start(server)
    return server


def start_container_rabbit() -> ContainerRabbit:
    """A running broker in a container.

    Raises: Unavailable.
    """
    server = ContainerRabbit()
    _start(server)
    return server


def _start(server: ContainerPostgres | ContainerRabbit) -> None:
    try:
        server.start()
    except (TooLate, Unavailable) as late:
        server.remove()
        raise Unavailable(str(late)) from late
