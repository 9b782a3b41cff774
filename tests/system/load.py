"""How do many clients send commands at once, until each has an answer? Threads with connections of their own, bounded.

An outcome that is unknown (no answer, 503, a broken connection) becomes known by sending the same key again.
"""

import http.client
import json
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeAlias
from urllib.parse import urlsplit

N_CLIENTS = 24
ANSWER_WITHIN_S = 20.0
AGAIN = frozenset({429, 503})
PAUSE_S = 0.1

Connections: TypeAlias = dict[str, http.client.HTTPConnection]
"""One client's connections, by address."""


@dataclass(slots=True)
class Command:
    """One command with its key; `answer` is what it led to, once that is known."""

    key: str
    address: str
    path: str
    token: str
    body: dict[str, Any]
    answer: dict[str, Any] | None = None
    n_sent: int = 0
    answered_at: float = 0.0

    @property
    def service(self) -> str:
        """The service that it is for."""
        return self.path.split("/")[1]


class Load:
    """Sends commands, each until its outcome is known; fresh ones first."""

    def __init__(self, commands: Iterable[Command], n_clients: int = N_CLIENTS) -> None:
        self.commands = list(commands)
        self._fresh = deque(self.commands)
        self._again: deque[Command] = deque()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self.wrong: list[str] = []
        self._clients = [threading.Thread(target=self._work, daemon=True) for _ in range(n_clients)]

    def start(self) -> None:
        """Begin to send."""
        for client in self._clients:
            client.start()

    @property
    def n_answered(self) -> int:
        """How many outcomes are known."""
        return sum(command.answer is not None for command in self.commands)

    @property
    def n_unknown(self) -> int:
        """How many were sent whose outcome is not known."""
        return sum(command.answer is None and command.n_sent > 0 for command in self.commands)

    def stop(self) -> None:
        """Stop sending, whatever is unknown."""
        self._stopping.set()
        for client in self._clients:
            client.join(ANSWER_WITHIN_S)

    def finish(self, within: float = 120.0) -> None:
        """Wait until every outcome is known.

        Raises: AssertionError when an answer was wrong or none came in time.
        """
        until = monotonic() + within
        for client in self._clients:
            client.join(max(0.0, until - monotonic()))
        self._stopping.set()
        assert not self.wrong, self.wrong[:3]
        assert self.n_answered == len(self.commands), (
            f"{self.n_answered} of {len(self.commands)} are answered"
        )

    def _work(self) -> None:
        connections: Connections = {}
        while not self._stopping.is_set() and (command := self._next()) is not None:
            status, answer = send(command, connections)
            if status in {200, 201}:
                command.answer, command.answered_at = answer, monotonic()
            elif status in AGAIN or status == 0:
                with self._lock:
                    self._again.append(command)
                if not self._fresh:
                    self._stopping.wait(PAUSE_S)
            else:
                self.wrong.append(f"{command.path}: {status} {answer}")
                self._stopping.set()
        for connection in connections.values():
            connection.close()

    def _next(self) -> Command | None:
        """A command to send; None when all have their answer."""
        while not self._stopping.is_set():
            with self._lock:
                waiting = self._fresh or self._again
                if waiting:
                    return waiting.popleft()
            if self.n_answered == len(self.commands):
                return None
            self._stopping.wait(PAUSE_S)
        return None


def send(command: Command, connections: Connections) -> tuple[int, dict[str, Any]]:
    """Status and answer; status 0 when none came."""
    if command.address not in connections:
        parts = urlsplit(command.address)
        connections[command.address] = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=ANSWER_WITHIN_S
        )
    connection = connections[command.address]
    headers = {
        "Authorization": f"Bearer {command.token}",
        "Content-Type": "application/json",
        "Idempotency-Key": command.key,
    }
    command.n_sent += 1
    try:
        connection.request("POST", command.path, json.dumps(command.body), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        connection.close()
        return 0, {}
