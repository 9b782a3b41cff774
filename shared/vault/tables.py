"""Which tables does the vault's database hold? Its own tables, never in a database that holds ciphertexts."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table

from shared.eventlog.sql.tables import Instant, Word

METADATA = MetaData()

KEY = Table(
    "vault_key",
    METADATA,
    Column("subject", Word, primary_key=True),
    Column("retention", Word, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("obliged_until", Instant),
)


ERASURE = Table(
    "vault_erasure",
    METADATA,
    Column("erasure_id", Word, primary_key=True),
    Column("person", Word, nullable=False),
    Column("retention", Word),  # the class whose term is over; none after a request
    Column("asked_by", Word),  # the member of staff who asked; none when the person did
    Column("begun_at", Instant),  # none in rows of earlier versions
)

EPOCH = Table(
    "vault_epoch",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("begun_at", Instant, nullable=False),
)
