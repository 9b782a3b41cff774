"""What happens when a deadline has come? One leased ticker sends the command it stands for; the decider judges."""

import threading
from datetime import datetime, timedelta

from shared.eventlog.port import Conflict, LogUnavailable, Refusal
from shared.eventlog.store import SqlStore
from shared.service import clock, ids, telemetry
from shared.service.app import App

LEASE = "ticker"
LEASE_FOR = timedelta(seconds=30)
EVERY_S = 1.0
BATCH = 200

log = telemetry.logger("ticker")


class Ticker:
    """Looks at the service's deadlines; any number may run, one of them ticks."""

    def __init__(self, app: App, store: SqlStore) -> None:
        self.name = f"{app.tables.name} ticker"
        self._app = app
        self._store = store
        self._holder = ids.new_id()
        self._timers = {timer.kind: timer for timer in app.tables.timers}

    def step(self, now: datetime) -> int:
        """Send what is due at `now`; how many commands that was. `time` is the due time, `recordedtime` the log's now.

        Raises: LogUnavailable.
        """
        if not self._store.leases.acquire(LEASE, self._holder, until=now + LEASE_FOR, now=now):
            return 0
        due = self._store.deadlines.due(now, BATCH)
        for deadline in due:
            timer = self._timers.get(deadline.kind)
            if timer is not None:
                noun_id = deadline.stream.partition("-")[2]
                self._send(
                    timer.command(noun_id, deadline.due_at), deadline.stream, deadline.kind, deadline.due_at
                )
            with self._store.transaction() as tx:
                self._store.deadlines.clear_if(tx, deadline)
        return len(due)

    def run(self, stopping: threading.Event) -> None:
        """Tick until told to stop."""
        while not stopping.is_set():
            try:
                if self.step(clock.now()) == BATCH:
                    continue
            except (LogUnavailable, Conflict) as error:
                log.warning("ticker_waits", reason=type(error).__name__)
            stopping.wait(EVERY_S)

    def _send(self, command: object, stream: str, kind: str, due_at: datetime) -> None:
        command_id = ids.deadline_command_id(stream, kind, due_at.isoformat())
        outcome = self._app.handle(command, command_id=command_id, request_digest=command_id)
        if isinstance(outcome, Refusal):
            log.info("deadline_refused", kind=kind, stream=stream, rule=outcome.rule)
