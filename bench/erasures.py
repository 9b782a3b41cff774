"""Is anybody who was erased ever readable again? Random sequences of erasures, backups, crashes and restores.

Each on a city of its own; in one of ten, processes are really killed. `python -m bench.erasures` alone.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.table import Row, as_table
from shared.events.registry import SERVICES
from shared.service.settings import ACCESS, VAULT
from tests.city import prepare
from tests.deploy.desk import Desk
from tests.deploy.fate import Fate
from tests.servers import PostgresServer, running_postgres

DEEDS = 4
"""How many deeds a sequence has beside those that each has."""

KILLS_EVERY = 10
FILES = "SQLite"


@contextmanager
def city_on_files() -> Iterator[tuple[Desk, Path]]:
    """A city in which nothing has happened, and a folder for its backups."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder) / "city")
        yield Desk(Path(folder) / "city", {}), Path(folder)


@contextmanager
def city_on(server: PostgresServer) -> Iterator[tuple[Desk, Path]]:
    """The same with its databases on a server."""
    owner = server.create_role()  # a copy is restored by no superuser
    urls = {name: server.create_database(owner=owner) for name in (*SERVICES, VAULT, ACCESS)}
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(
            Path(folder) / "city", {f"KOSILAB_{name.upper()}_DATABASE_URL": url for name, url in urls.items()}
        )
        desk.call("migrate")
        yield desk, Path(folder)
    for url in urls.values():
        server.drop_database(url)


def row(where: str, fates: list[tuple[Fate, list[str]]]) -> Row:
    """How many sequences ended well, and what they were made of."""
    n, n_well = len(fates), sum(not wrong for _, wrong in fates)
    n_died = sum(fate.n_died for fate, _ in fates)
    n_erased = sum(len(fate.erased) for fate, _ in fates)
    tried = "; at the end somebody tries with all keys and all copies there are" if where == FILES else ""
    return Row(
        what=f"random (erase, backup, crash, restore) sequences, {where}: never readable again",
        ours=f"{n_well:,}",
        peer=f"of {n:,}",
        ratio=n_well / n,
        target=">= 1x",
        reached=n_well == n,
        conditions=f"{where}: {n_erased} persons erased, {n_died} crashes at durable steps, by SIGKILL in 1 of "
        f"{KILLS_EVERY} sequences{tried}",
    )


def rows(*, quick: bool = False) -> list[Row]:
    """The rows of erasures."""
    n_files, n_server = (10, 1) if quick else (100, 10)
    on_files, on_server = [], []
    for seed in range(n_files):
        with city_on_files() as (city, folder):
            fate = Fate(city, folder, seed, kills=seed % KILLS_EVERY == 0)
            on_files.append((fate, fate.befalls(DEEDS)))
    with running_postgres(fsync=True, own=True) as server:
        for seed in range(n_server):
            with city_on(server) as (city, folder):
                fate = Fate(city, folder, seed, kills=seed % KILLS_EVERY == 0)
                on_server.append((fate, fate.befalls(DEEDS)))
    return [row(FILES, on_files), row("PostgreSQL", on_server)]


if __name__ == "__main__":
    print(as_table(rows(quick="--quick" in sys.argv)))
