"""An erasure may be the end of a term: of which class, so that it begins once only.

Revision ID: 0002_term
Revises: 0001_vault
"""

from alembic import op
from sqlalchemy import Column

from shared.eventlog.sql.tables import Word

revision = "0002_term"
down_revision = "0001_vault"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and an index for the search for keys whose term is over."""
    op.add_column("vault_erasure", Column("retention", Word))
    op.create_index("vault_key_by_term", "vault_key", ["expires_at"])


def downgrade() -> None:
    """Keys are not thrown away by a migration."""
    raise NotImplementedError
