"""How does a file become events? It is read completely and applied row by row; a city's sample files follow each other.

The same file twice changes nothing: the second time the deciders find everything done. A corrected row amends what can
be amended. It is rejected where it contradicts the record.
"""

from pathlib import Path

from deploy.instance import Instance
from deploy.intake.kinds import KINDS, kind_named
from deploy.intake.taking import Taking, send_once
from services.marketplace.importing.market_day import city_days
from shared.kernel.city_day import today_in_the_city
from shared.service.origin import NOWHERE, Origin
from shared.tabular.preview import preview_of
from shared.tabular.reading import read
from shared.tabular.report import Progress, Report


def import_file(
    instance: Instance,
    path: Path,
    kind: str | None,
    *,
    sheet: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Import one file; with `dry_run` only report what would happen. Without a kind, its columns show which it is.

    Raises: FileRefused, with a sentence, when the file can't be imported; LogUnavailable: import the same file again,
    and it goes on where it was interrupted.
    """
    chosen = None if kind is None else kind_named(kind)
    reading = read(path, chosen, KINDS.values(), sheet, today=today_in_the_city(instance.now()))
    taking = Taking(instance, reading, NOWHERE)
    n_rows = len(reading.rows)

    def rows_done(n_done: int) -> None:
        if progress:
            progress(n_done, n_rows)

    if dry_run:
        reading.report.preview = preview_of(reading)
        taking.rehearse(rows_done)
    else:
        taking.carry_out(rows_done)
    return reading.report


def import_samples(instance: Instance, progress: Progress | None = None) -> list[Report]:
    """Import the city's sample files in order, marked as synthetic, and complete the market days that are over.

    Raises: FileRefused, LogUnavailable.
    """
    today = today_in_the_city(instance.now())
    readings = [read(path, None, KINDS.values(), today=today) for path in instance.city.samples]
    n_rows = sum(len(reading.rows) for reading in readings)
    origin = Origin(synthetic=True, lab=instance.city.lab.get("key"))
    n_before = 0

    def rows_done(n_done: int) -> None:
        if progress:
            progress(n_before + n_done, n_rows)

    with instance.bulk():  # nobody else is at work here
        for reading in readings:
            Taking(instance, reading, origin).carry_out(rows_done)
            n_before += len(reading.rows)
        _complete_market_days(instance, origin)
    return [reading.report for reading in readings]


def _complete_market_days(instance: Instance, origin: Origin) -> None:
    for day in city_days(instance.city.lab):
        if day.closes_at <= instance.now():
            send_once(instance, "marketplace", day.complete(), origin)
    instance.settle()
