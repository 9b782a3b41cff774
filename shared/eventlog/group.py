"""How do waiting appends share one transaction? The first of them writes for all."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shared.eventlog.judge import Verdict
from shared.eventlog.port import Append, LogUnavailable, Outcome

MOST = 256
"""The largest number of appends in one transaction."""


@dataclass(slots=True, eq=False)
class _Ticket:
    """One waiting append: it is woken with its verdict, or without a verdict to write for all who wait."""

    request: Append
    verdict: Verdict | None = None
    called: bool = False
    woken: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))


class GroupAppend:
    """Groups the appends of this process; while one group is written, the next one gathers."""

    def __init__(self, write: Callable[[Sequence[Append]], list[Verdict]]) -> None:
        """`write` writes a group in one transaction and judges each append on its own."""
        self._write = write
        self._guard = threading.Lock()
        self._waiting: list[_Ticket] = []
        self._writing = False

    def append(self, request: Append) -> Outcome:
        """Write the events of one command, alone or together with others that wait.

        Raises: the verdict of `write` on this append, or the error when it is written alone.
        """
        ticket = _Ticket(request)
        with self._guard:
            self._waiting.append(ticket)
            mine, self._writing = not self._writing, True
        if not mine:
            self._wait(ticket)
        if ticket.verdict is None:
            self._lead()
        verdict = ticket.verdict
        if verdict is None:
            raise RuntimeError("woken without a verdict")
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    def _wait(self, ticket: _Ticket) -> None:
        try:
            ticket.woken.acquire()
        except BaseException:
            # A green thread may be killed here; if it had been woken to write, all behind it would wait for ever.
            with self._guard:
                called = bool(self._waiting) and self._waiting[0] is ticket and ticket.called
                if ticket in self._waiting:
                    self._waiting.remove(ticket)
            if called:
                self._hand_on()
            raise

    def _lead(self) -> None:
        """Write for all who wait, then wake the first of those who came meanwhile."""
        with self._guard:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        verdicts: list[Verdict] = []
        try:
            verdicts = self._judged([ticket.request for ticket in group])
        except BaseException as error:
            # Wake the waiting threads even when this thread is being stopped, or they wait for ever.
            verdicts = [error if isinstance(error, Exception) else RuntimeError("stopped")] * len(group)
            raise
        finally:
            for ticket, verdict in zip(group, verdicts, strict=True):
                ticket.verdict = verdict
            self._hand_on()
            for ticket in group:
                ticket.woken.release()

    def _judged(self, requests: Sequence[Append]) -> list[Verdict]:
        try:
            return self._write(requests)
        except LogUnavailable as error:
            return [LogUnavailable(str(error)) for _ in requests]
        except Exception as error:  # noqa: BLE001 - given to the caller whose append it is
            if len(requests) == 1:
                return [error]
        # An append that the database refuses must not harm the others of its group.
        return [self._judged([request])[0] for request in requests]

    def _hand_on(self) -> None:
        with self._guard:
            self._writing = bool(self._waiting)
            if self._waiting:
                self._waiting[0].called = True
                self._waiting[0].woken.release()
