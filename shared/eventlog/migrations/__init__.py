"""How are tables created, and how do they follow a new release?"""

from shared.eventlog.migrations.guards import GuardsMissing
from shared.eventlog.migrations.running import Migrations, migrate

__all__ = ["GuardsMissing", "Migrations", "migrate"]
