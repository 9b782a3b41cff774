"""Who publishes states? One leased loop: for each complete month that lacks a state, the oldest first."""

import subprocess
import threading
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from services.reporting.history import StoredHistory
from services.reporting.releases.child import Place, begun
from services.reporting.releases.kept import KeptReleases
from services.reporting.releases.making import first_day, releases_at
from services.reporting.releases.months import ONE_DAY, month_ends
from shared.eventlog.port import LogUnavailable
from shared.eventlog.store import SqlStore
from shared.events.codec import decode_envelope
from shared.kernel.city_day import moment_in_the_city, today_in_the_city
from shared.service import clock, ids, telemetry
from shared.service.app import App
from shared.service.feeds import Feed, FeedUnavailable

LEASE = "releases"
LEASE_FOR = timedelta(minutes=2)
SETTLES = timedelta(hours=1)
"""How long after a month its state is made: by then every service has written down its last moment."""

EVERY_S = 60.0
LOOK_AT_CHILD_S = 2.0

log = telemetry.logger("releases")


class Publishing:
    """Publishes the states; any number may run, one of them does."""

    def __init__(self, app: App, store: SqlStore, feeds: Mapping[str, Feed], place: Place) -> None:
        self.name = "reporting releases"
        self.failed: Exception | None = None
        self.kept = KeptReleases(store)
        self._app = app
        self._store = store
        self._feeds = feeds
        self.place = place
        self._history = StoredHistory(store)
        self._holder = ids.new_id()
        self._announced: set[date] = set()

    def step(self, now: datetime) -> int:
        """Publish every state that is due, in this process; returns their number.

        Raises: LogUnavailable, FeedUnavailable, Unreadable.
        """
        ends = self._due(now)
        if ends:
            for release in releases_at(self._history, ends, self.kept.every()):
                self.kept.keep(release)
        self._announce(now)
        return len(ends)

    def run(self, stopping: threading.Event) -> None:
        """Look every minute until told to stop; a process of its own computes."""
        while not stopping.is_set():
            try:
                self._announce(clock.now())
                ends = self._due(clock.now())
                if ends:
                    log.info("states_are_due", first=str(ends[0]), last=str(ends[-1]), n=len(ends))
                    self._compute(ends, stopping)
            except (LogUnavailable, FeedUnavailable) as error:
                log.warning("releases_wait", reason=type(error).__name__)
            self.rest(stopping)

    def rest(self, stopping: threading.Event) -> None:
        """Wait until the next look."""
        stopping.wait(EVERY_S)

    def _due(self, now: datetime) -> list[date]:
        begins = first_day(self._history)
        if begins is None:
            return []
        last = max(self.kept.days(), default=date.min)
        ends = [end for end in month_ends(begins, today_in_the_city(now - SETTLES)) if end > last]
        if not ends or not self._is_complete(moment_in_the_city(ends[-1] + ONE_DAY)):
            return []
        return ends if self._holds_lease(now) else []

    def _is_complete(self, upto: datetime) -> bool:
        """Whether history has everything that the services recorded before this moment."""
        for source, feed in self._feeds.items():
            following = feed.read(self._history.last(source), 1)
            if following and decode_envelope(following[0]).recordedtime < upto:
                return False
        return True

    def _holds_lease(self, now: datetime) -> bool:
        return self._store.leases.acquire(LEASE, self._holder, until=now + LEASE_FOR, now=now)

    def _announce(self, now: datetime) -> None:
        """Write the event of each kept state that has none yet; a repeat changes nothing."""
        new = [on for on in self.kept.days() if on not in self._announced]
        if not new:
            return
        for about in self.kept.listed():
            if about.on in new:
                self._app.note(about.announced(), stream=f"release-{about.on.isoformat()}", at=now)
                self._announced.add(about.on)

    def _compute(self, ends: Iterable[date], stopping: threading.Event) -> None:
        process = begun(self.place, ends)
        try:
            while process.poll() is None and not stopping.wait(LOOK_AT_CHILD_S):
                self._holds_lease(clock.now())
                before = len(self._announced)
                self._announce(clock.now())
                if len(self._announced) > before:
                    log.info("states_published", n=len(self._announced), upto=str(max(self._announced)))
        finally:
            _end(process)
        self._announce(clock.now())
        has_failed = process.returncode != 0 and not stopping.is_set()
        self.failed = RuntimeError("the states could not be computed") if has_failed else None
        if has_failed:
            log.error("states_not_computed", code=process.returncode)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        process.wait()
