"""What happens when a deadline is due? One ticker with a lease sends the deadline's command; the decider judges."""

import threading
from datetime import datetime, timedelta

from shared.eventlog.deadlines import Deadline
from shared.eventlog.port import Conflict, LogUnavailable, Refusal
from shared.eventlog.store import SqlStore
from shared.eventlog.waiting import LOOK_S, turn
from shared.kernel.identity import noun_id_of
from shared.service import clock, ids, telemetry
from shared.service.app import App
from shared.service.origin import NOWHERE, Origin, caused_by
from shared.service.reading import read_record

LEASE = "ticker"
LEASE_FOR = timedelta(seconds=30)
EVERY_S = 1.0
"""How often the ticker checks its memory for due deadlines [s], without a query."""

BATCH = 200

log = telemetry.logger("ticker")


class Ticker:
    """Watches the service's deadlines; any number may run, only one ticks."""

    def __init__(self, app: App, store: SqlStore) -> None:
        self.name = f"{app.tables.name} ticker"
        self._app = app
        self._store = store
        self._holder = ids.new_id()
        self.failed: Exception | None = None
        self._timers = {timer.kind: timer for timer in app.tables.timers}

    def step(self, now: datetime) -> int:
        """Send the commands due at `now`; returns their number. `time` is the due time, `recordedtime` the log's now.

        A deadline whose command fails stays, is tried again the next time, and delays no other.
        Raises: LogUnavailable.
        """
        if not self._store.leases.acquire(LEASE, self._holder, until=now + LEASE_FOR, now=now):
            return 0
        failed: Exception | None = None
        n_done = 0
        for deadline in self._store.deadlines.due(now, BATCH):
            try:
                self._ring(deadline)
                n_done += 1
            except LogUnavailable:
                raise
            except Conflict:
                log.info("deadline_waits", kind=deadline.kind, stream=deadline.stream)  # others are faster
            except Exception as error:
                failed = error
                log.exception("deadline_failed", kind=deadline.kind, stream=deadline.stream)
        self.failed = failed
        return n_done

    def run(self, stopping: threading.Event) -> None:
        """Tick until told to stop."""
        look_at = 0.0
        while not stopping.is_set():
            try:
                earliest, now = self._store.deadlines.earliest, clock.now()
                if clock.monotonic() >= look_at or (earliest is not None and earliest <= now):
                    # Now and then without a notification: another process may have set a deadline.
                    look_at = clock.monotonic() + LOOK_S
                    next_at = self._store.deadlines.next_due_at()
                    if next_at is not None and next_at <= now and self.step(now) == BATCH:
                        continue
            except LogUnavailable as error:
                log.warning("ticker_waits", reason=type(error).__name__)
            stopping.wait(turn(EVERY_S))

    def _ring(self, deadline: Deadline) -> None:
        timer = self._timers.get(deadline.kind)
        if timer is not None:
            noun_id = noun_id_of(deadline.stream)
            command = timer.command(noun_id, deadline.due_at)
            self._send(command, deadline.stream, deadline.kind, deadline.due_at)
        with self._store.transaction() as tx:
            # The command may have moved it: a later deadline stays.
            self._store.deadlines.clear_if(tx, deadline)

    def _send(self, command: object, stream: str, kind: str, due_at: datetime) -> None:
        command_id = ids.deadline_command_id(stream, kind, due_at.isoformat())
        origin = self._origin_of(command)
        outcome = self._app.handle(command, command_id=command_id, request_digest=command_id, origin=origin)
        if isinstance(outcome, Refusal):
            log.info("deadline_refused", kind=kind, stream=stream, rule=outcome.rule)

    def _origin_of(self, command: object) -> Origin:
        """A deadline of a simulated noun is simulated too, and belongs to its lab."""
        decider = self._app.route_of(type(command)).decider
        begun = self._store.log.read_stream(decider.stream(decider.id_of(command)))[:1]
        return caused_by(read_record(begun[0].record)).without_cause() if begun else NOWHERE
