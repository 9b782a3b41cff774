"""How does a test knock at a real server? `kosilab up` in a process of its own, and a socket that says anything."""

import signal
import socket
import sys
from datetime import timedelta
from pathlib import Path
from select import select
from typing import Self

from shared.edge.tokens import Issuer
from shared.eventlog.store import SqlStore
from shared.service import clock, settings
from shared.service.tables import Role
from tests.servers import until
from tests.servers.children import Child
from tests.servers.ports import free_port

CITY, CITY_KEY = "wuppertal", "05124000"
STARTS_WITHIN = 60.0
HOSTS = {"nameko": "deploy.cli", "threads": "tests.edge.threads"}
"""The hosts that the edge's contract is held against, and the module that starts each."""


class Served:
    """A city's server process on files in a folder; it may be killed and started again."""

    def __init__(self, folder: Path, host: str = HOSTS["nameko"], **env: str) -> None:
        """Nothing runs yet; `host` is the module that hosts it, `env` holds settings."""
        self.port = free_port()
        self.settings = settings.load({"KOSILAB_DATA_DIR": str(folder / "city"), "KOSILAB_CITY": CITY}, {})
        arguments = ["up", "--city", CITY, "--data", str(folder / "city"), "--port", str(self.port)]
        self._child = Child([sys.executable, "-m", host, *arguments], Path.cwd(), env)
        self._child.log = folder / "log"

    def start(self) -> None:
        """Start it (again); returns when it answers."""
        self._child.start()
        until(self._answers, "the server answers", STARTS_WITHIN)

    def kill(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        self._child.kill()

    def stop(self) -> None:
        """Tell it to stop; returns when it has."""
        self._child.stop(signal.SIGTERM)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    @property
    def log(self) -> str:
        """What it printed and logged."""
        return self._child.log.read_text(encoding="utf-8")

    def token(self, role: Role, actor: str = "somebody") -> str:
        """A token of the city's own issuer."""
        issuer = Issuer.of(self.settings, CITY)
        return (
            issuer.service_token() if role == Role.SERVICE else issuer.issue(role, actor, timedelta(hours=1))
        )

    def records(self, service: str) -> list[bytes]:
        """All that the service's log holds, read from its file."""
        store = SqlStore.open(
            self.settings.database_url(service), service=service, city_key=CITY_KEY, clock=clock.now
        )
        try:
            return [stored.record for stored in store.log.read()]
        finally:
            store.close()

    def connect(self) -> "Wire":
        """A connection."""
        return Wire(self.port)

    def _answers(self) -> bool:
        assert self._child.running, self.log
        try:
            with self.connect() as wire:
                wire.say("GET /livez HTTP/1.1", "Host: city")
                return wire.answer()[0] == 200
        except OSError:
            return False


class Wire:
    """One connection, byte by byte."""

    def __init__(self, port: int) -> None:
        """Connect."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def say(self, *lines: str, body: bytes = b"") -> None:
        """A request's first lines, an empty one, and what follows."""
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def send(self, *parts: bytes) -> None:
        """More of it."""
        for part in parts:
            self._socket.sendall(part)

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers by their names in small letters, and the body of the next answer."""
        status, headers = self.head()
        length = headers.get("content-length")
        return status, headers, self._file.read(int(length)) if length else b""

    def head(self) -> tuple[int, dict[str, str]]:
        """Status and headers of the next answer; its body is still to be read."""
        first = self._file.readline()
        if not first:
            raise ConnectionResetError("no answer")
        headers = {}
        while (line := self._file.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return int(first.split()[1]), headers

    def read_until(self, end: bytes) -> bytes:
        """What comes up to these bytes, whatever cut it into chunks."""
        read = b""
        while end not in read:
            part = self._file.read1(65536)
            if not part:
                raise ConnectionResetError(read)
            read += part
        return read

    def rest(self) -> bytes:
        """All that comes until the server hangs up."""
        try:
            return self._file.read()
        except ConnectionResetError:
            return b""

    @property
    def has_answer(self) -> bool:
        """Whether an answer has begun to come, or the server has hung up."""
        return bool(select([self._socket], [], [], 0)[0])

    @property
    def is_closed(self) -> bool:
        """Whether the server has hung up; waits until it has or says something."""
        try:
            return self._file.read(1) == b""
        except ConnectionResetError:
            return True
