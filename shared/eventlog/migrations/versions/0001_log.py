"""The log: events, command outcomes, the head.

Revision ID: 0001_log
Revises:
"""

from alembic import op
from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Text, UniqueConstraint

from shared.eventlog.migrations.guards import guard_event_table
from shared.eventlog.migrations.postgres import APPEND_FUNCTION
from shared.eventlog.sql.tables import Instant, Position, Word

revision = "0001_log"
down_revision = None
branch_labels = None
depends_on = None

FIRST_HEAD = "INSERT INTO log_head VALUES (1, 0, '{}', '1970-01-01T00:00:00.000000Z', 1)"


def upgrade() -> None:
    """Create the tables, the guards and, on PostgreSQL, the function that appends."""
    op.create_table(
        "event",
        Column("position", Position, primary_key=True, autoincrement=False),
        Column("event_id", Word, nullable=False),
        Column("stream", Word, nullable=False),
        Column("version", Integer, nullable=False),
        Column("type", Word, nullable=False),
        Column("audience", Word, nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("command_id", Word, nullable=False),
        Column("record", LargeBinary, nullable=False),
        UniqueConstraint("event_id", name="event_id_once"),
        UniqueConstraint("stream", "version", name="event_version_once"),
        CheckConstraint("position > 0", name="event_position_from_1"),
    )
    op.create_index("event_by_audience", "event", ["audience", "position"])
    op.create_table(
        "command",
        Column("command_id", Word, primary_key=True),
        Column("request_digest", Word, nullable=False),
        Column("outcome", Text, nullable=False),
    )
    op.create_table(
        "log_head",
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("position", Position, nullable=False),
        Column("by_audience", Text, nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("incarnation", Integer, nullable=False),
        CheckConstraint("id = 1", name="log_head_one_row"),
    )
    op.execute(FIRST_HEAD)
    if op.get_context().dialect.name == "postgresql":
        op.execute(APPEND_FUNCTION)
    guard_event_table(op.get_context().dialect.name, op.execute)


def downgrade() -> None:
    """A log is never taken back."""
    raise NotImplementedError
