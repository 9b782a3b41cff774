"""What the ledger keeps beside the log: tiles of hashes, checkpoints, statements about keys.

Revision ID: 0005_ledger
Revises: 0004_slot
"""

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, Text

from shared.eventlog.sql.tables import Instant, Position, Word

revision = "0005_ledger"
down_revision = "0004_slot"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "tile",
        Column("level", Integer, primary_key=True, autoincrement=False),
        Column("number", Position, primary_key=True, autoincrement=False),
        Column("hashes", LargeBinary, nullable=False),
    )
    op.create_table(
        "checkpoint",
        Column("origin", Word, primary_key=True),
        Column("size", Position, primary_key=True, autoincrement=False),
        Column("note", Text, nullable=False),
        Column("signed_at", Instant, nullable=False),
    )
    op.create_table(
        "key_statement",
        Column("origin", Word, primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("note", Text, nullable=False),
    )


def downgrade() -> None:
    """Signatures that were given are not taken back."""
    raise NotImplementedError
