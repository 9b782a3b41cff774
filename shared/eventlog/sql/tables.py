"""Which tables does a service's database hold beside its views? Made by the migrations, named here for queries."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

METADATA = MetaData()

Word = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared byte by byte, so that every database orders it alike and indexes are quick."""


Position = BigInteger().with_variant(Integer, "sqlite")
"""A position; on SQLite INTEGER, which as a primary key is the row's own address."""


def instant_text(at: datetime) -> str:
    """An instant as SQLite keeps it: UTC, always six digits of a second, so that text order is time order."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_of(kept: datetime | str) -> datetime:
    """An instant as either database gives it back, in UTC."""
    return (datetime.fromisoformat(kept) if isinstance(kept, str) else kept).astimezone(UTC)


class Instant(TypeDecorator[datetime]):
    """A time in UTC: TIMESTAMPTZ on PostgreSQL, text of fixed width on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that the database knows."""
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """On the way in."""
        return value if value is None or dialect.name == "postgresql" else instant_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """On the way out."""
        del dialect
        return None if value is None else instant_of(value)


EVENT = Table(
    "event",
    METADATA,
    Column("position", Position, primary_key=True),
    Column("event_id", Word, nullable=False, unique=True),
    Column("stream", Word, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Word, nullable=False),
    Column("audience", Word, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("command_id", Word, nullable=False),
    Column("record", LargeBinary, nullable=False),
)

SLOT = Table(
    "slot",
    METADATA,
    Column("event_id", Word, primary_key=True),
    Column("name", Word, primary_key=True),
    Column("subject", Word, nullable=False),
    Column("retention", Word, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

TILE = Table(
    "tile",
    METADATA,
    Column("level", Integer, primary_key=True),
    Column("number", Position, primary_key=True),
    Column("hashes", LargeBinary, nullable=False),
)

CHECKPOINT = Table(
    "checkpoint",
    METADATA,
    Column("origin", Word, primary_key=True),
    Column("size", Position, primary_key=True),
    Column("note", Text, nullable=False),
    Column("signed_at", Instant, nullable=False),
)

KEY_STATEMENT = Table(
    "key_statement",
    METADATA,
    Column("origin", Word, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("note", Text, nullable=False),
)

CURSOR = Table(
    "cursor",
    METADATA,
    Column("name", Word, primary_key=True),
    Column("position", Position, nullable=False),
)

DEADLINE = Table(
    "deadline",
    METADATA,
    Column("stream", Word, primary_key=True),
    Column("kind", Word, primary_key=True),
    Column("due_at", Instant, nullable=False),
)

LEASE = Table(
    "lease",
    METADATA,
    Column("name", Word, primary_key=True),
    Column("holder", Word, nullable=False),
    Column("until", Instant, nullable=False),
)

PARKED = Table(
    "parked",
    METADATA,
    Column("consumer", Word, primary_key=True),
    Column("source", Word, primary_key=True),
    Column("position", Position, primary_key=True),
    Column("stream", Word, nullable=False),
    Column("state", Word, nullable=False),
    Column("error_class", Word, nullable=False),
    Column("reason", Word, nullable=False),
    Column("fingerprint", Word, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("parked_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
)

HISTORY = Table(
    "history",
    METADATA,
    Column("source", Word, primary_key=True),
    Column("position", Position, primary_key=True),
    Column("type", Word, nullable=False),
    Column("stream", Word, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("time", Instant, nullable=False),
    Column("record", LargeBinary, nullable=False),
)

RELEASE = Table(
    "release",
    METADATA,
    Column("on_day", Word, primary_key=True),
    Column("digest", Word, nullable=False),
    Column("about", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
)
