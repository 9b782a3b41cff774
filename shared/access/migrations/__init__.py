"""How is the table of taken-back tokens created?"""

from pathlib import Path

from shared.eventlog.migrations import Migrations

ACCESS = "access"
ACCESS_TABLES = Migrations(ACCESS, Path(__file__).parent)
