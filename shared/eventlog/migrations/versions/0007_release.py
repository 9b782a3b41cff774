"""The states of the figures that reporting published, which nobody changes (empty in the other services).

Revision ID: 0007_release
Revises: 0006_stopped
"""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

from shared.eventlog.sql.tables import Word

revision = "0007_release"
down_revision = "0006_stopped"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "release",
        Column("on_day", Word, primary_key=True),
        Column("digest", Word, nullable=False),
        Column("about", Text, nullable=False),
        Column("document", LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """What was published is never taken back."""
    raise NotImplementedError
