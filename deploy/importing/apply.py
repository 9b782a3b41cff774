"""How does a file become events? Read whole, then taken row by row; or a city's sample files, one after the other.

The same file twice changes nothing: the second time the deciders find everything done. A corrected row amends what can
be amended, and is rejected where it tells of what has happened otherwise than the log does.
"""

from pathlib import Path

from deploy.importing.columns import KINDS, kind_named
from deploy.importing.market_days import city_days
from deploy.importing.taking import Taking, send_once
from deploy.instance import Instance
from services.marketplace.domain.market_day import CompleteMarketDay
from shared.service.origin import NOWHERE, Origin
from shared.tabular.reading import read
from shared.tabular.report import Progress, Report


def import_file(
    instance: Instance,
    path: Path,
    kind: str | None,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Import one file; with `dry_run` only say what would come of it. `kind` None: by its columns.

    Raises: FileRefused, with a sentence, when it is no file that can be imported; LogUnavailable, after which the same
    file goes on where it was interrupted.
    """
    reading = read(path, None if kind is None else kind_named(kind), KINDS.values())
    taking = Taking(instance, reading, NOWHERE)
    n_rows = len(reading.rows)

    def told(n_done: int) -> None:
        if progress:
            progress(n_done, n_rows)

    if dry_run:
        taking.rehearse(told)
    else:
        taking.carry_out(told)
    return reading.report


def import_samples(instance: Instance, progress: Progress | None = None) -> list[Report]:
    """Import the city's sample files in order, marked as synthetic, and complete the market days that are over.

    Raises: FileRefused, LogUnavailable.
    """
    readings = [read(path, None, KINDS.values()) for path in instance.city.samples]
    n_rows = sum(len(reading.rows) for reading in readings)
    origin = Origin(synthetic=True, lab=instance.city.lab.get("key"))
    n_before = 0

    def told(n_done: int) -> None:
        if progress:
            progress(n_before + n_done, n_rows)

    for reading in readings:
        Taking(instance, reading, origin).carry_out(told)
        n_before += len(reading.rows)
    _complete_market_days(instance, origin)
    return [reading.report for reading in readings]


def _complete_market_days(instance: Instance, origin: Origin) -> None:
    for day in city_days(instance.city):
        if day.closes_at <= instance.now():
            complete = CompleteMarketDay(market_day_id=day.id, at=day.closes_at)
            send_once(instance, "marketplace", complete, origin)
    instance.settle()
