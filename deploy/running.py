"""Is this city's instance running already? Its data directory says so while the process lives."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.stores import make_folder

LOCK = "running.lock"


class AlreadyRunning(Exception):  # noqa: N818 - says what is the case
    """Another process runs an instance on the same files."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only embedded instance on these files: two would each wait for the other's transactions.

    Raises: AlreadyRunning, BadSetting.
    """
    make_folder(folder)
    with (folder / LOCK).open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = f"An instance runs on {folder} already: stop it, or give another place with --data."
            raise AlreadyRunning(msg) from error
        yield
