"""How do the vault's tables come about? By migrations of their own, in the manner of the log's."""

from pathlib import Path

from shared.eventlog.migrations import running

VAULT = "vault"


def migrate_vault(url: str) -> list[str]:
    """Bring the vault's tables up to date; the names of the migrations that were applied.

    Raises: LogUnavailable.
    """
    return running.migrate(url, VAULT, scripts=Path(__file__).parent)
