"""What is the service employment? Its tables, put together."""

from pathlib import Path

from services.employment.custody.placement import about_person
from services.employment.importing.placement import PLACEMENT_FILES
from services.employment.reactions.placement import PLACEMENT_REACTIONS
from services.employment.reactions.retention import RETENTION_TIMERS
from services.employment.routes.placement import PLACEMENT_COMMANDS
from services.employment.views.organisation import EMPLOYERS
from services.employment.views.placement import PLACEMENT_QUERY, PLACEMENTS
from services.employment.views.retention import RETENTION_CHECKS, RETENTION_QUERY
from services.employment.views.search import SEARCHES
from shared.service.erasing import ERASE_SLOTS
from shared.service.tables import ServiceTables

EMPLOYMENT = ServiceTables(
    name="employment",
    locales=Path(__file__).parent / "locales",
    commands=PLACEMENT_COMMANDS,
    reactions=PLACEMENT_REACTIONS,
    effects=(ERASE_SLOTS,),
    views=(PLACEMENTS, RETENTION_CHECKS, SEARCHES, EMPLOYERS),
    queries=(PLACEMENT_QUERY, RETENTION_QUERY),
    timers=RETENTION_TIMERS,
    follows=("actors", "marketplace"),
    about=about_person,
)

FILES = (PLACEMENT_FILES,)
"""The kinds of file that hold nouns of this service."""
