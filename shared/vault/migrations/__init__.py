"""How are the vault's tables created? By migrations of their own, like those of the log."""

from pathlib import Path

from shared.eventlog.migrations import running

VAULT = "vault"
HERE = Path(__file__).parent


def migrate_vault(url: str) -> list[str]:
    """Update the vault's tables; returns the names of the applied migrations.

    Raises: LogUnavailable.
    """
    return running.migrate(url, VAULT, scripts=HERE)


def vault_pending(url: str) -> list[str]:
    """The names of the migrations that `migrate_vault` would apply.

    Raises: LogUnavailable.
    """
    return running.pending(url, VAULT, scripts=HERE)


def vault_sql(dialect: str) -> str:
    """All of the vault's migrations as a script for `postgresql` or `sqlite`."""
    return running.sql(dialect, VAULT, scripts=HERE)
