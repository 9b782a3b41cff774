"""How is the table of taken-back tokens created? By migrations of its own, like those of the vault."""

from pathlib import Path

from shared.eventlog.migrations import running

ACCESS = "access"
HERE = Path(__file__).parent


def migrate_access(url: str) -> list[str]:
    """Update the table; returns the names of the applied migrations.

    Raises: LogUnavailable.
    """
    return running.migrate(url, ACCESS, scripts=HERE)


def access_pending(url: str) -> list[str]:
    """The names of the migrations that `migrate_access` would apply.

    Raises: LogUnavailable.
    """
    return running.pending(url, ACCESS, scripts=HERE)


def access_sql(dialect: str) -> str:
    """All migrations as a script for `postgresql` or `sqlite`."""
    return running.sql(dialect, ACCESS, scripts=HERE)
