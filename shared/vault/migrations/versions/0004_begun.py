"""When did a request for an erasure reach the vault? A crash may keep its event from being written.

Revision ID: 0004_begun
Revises: 0003_asked
"""

from alembic import op
from sqlalchemy import Column

from shared.eventlog.sql.tables import Instant

revision = "0004_begun"
down_revision = "0003_asked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; rows that exist count as old."""
    op.add_column("vault_erasure", Column("begun_at", Instant))


def downgrade() -> None:
    """Nothing is thrown away by a migration."""
    raise NotImplementedError
