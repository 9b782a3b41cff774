"""Is this city's instance running already, and where? Its data directory says so while the process lives."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.stores import make_folder

LOCK = "running.lock"


class AlreadyRunning(Exception):  # noqa: N818 - names the situation
    """Another process runs an instance on the same files."""


@contextmanager
def alone(folder: Path, host: str = "", port: int = 0) -> Iterator[None]:
    """Hold these files as their only embedded instance: two would wait for each other's transactions.

    The file that is locked names the address at which the instance answers, so that others find it.

    Raises: AlreadyRunning, BadSetting.
    """
    make_folder(folder)
    with (folder / LOCK).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = f"An instance runs on {folder} already: stop it, or name another directory with --data."
            raise AlreadyRunning(msg) from error
        file.truncate(0)
        if port:
            file.write(f"{host} {port}\n")
        file.flush()
        yield


def address_of_running(folder: Path) -> tuple[str, int] | None:
    """Host and port of the embedded instance that runs on these files now, None when none does."""
    try:
        with (folder / LOCK).open(encoding="ascii") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                host, _, port = file.read().strip().rpartition(" ")
                return (host, int(port)) if port else None
    except FileNotFoundError:
        pass
    return None
