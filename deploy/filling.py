"""What happens at the first start of a sample city? It simulates three years, then imports the sample files.

Everything is written to a temporary folder, which is renamed in one step at the end: if the start is interrupted,
the next start begins again with an empty folder.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import event

from deploy.city import City
from deploy.instance import Instance
from deploy.intake.apply import import_samples
from deploy.playing.run import simulate
from deploy.stores import make_folder
from shared.bus.memory import MemoryBus
from shared.events.registry import SERVICES
from shared.kernel.calendar_months import MONTHS_A_YEAR, months_after
from shared.kernel.city_day import today_in_the_city
from shared.service.relay import CURSOR
from shared.service.settings import VAULT, Settings

SEED = 33_174
YEARS = 3

Progress: TypeAlias = Callable[[int, int], None] | None
Shown: TypeAlias = Callable[[str], AbstractContextManager[Progress]]
"""Shows the name and the progress of a task."""


def is_new(settings: Settings) -> bool:
    """Whether the instance keeps its data in files and these don't exist yet."""
    return _databases(settings).parent == settings.data_dir() and not _databases(settings).exists()


def fill(settings: Settings, city: City, shown: Shown) -> None:
    """Simulate and import, completely or not at all.

    Raises: BadSetting; whatever simulation and import raise.
    """
    whole = _databases(settings)
    part = whole.with_name(f"{whole.name}.filling")
    make_folder(whole.parent)
    shutil.rmtree(part, ignore_errors=True)
    databases = {
        "KOSILAB_DATABASE_URL": f"sqlite:///{part}/{{service}}.db",
        "KOSILAB_VAULT_DATABASE_URL": settings.database_url(VAULT),
    }
    beside = replace(settings, values={**settings.values, **databases})
    instance = Instance(city, beside, bus=MemoryBus())
    try:
        _hurry(instance)
        begins, ends = years_before(today_in_the_city(instance.now()))
        with shown(f"simulating {begins} to {ends} (synthetic)") as progress:
            simulate(instance, begins=begins, ends=ends, seed=SEED, progress=progress)
        instance.now.set(None)
        with shown(f"importing the sample files of {city.name} (synthetic)") as progress:
            import_samples(instance, progress)
        instance.settle()
        _pass_relays(instance)
    finally:
        instance.close()
    _keep(part)
    part.rename(whole)
    _keep(whole.parent)


def years_before(today: date) -> tuple[date, date]:
    """First and last day of the three years that end yesterday."""
    return months_after(today, -YEARS * MONTHS_A_YEAR), today - timedelta(days=1)


def _databases(settings: Settings) -> Path:
    """The folder of the databases."""
    folders = {Path(settings.database_url(service).removeprefix("sqlite:///")).parent for service in SERVICES}
    return folders.pop() if len(folders) == 1 else Path()


def _hurry(instance: Instance) -> None:
    """Don't wait for the disk while filling: the next start deletes the remains of a crash."""
    for unit in instance.units.values():
        engine = unit.store.database.engine
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        engine.dispose()


def _pass_relays(instance: Instance) -> None:
    """Move the relays to the end: every service here has read all events, so the broker need not deliver them."""
    for unit in instance.units.values():
        log = unit.store.log
        log.move_cursor(CURSOR, expected=log.cursor(CURSOR), to=log.head().position)


def _keep(folder: Path) -> None:
    """Write the files of a folder to the disk."""
    for path in (*folder.iterdir(), folder):
        if path.is_file() or path == folder:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
