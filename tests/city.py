"""The one city to test with: all four services in this process, on databases in a folder.

Nothing happens in it but what a test does. Its empty databases are copied from ones that are prepared once, since
making them takes longer than most tests. Who imports files, comes over HTTP or tells stories has one that can do more.
"""

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Self

from deploy.city import load_city
from deploy.instance import Instance, Unit
from shared.bus.memory import MemoryBus
from shared.bus.port import Bus
from shared.eventlog.layouts import digest
from shared.eventlog.port import Done
from shared.events.codec import decode
from shared.events.registry import SERVICES
from shared.kernel.recorded import Recorded
from shared.service import clock
from shared.service.settings import load
from tests.scratch import scratch_folder

DATABASES = "databases"
EVERYTHING = 100_000
"""More records than any log of a test has."""


@cache
def prepared() -> Path:
    """The databases of a city in which nothing has happened; this process copies them and removes them at its end."""
    folder = scratch_folder("kosilab-prepared-")
    opened(folder).close()
    return folder / DATABASES


def prepare(folder: Path) -> Path:
    """Lay the empty databases of a city in a folder, unless there are some."""
    if not (folder / DATABASES).exists():
        shutil.copytree(prepared(), folder / DATABASES)
    return folder


def opened(
    folder: Path,
    slug: str = "wuppertal",
    *,
    bus: Bus | None = None,
    now: Callable[[], datetime] = clock.now,
    settings: Mapping[str, str] | None = None,
) -> Instance:
    """A city's instance on the databases of a folder, whatever the environment says."""
    loaded = load({"KOSILAB_CITY": slug, "KOSILAB_DATA_DIR": str(folder), **(settings or {})}, {})
    return Instance(load_city(slug), loaded, bus=bus or MemoryBus(), now=now)


class WholeCity:
    """A city in a folder."""

    def __init__(
        self,
        folder: Path,
        slug: str = "wuppertal",
        *,
        bus: Bus | None = None,
        now: Callable[[], datetime] = clock.now,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Open it; where the folder has no databases, empty ones."""
        self.folder = folder
        self._open = partial(opened, folder, slug, bus=bus, now=now, settings=settings)
        prepare(folder)
        self.instance = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def units(self) -> dict[str, Unit]:
        """The services at work."""
        return dict(self.instance.units)

    def close(self) -> None:
        """Give everything back."""
        self.instance.close()

    def open(self) -> None:
        """Open it again after it was closed."""
        self.instance = self._open()

    def restart(self) -> None:
        """Everything in memory is lost, and begun again from the databases."""
        self.close()
        self.open()

    def done(self, service: str, command: Any, command_id: str | None = None) -> None:
        """A command that takes effect, and all that follows from it."""
        name = command_id or f"{type(command).__name__} {self.instance.now()}"
        outcome = self.instance.apps[service].handle(command, command_id=name, request_digest=name)
        assert isinstance(outcome, Done), outcome
        self.instance.settle()

    def records(self, *services: str) -> list[bytes]:
        """The bytes of some logs, or of all, log by log in their order."""
        stores = [self.instance.units[service].store for service in services or SERVICES]
        return [stored.record for store in stores for stored in store.log.read(limit=EVERYTHING)]

    def events(self, *wanted: type | str) -> list[Recorded[Any]]:
        """What the logs hold, log by log in their order: all, or of these services, types or names of types."""
        names = {name if isinstance(name, str) else name.__name__ for name in wanted}
        types = names.difference(SERVICES)
        recorded = [decode(record) for record in self.records(*names.intersection(SERVICES))]
        return [event for event in recorded if not types or type(event.data).__name__ in types]

    def facts(self) -> dict[str, str]:
        """The digests of all facts, folded anew."""
        facts = self.instance.units["reporting"].facts
        assert facts is not None
        rows = facts.projection.replay(facts.projection.positions())
        return {name: digest(table) for name, table in rows.items()}
