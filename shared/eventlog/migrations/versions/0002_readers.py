"""What readers remember: cursors, deadlines, leases, parked messages.

Revision ID: 0002_readers
Revises: 0001_log
"""

from alembic import op
from sqlalchemy import Column, Integer

from shared.eventlog.sql.tables import Instant, Position, Word

revision = "0002_readers"
down_revision = "0001_log"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "cursor",
        Column("name", Word, primary_key=True),
        Column("position", Position, nullable=False),
    )
    op.create_table(
        "deadline",
        Column("stream", Word, primary_key=True),
        Column("kind", Word, primary_key=True),
        Column("due_at", Instant, nullable=False),
    )
    op.create_index("deadline_by_time", "deadline", ["due_at", "stream", "kind"])
    op.create_table(
        "lease",
        Column("name", Word, primary_key=True),
        Column("holder", Word, nullable=False),
        Column("until", Instant, nullable=False),
    )
    op.create_table(
        "parked",
        Column("consumer", Word, primary_key=True),
        Column("source", Word, primary_key=True),
        Column("position", Position, primary_key=True, autoincrement=False),
        Column("stream", Word, nullable=False),
        Column("state", Word, nullable=False),
        Column("error_class", Word, nullable=False),
        Column("reason", Word, nullable=False),
        Column("fingerprint", Word, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("parked_at", Instant, nullable=False),
        Column("next_at", Instant, nullable=False),
    )
    op.create_index("parked_by_stream", "parked", ["consumer", "source", "stream", "position"])


def downgrade() -> None:
    """Nothing is taken back: parked messages would be lost."""
    raise NotImplementedError
