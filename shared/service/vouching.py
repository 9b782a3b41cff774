"""Who sees to it that the log is vouched for? One loop per service: it signs, and asks the witnesses.

It stops all appends when the log is not the one that was signed.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from shared.eventlog.port import LogUnavailable
from shared.events.process import CheckpointIssued
from shared.ledger.checkpoint import Checkpoint
from shared.ledger.cosigning import Cosigning
from shared.ledger.issuer import BATCH, Announce, CheckpointIssuer, HistoryRefused
from shared.ledger.note import Note
from shared.service import clock, telemetry
from shared.service.app import App

EVERY_S = 1.0
COSIGN_EVERY_S = 30.0
"""How long a witness that did not cosign is left alone [s]."""

log = telemetry.logger("vouching")


def announcing(app: App) -> Announce:
    """Makes each checkpoint known as an event in the log itself, once."""

    def announce(checkpoint: Checkpoint, note: Note, now: datetime) -> None:
        incarnation = checkpoint.origin.rpartition("/")[2]
        stream = f"checkpoint-{incarnation}-{checkpoint.size}"
        app.note(CheckpointIssued(size=checkpoint.size, note=str(note)), stream=stream, at=now)

    return announce


class StoppableLog(Protocol):
    """A log that can be told to take nothing more."""

    @property
    def service(self) -> str:
        """The service whose log this is."""
        ...

    def stop_appends(self, because: str | None) -> None:
        """Refuse every append of every process for this reason; with None take them again."""
        ...


class Vouching:
    """Keeps one log's tree, signs for it and has it cosigned."""

    def __init__(
        self,
        event_log: StoppableLog,
        issuer: CheckpointIssuer,
        cosigning: Cosigning | None = None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.name = f"{event_log.service} vouching"
        self.refused: str | None = None
        self._log = event_log
        self._issuer = issuer
        self._cosigning = cosigning
        self._now = now
        self._told: dict[str, str] = {}

    def begin(self) -> None:
        """Before the service opens: stop all appends when the log is not the one that was signed, else take them again.

        Raises: LogUnavailable.
        """
        self._judged(self._issuer.check)
        self._log.stop_appends(self.refused)

    def step(self) -> int:
        """Take in new records and sign when it is time; how many were taken in.

        Raises: LogUnavailable.
        """
        return self._judged(lambda: self._issuer.step(self._now()))

    def cosign(self) -> int:
        """Ask the witnesses; how many cosigned.

        Raises: LogUnavailable.
        """
        if self._cosigning is None or self.refused is not None:
            return 0
        n_cosigned, troubles = self._cosigning.step(), dict(self._cosigning.troubles)
        for witness, reason in troubles.items():
            if self._told.get(witness) != reason:  # once, not each time until the witness is back
                log.warning("not_cosigned", service=self._log.service, reason=reason)
        self._told = troubles
        return n_cosigned

    def seen_by_witnesses(self) -> int:
        """The most records of the log that a witness says it has seen; 0 when none is asked, or none answers."""
        return max(self._cosigning.seen().values(), default=0) if self._cosigning else 0

    def run(self, stopping: threading.Event) -> None:
        """Vouch until told to stop."""
        cosign_at = 0.0
        while not stopping.is_set():
            try:
                n_taken = self.step()
                if clock.monotonic() >= cosign_at:
                    self.cosign()
                    cosign_at = clock.monotonic() + COSIGN_EVERY_S
                if n_taken == BATCH:
                    clock.sleep(0)  # a long history is caught up with in small steps; others run between
                    continue
            except LogUnavailable as error:
                log.warning("vouching_waits", service=self._log.service, reason=type(error).__name__)
            stopping.wait(EVERY_S)

    def _judged(self, work: Callable[[], int | None]) -> int:
        """Do it; a log that is not the one that was signed takes no more appends until it is again."""
        try:
            done = work() or 0
        except HistoryRefused as error:
            self._refuse(str(error))
            return 0
        self._refuse(None)
        return done

    def _refuse(self, because: str | None) -> None:
        if because is not None or self.refused is not None:
            self._log.stop_appends(because)  # each time: who may write to the database may have let it go
        if because != self.refused:
            log.error(
                "appends_stopped" if because else "appends_taken_again",
                service=self._log.service,
                reason=because,
            )
        self.refused = because
