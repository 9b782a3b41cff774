"""Who computes states while the city answers? A process of its own, so that no request waits for it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from services.reporting.history import StoredHistory
from services.reporting.releases.kept import KeptReleases
from services.reporting.releases.making import releases_at
from shared.eventlog.store import SqlStore
from shared.kernel.city_day import serve_city_in
from shared.service import clock

NICENESS = 10
"""How far the computing steps back behind those who answer."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where reporting's database is, and in which time zone the city lies."""

    database_url: str
    city_key: str
    zone: str


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What a process shall compute: the states as of these days."""

    place: Place
    ends: tuple[date, ...]


def begun(place: Place, ends: Iterable[date]) -> "subprocess.Popen[bytes]":
    """A process that computes these states and keeps each; the job comes over its standard input.

    Raises: OSError when none can be begun.
    """
    process = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE)  # noqa: S603 - the project itself
    if process.stdin is not None:
        process.stdin.write(msgspec.json.encode(Job(place=place, ends=tuple(ends))))
        process.stdin.close()
    return process


def compute(job: Job) -> None:
    """Compute the states of a job, and keep each.

    Raises: LogUnavailable, Unreadable.
    """
    serve_city_in(ZoneInfo(job.place.zone))
    place = job.place
    store = SqlStore.open(place.database_url, service="reporting", city_key=place.city_key, clock=clock.now)
    try:
        kept = KeptReleases(store)
        for release in releases_at(StoredHistory(store), job.ends, kept.every()):
            kept.keep(release)
    finally:
        store.close()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began it ends it
    os.nice(NICENESS)
    compute(msgspec.json.decode(sys.stdin.buffer.read(), type=Job))
