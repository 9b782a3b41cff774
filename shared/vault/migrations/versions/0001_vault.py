"""The vault: wrapped keys, pseudonyms per service, whom an erasure means, and the epochs.

Revision ID: 0001_vault
Revises:
"""

from alembic import op

from shared.vault.tables import METADATA

revision = "0001_vault"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    """Keys are not thrown away by a migration."""
    raise NotImplementedError
