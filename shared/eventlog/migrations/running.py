"""How are migrations run: by a program, one at a time, each service with a version table of its own?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from shared.eventlog.migrations.guards import assert_guards
from shared.eventlog.sql.database import Database

LOCK_KEY = 7_564_150_918_374_201
"""The number of PostgreSQL's advisory lock: any number that nobody else uses."""


def version_table(service: str) -> str:
    """The table that says which migrations a service has had."""
    return f"kosilab_version_{service}"


LOG = Path(__file__).parent
"""The migrations of a service's log; the vault and the register of taken-back tokens have folders of their own."""


@dataclass(frozen=True, slots=True)
class Migrations:
    """The migrations of one database: whose it is, and the folder of their scripts."""

    of: str
    scripts: Path = LOG

    def migrate(self, url: str) -> list[str]:
        """Update the tables; returns the names of the applied migrations.

        All in one transaction: a migration that fails leaves everything as it was.
        Raises: GuardsMissing when `event` could be changed afterwards; LogUnavailable.
        """
        script, table = _script(self.scripts), version_table(self.of)
        applied: list[str] = []

        def upgrade(revision: Any, _context: MigrationContext) -> Any:
            steps = script._upgrade_revs("head", revision)  # noqa: SLF001 - what alembic's own `upgrade` does
            applied.extend(step.revision.revision for step in steps)
            return steps

        with _exclusive(url) as connection:
            if _revision(connection, table) != script.get_current_head():
                _run(script, upgrade, connection=connection, version_table=table)
            if self.scripts == LOG:
                assert_guards(connection)
        return applied

    def pending(self, url: str) -> list[str]:
        """The names of the migrations that `migrate` would apply.

        Raises: LogUnavailable.
        """
        script = _script(self.scripts)
        with _database(url) as database, database.reading() as connection:
            current = _revision(connection, version_table(self.of))
        steps = script._upgrade_revs("head", current or "base")  # noqa: SLF001 - as above
        return [step.revision.revision for step in steps]

    def sql(self, dialect: str) -> str:
        """All migrations as a script for `postgresql` or `sqlite`, to run them by hand."""
        script, out = _script(self.scripts), StringIO()
        _run(
            script,
            lambda revision, _context: script._upgrade_revs("head", revision),  # noqa: SLF001 - as above
            dialect_name=dialect,
            as_sql=True,
            output_buffer=out,
            version_table=version_table(self.of),
        )
        return out.getvalue()


def migrate(url: str, service: str) -> list[str]:
    """Update the tables of a service's log, as `Migrations.migrate` does."""
    return Migrations(service).migrate(url)


def _revision(connection: Connection, table: str) -> str | None:
    """The last migration that was applied."""
    return MigrationContext.configure(connection, opts={"version_table": table}).get_current_revision()


@cache
def _script(folder: Path) -> ScriptDirectory:
    """The migrations of a folder, read once: a process opens the databases of all services."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    return ScriptDirectory.from_config(config)


def _run(script: ScriptDirectory, steps: Callable[[Any, MigrationContext], Any], **options: Any) -> None:
    with EnvironmentContext(Config(), script, fn=steps, as_sql=options.get("as_sql", False)) as environment:
        environment.configure(**options)
        with environment.begin_transaction():
            environment.run_migrations()


@contextmanager
def _exclusive(url: str) -> Iterator[Connection]:
    with _database(url) as database, database.transaction() as connection:
        if database.is_postgres:
            # Two migrations at once would both find the tables missing; SQLite's transaction is exclusive already.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        yield connection


@contextmanager
def _database(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()
