"""How is a server's process started, killed and surely ended? By its own process id, also when the tests are killed."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.servers.waiting import until

# Ends the server when the write end of the pipe is gone, that is: when the tests' own process is.
_GUARD = 'read -r _ || kill -KILL "$0"'


class Child:
    """One process with a log file; it may be killed and started again."""

    def __init__(
        self, argv: Sequence[str], folder: Path, env: Mapping[str, str] | None = None, user: str | None = None
    ) -> None:
        """Nothing runs yet; `env` is added to the environment, `user` is who it runs as."""
        self.argv, self.folder, self.user = list(argv), folder, user
        self.env = {**os.environ, **(env or {})}
        self.log = folder / f"{Path(argv[0]).name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process id; it must have been started."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the tests first."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.argv,
                cwd=self.folder,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )
        guard = ["/bin/sh", "-c", _GUARD, str(self._process.pid)]
        self._guard = subprocess.Popen(guard, stdin=subprocess.PIPE, start_new_session=True)

    def stop(self, number: signal.Signals, within: float = 60.0) -> None:
        """End it politely with a signal; without an answer in time [s], kill it."""
        if self._process is not None and self.running:
            self._process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(within)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to it, its process group and all that descends from it; returns when they are gone."""
        if self._process is None:
            return
        pid = self._process.pid
        family = _descendants(pid)
        if self.running:
            os.killpg(pid, signal.SIGKILL)
        self._process.wait()
        for member in family:
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        until(lambda: not any(_alive(member) for member in family), f"the children of process {pid} are gone")
        self._dismiss_guard()
        self._process = None

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def _dismiss_guard(self) -> None:
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.kill()
            self._guard.wait()
            self._guard.stdin.close()
        self._guard = None


def _descendants(pid: int) -> list[int]:
    """Processes below this one; empty where there is no /proc (there the children end by themselves)."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    descendants: list[int] = []
    open_ends = [pid]
    while open_ends:
        children = parents.get(open_ends.pop(), [])
        descendants += children
        open_ends += children
    return descendants


def _alive(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    try:
        state = (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()[0]
        )
    except OSError:
        return False
    return state != "Z"
