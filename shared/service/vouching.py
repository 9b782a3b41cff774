"""Who signs for the log? One loop per service signs; a separate loop asks the witnesses.

All appends stop when the log differs from the signed one.
"""

import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from shared.eventlog.port import LogUnavailable
from shared.eventlog.waiting import turn
from shared.events.process import CheckpointIssued
from shared.ledger.checkpoint import Checkpoint
from shared.ledger.contradicted import Contradictions
from shared.ledger.cosigning import Cosigning
from shared.ledger.issuer import BATCH, Announce, CheckpointIssuer, HistoryRefused
from shared.ledger.note import Note
from shared.service import clock, telemetry
from shared.service.app import App

EVERY_S = 1.0
"""The shortest time between two looks at a growing log [s]."""

QUIET_S = 10.0
"""How often a log that does not grow is checked [s]: somebody may change it, and a checkpoint may fall due."""

COSIGN_EVERY_S = 30.0
"""The pause between two requests to the witnesses [s]."""

log = telemetry.logger("vouching")


def announcing(app: App) -> Announce:
    """Announces each checkpoint once, as an event in the log itself."""

    def announce(checkpoint: Checkpoint, note: Note, now: datetime) -> None:
        incarnation = checkpoint.origin.rpartition("/")[2]
        stream = f"checkpoint-{incarnation}-{checkpoint.size}"
        app.note(CheckpointIssued(size=checkpoint.size, note=str(note)), stream=stream, at=now)

    return announce


class StoppableLog(Protocol):
    """A log that can be stopped."""

    @property
    def service(self) -> str:
        """The service whose log this is."""
        ...

    def stop_appends(self, because: str | None) -> None:
        """Refuse every append of every process for this reason; None accepts them again."""
        ...

    def wait(self, after: int, timeout: float) -> bool:
        """Wait at most `timeout` [s] until the log has grown beyond `after`; True when it has."""
        ...


class Vouching:
    """Keeps one log's tree, signs it and has it cosigned."""

    def __init__(
        self,
        event_log: StoppableLog,
        issuer: CheckpointIssuer,
        cosigning: Cosigning | None = None,
        now: Callable[[], datetime] = clock.now,
        kept: Contradictions | None = None,
    ) -> None:
        self.name = f"{event_log.service} vouching"
        self.refused: str | None = None
        self._log = event_log
        self._issuer = issuer
        self._cosigning = cosigning
        self._now = now
        self._kept = kept
        self._told: dict[str, str] = {}

    def begin(self) -> None:
        """Before the service opens: stop all appends when the log differs from the signed one, else accept them.

        Raises: LogUnavailable.
        """
        self._judged(self._issuer.check)
        self._log.stop_appends(self.refused)

    def step(self) -> int:
        """Add new records to the tree and sign when it is time; returns the number of records.

        Raises: LogUnavailable.
        """
        return self._judged(lambda: self._issuer.step(self._now()))

    def cosign(self) -> int:
        """Ask the witnesses; returns how many cosigned.

        Raises: LogUnavailable.
        """
        if self._cosigning is None or self.refused is not None:
            return 0
        n_cosigned, troubles = self._cosigning.step(), dict(self._cosigning.troubles)
        for witness, reason in troubles.items():
            if self._told.get(witness) != reason:  # once, not each time until the witness is back
                say = log.error if witness in self.contradicted else log.warning
                say("not_cosigned", service=self._log.service, reason=reason)
        self._told = troubles
        for witness in sorted(self._cosigning.differing):
            if self._kept is not None and self._kept.note(troubles[witness], self._now()):
                log.error("publishing_stopped", service=self._log.service, reason=troubles[witness])
        return n_cosigned

    def is_held(self) -> bool:
        """Whether a witness has proved another history, and no operator has answered yet."""
        return self._kept is not None and bool(self._kept.unanswered())

    def contradictions(self) -> list[str]:
        """Ask the witnesses now, keep nothing; a sentence for each that has cosigned another history.

        A witness that has only seen more than this log holds tells of a loss, not of a contradiction.
        """
        if self._cosigning is None:
            return []
        self._cosigning.look()
        return [self._cosigning.troubles[name] for name in sorted(self._cosigning.differing)]

    @property
    def contradicted(self) -> Collection[str]:
        """The witnesses that have seen another history of this log."""
        return self._cosigning.contradicted if self._cosigning else ()

    def seen_by_witnesses(self) -> int:
        """The largest size of the log that a witness reports; 0 when none is asked or none answers."""
        return max(self._cosigning.sizes_seen().values(), default=0) if self._cosigning else 0

    @property
    def asking(self) -> "Asking | None":
        """The loop that asks the witnesses; None without witnesses."""
        return Asking(self, self._log.service) if self._cosigning else None

    def run(self, stopping: threading.Event) -> None:
        """Vouch until told to stop."""
        while not stopping.is_set():
            try:
                if self.step() == BATCH:
                    clock.sleep(
                        0
                    )  # a long history is added in small steps, so that others may run between them
                    continue
            except LogUnavailable as error:
                log.warning("vouching_waits", service=self._log.service, reason=type(error).__name__)
            self._rest(stopping)

    def _rest(self, stopping: threading.Event) -> None:
        """Wait until the log has grown, or some time has passed."""
        until = clock.monotonic() + QUIET_S
        stopping.wait(EVERY_S)
        with suppress(LogUnavailable):
            while not stopping.is_set() and clock.monotonic() < until:
                if self._log.wait(self._issuer.taken, turn()):
                    return

    def _judged(self, work: Callable[[], int | None]) -> int:
        """Sign; a log that differs from the signed one accepts no appends until it agrees again."""
        try:
            done = work() or 0
        except HistoryRefused as error:
            self._refuse(str(error))
            return 0
        self._refuse(None)
        return done

    def _refuse(self, because: str | None) -> None:
        if because is not None or self.refused is not None:
            self._log.stop_appends(
                because
            )  # each time, because somebody with access to the database may have lifted the stop
        if because != self.refused:
            log.error(
                "appends_stopped" if because else "appends_taken_again",
                service=self._log.service,
                reason=because,
            )
        self.refused = because


class Asking:
    """Asks the witnesses now and then; a loop of its own, so that a slow witness delays no signature."""

    def __init__(self, vouching: Vouching, service: str) -> None:
        self.name = f"{service} witnesses"
        self._vouching = vouching
        self._service = service

    def run(self, stopping: threading.Event) -> None:
        """Ask until told to stop."""
        while not stopping.is_set():
            try:
                self._vouching.cosign()
            except LogUnavailable as error:
                log.warning("witnesses_wait", service=self._service, reason=type(error).__name__)
            stopping.wait(COSIGN_EVERY_S)
