"""The vault: wrapped keys, whom an erasure means, and the epochs.

Revision ID: 0001_vault
Revises:
"""

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary

from shared.eventlog.sql.tables import Instant, Word

revision = "0001_vault"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "vault_key",
        Column("subject", Word, primary_key=True),
        Column("retention", Word, primary_key=True),
        Column("epoch", Integer, nullable=False),
        Column("wrapped", LargeBinary, nullable=False),
        Column("made_at", Instant, nullable=False),
        Column("expires_at", Instant, nullable=False),
        Column("obliged_until", Instant),
    )
    op.create_table(
        "vault_erasure",
        Column("erasure_id", Word, primary_key=True),
        Column("person", Word, nullable=False),
    )
    op.create_table(
        "vault_epoch",
        Column("number", Integer, primary_key=True),
        Column("begun_at", Instant, nullable=False),
    )


def downgrade() -> None:
    """Keys are not thrown away by a migration."""
    raise NotImplementedError
