"""The log and the tables beside it in PostgreSQL or a SQLite file."""

from shared.eventlog.sql.database import Database
from shared.eventlog.sql.log import SqlEventLog

__all__ = ["Database", "SqlEventLog"]
