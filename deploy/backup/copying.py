"""How is one database copied and restored? SQLite's own backup; PostgreSQL's pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from deploy.failed import Failed
from deploy.stores import FILE
from shared.eventlog.sql.database import Database
from shared.service.settings import environment_without_settings

DEBIAN = Path("/usr/lib/postgresql")
FOLDER = "databases"
IS_SUPERUSER = "SELECT rolsuper, rolname FROM pg_roles WHERE rolname = current_user"
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"


def copy_name(url: str, name: str) -> str:
    """The file name of a database's copy."""
    return f"{name}.db" if url.startswith(FILE) else f"{name}.dump"


def copy_out(url: str, copy: Path) -> None:
    """Copy a database as of one moment, even while others write to it.

    Raises: Failed.
    """
    if url.startswith(FILE):
        with (
            closing(sqlite3.connect(url.removeprefix(FILE))) as there,
            closing(sqlite3.connect(copy)) as here,
        ):
            there.backup(here)
            here.execute("PRAGMA journal_mode=DELETE")  # one file, complete by itself
    else:
        _run(url, "pg_dump", "--format=custom", f"--file={copy}", f"--dbname={_without_password(url)}")
    _flush(copy)


def is_there(url: str) -> bool:
    """Whether there is a database of this name that is not empty.

    Raises: LogUnavailable when a server does not answer, or has no database of this name.
    """
    if url.startswith(FILE):
        return Path(url.removeprefix(FILE)).exists()
    database = Database(url)
    try:
        return bool(database.rows(TABLES)[0][0])
    finally:
        database.close()


def copy_in(url: str, copy: Path) -> None:
    """Restore a copy where there is no database of this name, or an empty one: completely or not at all.

    Raises: Failed when the database is not empty.
    """
    if is_there(url):
        raise Failed(f"{_without_password(url)} exists already; nothing was overwritten.")
    if url.startswith(FILE):
        target = Path(url.removeprefix(FILE))
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.part")
        shutil.copyfile(copy, beside)
        _flush(beside)
        beside.rename(target)
        _flush(target.parent)
        return
    _refuse_superuser(url)
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    _run(url, "pg_restore", *options, f"--dbname={_without_password(url)}", str(copy))


def _refuse_superuser(url: str) -> None:
    """A copy may hold anything that runs when it is restored; a superuser could do anything on the whole machine.

    Raises: Failed.
    """
    database = Database(url)
    try:
        ((is_superuser, name),) = database.rows(IS_SUPERUSER)
    finally:
        database.close()
    if is_superuser:
        raise Failed(
            f"{name} is a superuser of PostgreSQL: restore as the owner of the databases (kosilab migrate --roles)."
        )


def check_copy(url: str, copy: Path) -> None:
    """Make sure that a copy is readable.

    Raises: Failed.
    """
    if url.startswith(FILE):
        with closing(sqlite3.connect(f"file:{copy}?mode=ro&immutable=1", uri=True)) as database:
            (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise Failed(f"{copy.name} is damaged: {verdict}")
        return
    # To a script that is discarded: unlike a list of contents, this reads every block of the copy.
    _run(url, "pg_restore", f"--file={os.devnull}", str(copy))


def _without_password(url: str) -> str:
    """The URL for a list of processes or a message."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}@{host}"))


def _run(url: str, program: str, *arguments: str) -> None:
    newest_first = sorted(DEBIAN.glob(f"*/bin/{program}"), key=_version, reverse=True)
    path = str(newest_first[0]) if newest_first else shutil.which(program)
    if path is None:
        raise Failed(
            f"{program} is needed: install PostgreSQL's client programs (Debian: postgresql-client)."
        )
    password = urlsplit(url).password
    environment = environment_without_settings() | (
        {} if password is None else {"PGPASSWORD": unquote(password)}
    )
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()] or ["no reason given"]
        raise Failed(f"{program} failed: {lines[0].removeprefix(f'{program}: ').removeprefix('error: ')}")


def _version(program: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in program.parts[4].split(".") if part.isdigit())


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
