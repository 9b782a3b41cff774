"""The tokens that were taken back before their end.

Revision ID: 0001_access
Revises:
"""

from alembic import op
from sqlalchemy import Column

from shared.eventlog.sql.tables import Instant, Word

revision = "0001_access"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "access_taken_back",
        Column("kind", Word, primary_key=True),
        Column("name", Word, primary_key=True),
        Column("at", Instant, primary_key=True),
    )


def downgrade() -> None:
    """A token that was taken back is not given again by a migration."""
    raise NotImplementedError
