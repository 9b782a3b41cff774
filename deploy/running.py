"""Is this city's instance running already? Its data directory says so while the process lives."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.stores import make_folder

LOCK = "running.lock"


class AlreadyRunning(Exception):  # noqa: N818 - names the situation
    """Another process runs an instance on the same files."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold these files as their only embedded instance: two would wait for each other's transactions.

    Raises: AlreadyRunning, BadSetting.
    """
    make_folder(folder)
    with (folder / LOCK).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = f"An instance runs on {folder} already: stop it, or name another directory with --data."
            raise AlreadyRunning(msg) from error
        yield
