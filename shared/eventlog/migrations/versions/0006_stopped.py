"""Why the log takes nothing more, where every process of the service sees it: beside the head, under the head's lock.

Revision ID: 0006_stopped
Revises: 0005_ledger
"""

from alembic import op
from sqlalchemy import Column, Text

from shared.eventlog.migrations.postgres import APPEND_FUNCTION

revision = "0006_stopped"
down_revision = "0005_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and, on PostgreSQL, have the function that appends look at it."""
    op.add_column("log_head", Column("stopped", Text))
    if op.get_context().dialect.name == "postgresql":
        op.execute(APPEND_FUNCTION)


def downgrade() -> None:
    """A log that was stopped is not let go by a migration."""
    raise NotImplementedError
