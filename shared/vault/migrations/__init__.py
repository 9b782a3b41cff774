"""How are the vault's tables created?"""

from pathlib import Path

from shared.eventlog.migrations import Migrations

VAULT = "vault"
VAULT_TABLES = Migrations(VAULT, Path(__file__).parent)
