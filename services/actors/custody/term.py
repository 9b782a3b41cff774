"""Who ends terms and epochs? One leased loop beside the vault erases every class of data whose term is over.

The loop begins an erasure as if somebody had asked for it: so every service deletes its slots, the register lists the
erasure, and the log says why slots are missing.
"""

import threading
from datetime import datetime, timedelta

from services.actors.domain.erasure import ERASURE, BeginErasure
from services.actors.views.activity import last_activity
from shared.eventlog.port import LogUnavailable
from shared.eventlog.store import SqlStore
from shared.events.vocabulary import ErasureBasis
from shared.kernel.sealed import Retention
from shared.service import clock, ids, telemetry
from shared.service.app import App
from shared.vault.erasures import FORGOTTEN_AFTER, begin_expiry, forget_unnamed
from shared.vault.rotation import rotate

LEASE = "custody"
LEASE_FOR = timedelta(minutes=10)
EVERY_S = 600.0
"""How long between two looks [s]: terms and epochs count in days, and a stop in the middle is made good soon."""

AGAIN_S = 30.0

log = telemetry.logger("custody")


class Custody:
    """Looks after the keys of the city; any number may run, one of them does."""

    def __init__(self, app: App, store: SqlStore) -> None:
        self.name = "actors custody"
        self.failed: Exception | None = None
        self._app = app
        self._store = store
        self._holder = ids.new_id()

    def step(self, now: datetime) -> int:
        """End the terms that are over, then the epoch when it is; how many terms were ended.

        A request that a crash kept from its event is forgotten after a day.

        What fails is tried again the next time and keeps nothing else waiting; a repeat changes nothing.
        Raises: LogUnavailable.
        """
        if not self._store.leases.acquire(LEASE, self._holder, until=now + LEASE_FOR, now=now):
            return 0
        self.failed = None
        n_ended = sum(self._ended(subject, retention, now) for subject, retention in self._app.vault.over())
        if n_forgotten := forget_unnamed(self._app.vault, now - FORGOTTEN_AFTER, self._has_event):
            log.warning("requests_forgotten", n_requests=n_forgotten)
        vault = self._app.vault
        try:
            if rotate(vault.database, vault.epochs, now):
                vault.overwrite_old_pages()
                log.info("epoch_ended", n_epochs=len(vault.epochs.numbers()))
        except LogUnavailable:
            raise
        except Exception as error:
            self.failed = error
            log.exception("epoch_not_ended")
        return n_ended

    def run(self, stopping: threading.Event) -> None:
        """Look again and again until told to stop."""
        while not stopping.is_set():
            try:
                self.step(clock.now())
            except LogUnavailable as error:
                log.warning("custody_waits", reason=type(error).__name__)
                stopping.wait(AGAIN_S)
                continue
            stopping.wait(EVERY_S)

    def _ended(self, subject: str, retention: Retention, now: datetime) -> bool:
        try:
            if self._is_in_use(subject, retention):
                return False
            erasure_id = begin_expiry(self._app.vault, subject, retention, ids.new_id())
            command_id = ids.derived("term", erasure_id)
            command = BeginErasure(
                erasure_id=erasure_id, basis=ErasureBasis.TERM_OVER, retentions=(retention,), at=now
            )
            self._app.handle(command, command_id=command_id, request_digest=command_id)
        except LogUnavailable:
            raise
        except Exception as error:
            self.failed = error
            log.exception("term_not_ended", retention=str(retention))
            return False
        return True

    def _has_event(self, erasure_id: str) -> bool:
        return bool(self._store.log.read_stream(ERASURE.stream(erasure_id)))

    def _is_in_use(self, subject: str, retention: Retention) -> bool:
        """A volunteer's profile is kept so long after the last activity, not the last correction (handbook 11)."""
        if retention != Retention.PROFILE:
            return False
        active_at = last_activity(self._store.ask, subject)
        return active_at is not None and self._app.vault.prolong(subject, retention, active_at)
