"""An erasure may be asked for by staff: by whom, so that a second person says yes.

Revision ID: 0003_asked
Revises: 0002_term
"""

from alembic import op
from sqlalchemy import Column

from shared.eventlog.sql.tables import Word

revision = "0003_asked"
down_revision = "0002_term"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("vault_erasure", Column("asked_by", Word))


def downgrade() -> None:
    """Who asked is not thrown away by a migration."""
    raise NotImplementedError
