"""The sealed slots: what is personal, beside the log and never in it; the only part of an event that may be deleted.

Revision ID: 0004_slot
Revises: 0003_history
"""

from alembic import op
from sqlalchemy import Column, LargeBinary

from shared.eventlog.sql.tables import Word

revision = "0004_slot"
down_revision = "0003_history"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "slot",
        Column("event_id", Word, primary_key=True),
        Column("name", Word, primary_key=True),
        Column("subject", Word, nullable=False),
        Column("retention", Word, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )
    op.create_index("slot_by_subject", "slot", ["subject", "retention"])


def downgrade() -> None:
    """What is sealed is not thrown away by a migration."""
    raise NotImplementedError
