"""How are a service's tables created, and how do they follow a new release?"""

from shared.eventlog.migrations.guards import GuardsMissing
from shared.eventlog.migrations.running import migrate, pending, sql

__all__ = ["GuardsMissing", "migrate", "pending", "sql"]
