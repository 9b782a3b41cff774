"""How do the vault's tables come about? By migrations of their own, in the manner of the log's."""

from pathlib import Path

from shared.eventlog.migrations import running

VAULT = "vault"
HERE = Path(__file__).parent


def migrate_vault(url: str) -> list[str]:
    """Bring the vault's tables up to date; the names of the migrations that were applied.

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
