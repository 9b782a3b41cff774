"""Which server do the tests take? The first that can be had, in a fixed order, and the header says which.

1. `given`: what the environment names (KOSILAB_TEST_DATABASE_URL, KOSILAB_TEST_AMQP_URL); decisive, no fallback;
2. `containers`, where an engine answers and can give the image;
3. `installed` programs, started privately;
4. `packages`: as root, the same after installing the distribution's packages.

KOSILAB_TEST_PROVIDER allows one of them only.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from tests.servers import programs
from tests.servers.given import AMQP, DATABASE, GivenPostgres, GivenRabbit
from tests.servers.kinds import PostgresServer, RabbitServer, Unavailable
from tests.servers.local_postgres import start_local_postgres
from tests.servers.local_rabbit import start_local_rabbit

Server = TypeVar("Server", PostgresServer, RabbitServer)

_SOCKETS = (
    "/var/run/docker.sock",
    "~/.docker/run/docker.sock",
    "~/.testcontainers.properties",
    "~/.docker/contexts",
)


@dataclass(frozen=True)
class Provider(Generic[Server]):
    """One way to a server: `look` says cheaply whether it is open and what it is, `start` goes it."""

    name: str
    look: Callable[[], str]
    start: Callable[[bool], Server]


def postgres_providers(*, own: bool = False) -> list[Provider[PostgresServer]]:
    """The ways to a PostgreSQL, in order; `own` leaves out the given one, which must not be killed."""
    url = os.environ.get(DATABASE)
    if url and not own:
        return [Provider("given", lambda: f"given by {DATABASE}", lambda _: GivenPostgres(url))]
    return _allowed(
        [
            Provider("containers", lambda: _image("POSTGRES_IMAGE"), _container_postgres),
            Provider("installed", lambda: _found(programs.postgres_folder()), _installed_postgres),
            Provider("packages", lambda: _installable("postgresql"), _packaged_postgres),
        ]
    )


def rabbit_providers(*, own: bool = False) -> list[Provider[RabbitServer]]:
    """The ways to a RabbitMQ, in order; `own` leaves out the given one, which must not be killed."""
    url = os.environ.get(AMQP)
    if url and not own:
        return [Provider("given", lambda: f"given by {AMQP}", lambda _: GivenRabbit(url))]
    return _allowed(
        [
            Provider("containers", lambda: _image("RABBIT_IMAGE"), _container_rabbit),
            Provider("installed", lambda: _found(programs.rabbit_folder()), _installed_rabbit),
            Provider("packages", lambda: _installable("rabbitmq-server"), _packaged_rabbit),
        ]
    )


def described(title: str, providers: list[Provider[Server]]) -> str:
    """One line for the header: which provider is taken, and why not those before it."""
    passed = []
    for provider in providers:
        try:
            taken = provider.look()
        except Unavailable as why:
            passed.append(str(why))
            continue
        return f"{title}: {taken}" + "".join(f"; {reason}" for reason in passed)
    return f"{title}: none; " + "; ".join(passed)


@contextmanager
def running_postgres(*, fsync: bool = True, own: bool = False) -> Iterator[PostgresServer]:
    """A PostgreSQL server for the length of the block; `fsync=False` trades durability for speed.

    Raises: Unavailable with a sentence that says what to install.
    """
    yield from _running("PostgreSQL", "postgresql", DATABASE, postgres_providers(own=own), fsync=fsync)


@contextmanager
def running_rabbit(*, own: bool = False) -> Iterator[RabbitServer]:
    """A RabbitMQ broker for the length of the block.

    Raises: Unavailable with a sentence that says what to install.
    """
    yield from _running("RabbitMQ", "rabbitmq-server", AMQP, rabbit_providers(own=own))


def _running(
    title: str, package: str, variable: str, providers: list[Provider[Server]], *, fsync: bool = True
) -> Iterator[Server]:
    server = _first(title, package, variable, providers, fsync=fsync)
    try:
        yield server
    finally:
        server.remove()


def _first(
    title: str, package: str, variable: str, providers: list[Provider[Server]], *, fsync: bool
) -> Server:
    reasons = []
    for provider in providers:
        try:
            provider.look()
            return provider.start(fsync)
        except Unavailable as why:
            reasons.append(str(why))
    raise Unavailable(
        f"the tests need {title}: install it (Debian: apt-get install {package}), start a container engine, "
        f"or name a server in {variable} ({'; '.join(reasons)})"
    )


def _allowed(providers: list[Provider[Server]]) -> list[Provider[Server]]:
    only = os.environ.get("KOSILAB_TEST_PROVIDER")
    return [provider for provider in providers if only in {None, "", provider.name}]


def _image(constant: str) -> str:
    """The image that an engine can give; asks no engine where none can be."""
    places = [*_SOCKETS, f"{os.environ.get('XDG_RUNTIME_DIR', '/run')}/docker.sock"]
    if not os.environ.get("DOCKER_HOST") and not any(Path(place).expanduser().exists() for place in places):
        raise Unavailable("no container engine")
    from tests.servers import containers  # costs half a second, so only where there may be an engine

    image: str = getattr(containers, constant)
    containers.engine_gives(image)
    return f"container of {image}"


def _container_postgres(fsync: bool) -> PostgresServer:
    from tests.servers import containers

    return containers.start_container_postgres(fsync=fsync)


def _container_rabbit(_fsync: bool) -> RabbitServer:
    from tests.servers import containers

    return containers.start_container_rabbit()


def _found(folder: Path | None) -> str:
    if folder is None:
        raise Unavailable("not installed")
    return f"private, of {folder}"


def _installable(package: str) -> str:
    if not programs.may_install():
        raise Unavailable("not root on a Debian-like system, so nothing is installed")
    return f"private, after installing {package}"


def _installed_postgres(fsync: bool) -> PostgresServer:
    folder = programs.postgres_folder()
    if folder is None:
        raise Unavailable("the package brought no PostgreSQL programs")
    return start_local_postgres(folder, fsync=fsync)


def _packaged_postgres(fsync: bool) -> PostgresServer:
    programs.install("postgresql")
    return _installed_postgres(fsync)


def _installed_rabbit(_fsync: bool) -> RabbitServer:
    folder = programs.rabbit_folder()
    if folder is None:
        raise Unavailable("the package brought no RabbitMQ programs")
    return start_local_rabbit(folder)


def _packaged_rabbit(fsync: bool) -> RabbitServer:
    programs.install("rabbitmq-server")
    return _installed_rabbit(fsync)
