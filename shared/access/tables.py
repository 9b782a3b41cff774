"""Which tables does the database of taken-back tokens hold? One: it belongs to the city, not to a service."""

from sqlalchemy import Column, MetaData, Table

from shared.eventlog.sql.tables import Instant, Word

METADATA = MetaData()

TAKEN_BACK = Table(
    "access_taken_back",
    METADATA,
    Column("kind", Word, primary_key=True),  # token: one, by its id; actor: all that somebody holds
    Column("name", Word, primary_key=True),
    Column("at", Instant, primary_key=True),
)
