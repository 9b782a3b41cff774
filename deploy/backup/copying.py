"""How is one database copied, and put back? SQLite's own backup; PostgreSQL's pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from deploy.cli.failures import Failed
from deploy.stores import FILE

DEBIAN = Path("/usr/lib/postgresql")
FOLDER = "databases"


def copy_name(url: str, name: str) -> str:
    """What the copy of a database is called."""
    return f"{name}.db" if url.startswith(FILE) else f"{name}.dump"


def copy_out(url: str, copy: Path) -> None:
    """Copy a database as it is at one moment, whoever writes to it meanwhile.

    Raises: Failed.
    """
    if url.startswith(FILE):
        with (
            closing(sqlite3.connect(url.removeprefix(FILE))) as there,
            closing(sqlite3.connect(copy)) as here,
        ):
            there.backup(here)
            here.execute("PRAGMA journal_mode=DELETE")  # one file, complete by itself
        _flush(copy)
        return
    _run("pg_dump", "--format=custom", f"--file={copy}", url)


def copy_in(url: str, copy: Path) -> None:
    """Put a copy where there is no database of this name, or an empty one.

    Raises: Failed when there is something already.
    """
    if url.startswith(FILE):
        target = Path(url.removeprefix(FILE))
        if target.exists():
            raise Failed(f"{target} is there already; nothing was overwritten.")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy, target)
        _flush(target)
        return
    _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={url}", str(copy))


def check_copy(url: str, copy: Path) -> None:
    """See that a copy can be read.

    Raises: Failed.
    """
    if url.startswith(FILE):
        with closing(sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)) as database:
            (found,) = database.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            raise Failed(f"{copy.name} is damaged: {found}")
        return
    _run("pg_restore", "--list", str(copy))


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program) or next(
        (str(path) for path in sorted(DEBIAN.glob(f"*/bin/{program}"))), None
    )
    if found is None:
        raise Failed(
            f"{program} is needed: install PostgreSQL's client programs (Debian: postgresql-client)."
        )
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(
            f"{program} failed: {done.stderr.strip().splitlines()[-1] if done.stderr else 'no reason given'}"
        )


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
