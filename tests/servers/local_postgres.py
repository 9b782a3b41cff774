"""How does a PostgreSQL of the tests' own run from the installed programs? In a temporary folder, on a free port."""

import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.servers.children import Child
from tests.servers.kinds import PostgresServer, Unavailable
from tests.servers.ports import free_port
from tests.servers.programs import unprivileged_user
from tests.servers.waiting import TooLate, until


class LocalPostgres(PostgresServer):
    """A private server; `fsync=False` trades its durability for speed."""

    def __init__(self, programs: Path, *, fsync: bool = True) -> None:
        """Make the data folder; nothing runs yet."""
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="kosilab-postgres-"))
        self._port = free_port()
        self._user = unprivileged_user()
        if self._user:
            shutil.chown(self._folder, self._user, self._user)
        self._initialise()
        self._child = Child(self._command(fsync=fsync), self._folder, user=self._user)

    @property
    def files(self) -> Path:
        """Its temporary folder."""
        return self._folder

    def url(self, dbname: str = "postgres") -> str:
        """Where a database of this server is."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/{dbname}"

    def start(self) -> None:
        """Start it (again) and wait until it answers; what a kill left in shared memory may take a moment to go."""
        until(self._comes_up, "PostgreSQL answers", within=90)

    def kill(self) -> None:
        """SIGKILL to the postmaster and every backend."""
        self._child.kill()

    def stop(self) -> None:
        """Fast shutdown: transactions are rolled back, connections ended."""
        self._child.stop(signal.SIGINT)

    def remove(self) -> None:
        """End it and remove its data."""
        self._child.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _initialise(self) -> None:
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        done = subprocess.run(
            [self._programs / "initdb", "-D", self._folder / "data", *options],
            check=False,
            capture_output=True,
            text=True,
            cwd=self._folder,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
        )
        if done.returncode != 0:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise Unavailable(f"initdb failed: {done.stderr.strip()[-300:]}")

    def _command(self, *, fsync: bool) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._folder),
            "max_connections": "200",
            "fsync": "on" if fsync else "off",
            "timezone": "UTC",
            "dynamic_shared_memory_type": "mmap",  # in its folder: a killed server leaves nothing behind
        }
        named = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [
            str(self._programs / "postgres"),
            "-D",
            str(self._folder / "data"),
            "-p",
            str(self._port),
            *named,
        ]

    def _comes_up(self) -> bool:
        if not self._child.running:
            self._child.kill()
            self._child.start()
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


def start_local_postgres(programs: Path, *, fsync: bool = True) -> LocalPostgres:
    """A running private server.

    Raises: Unavailable with the end of its log when it does not start.
    """
    server = LocalPostgres(programs, fsync=fsync)
    try:
        server.start()
    except TooLate as late:
        words = server._child.last_words()
        server.remove()
        raise Unavailable(f"PostgreSQL does not start: {words}") from late
    return server
