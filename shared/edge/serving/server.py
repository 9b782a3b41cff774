"""How does a process accept connections, at all of its doors, and how does it end? Every host runs this server.

A host gives the threads: `spawn` runs a function in one, green or not.
"""

import resource
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TypeAlias

from shared.edge import host
from shared.edge.serving.answers import refusal
from shared.edge.serving.connection import STOPPING, Connection
from shared.edge.serving.doors import Door
from shared.edge.serving.places import Places
from shared.edge.serving.workers import Workers
from shared.service import clock, telemetry

SPARE_PLACES = 20
"""How many connections are heard for which there is no place."""

FILES_LEFT = 150
"""How many files and sockets are left for the rest of the process: databases, the broker, the other services."""

FEWEST_CONNECTIONS = 64
PAUSE_S = 0.1

Spawn: TypeAlias = Callable[[Callable[[], None]], object]

log = telemetry.logger("web")


class Server:
    """Accepts at all doors; each connection has a thread of the host."""

    def __init__(self, doors: Sequence[Door], spawn: Spawn) -> None:
        """Nothing is accepted yet."""
        self.workers = Workers(host.MAX_WORKERS)
        self.places = {door: Places(door.most_connections) for door in doors}
        self.spare = Places(SPARE_PLACES)
        self.is_finishing = False
        self._spawn = spawn
        self._n_open = dict.fromkeys(doors, 0)
        self._most_open = most_open()
        self.n_accepted = 0
        self._n_under_way = 0
        self._changed = threading.Condition()

    def start(self) -> None:
        """Begin to accept."""
        for door in self.places:
            self._spawn(partial(self._accept, door))

    def finish(self) -> None:
        """Accept nothing further, and wait a while for what is under way."""
        self.is_finishing = True
        for door in self.places:
            with suppress(OSError):
                door.listener.shutdown(socket.SHUT_RDWR)
            door.listener.close()
        with self._changed:
            self._changed.wait_for(lambda: self._n_under_way == 0, host.FINISH_WITHIN_S)

    @property
    def n_connections(self) -> int:
        """How many are open."""
        return sum(self._n_open.values())

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """A request is being answered until the block ends."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """A stream has begun, and the end does not wait for it."""
        self._count(-1)
        try:
            yield
        finally:
            self._count(1)

    def _count(self, change: int) -> None:
        with self._changed:
            self._n_under_way += change
            self._changed.notify_all()

    def _accept(self, door: Door) -> None:
        door.listener.settimeout(None)
        while not self.is_finishing:
            try:
                connection, address = door.listener.accept()
            except OSError as error:
                if not self.is_finishing:
                    log.warning("not_accepted", reason=error.strerror)  # for example, too many open files
                    clock.sleep(PAUSE_S)
                continue
            self._spawn(partial(self._serve, door, connection, str(address[0])))

    def _serve(self, door: Door, connection: socket.socket, peer: str) -> None:
        with self._changed:
            self._n_open[door] += 1
            self.n_accepted += 1
        try:
            if self._n_open[door] > self._most_open:
                with connection, suppress(OSError):
                    connection.settimeout(PAUSE_S)
                    connection.sendall(refusal(STOPPING, retry_after_s=1))
            else:
                Connection(self, door, connection, peer).serve()
        finally:
            with self._changed:
                self._n_open[door] -= 1


def most_open() -> int:
    """How many connections a door holds open at most: beyond, the process could open no file."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(FEWEST_CONNECTIONS, limit - FILES_LEFT)
