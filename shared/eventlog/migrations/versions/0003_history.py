"""Every event of every source, as reporting keeps it (empty in the other services).

Revision ID: 0003_history
Revises: 0002_readers
"""

from alembic import op
from sqlalchemy import Column, LargeBinary

from shared.eventlog.sql.tables import Instant, Position, Word

revision = "0003_history"
down_revision = "0002_readers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "history",
        Column("source", Word, primary_key=True),
        Column("position", Position, primary_key=True, autoincrement=False),
        Column("type", Word, nullable=False),
        Column("stream", Word, nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("time", Instant, nullable=False),
        Column("record", LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """A history is never taken back."""
    raise NotImplementedError
