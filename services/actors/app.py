"""What is the service actors? Its tables, put together."""

from pathlib import Path

from services.actors.custody.erasure import ERASURE_EFFECTS
from services.actors.importing.organisation import ORGANISATION_FILES
from services.actors.importing.social_service import SOCIAL_SERVICE_FILES
from services.actors.reactions.erasure import ERASURE_REACTIONS, ERASURE_TIMERS
from services.actors.routes.erasure import ERASURE_COMMANDS
from services.actors.routes.lab import LAB_COMMANDS
from services.actors.routes.organisation import ORGANISATION_COMMANDS
from services.actors.routes.person import PERSON_COMMANDS, half_of
from services.actors.routes.social_service import SOCIAL_SERVICE_COMMANDS
from services.actors.simulation.lab import LAB_STORIES
from services.actors.simulation.organisation import ORGANISATION_STORIES
from services.actors.simulation.social_service import SOCIAL_SERVICE_STORIES
from services.actors.views.activity import ACTIVITIES
from services.actors.views.erasure import ERASURE_QUERY, ERASURES
from services.actors.views.lab import LAB_QUERY, LABS
from services.actors.views.organisation import ORGANISATION_QUERY, ORGANISATIONS
from services.actors.views.person import PERSON_QUERY, PERSONS
from services.actors.views.social_service import SOCIAL_SERVICE_QUERY, SOCIAL_SERVICES
from shared.service.tables import ServiceTables

ACTORS = ServiceTables(
    name="actors",
    locales=Path(__file__).parent / "locales",
    commands=(
        *ORGANISATION_COMMANDS,
        *PERSON_COMMANDS,
        *ERASURE_COMMANDS,
        *LAB_COMMANDS,
        *SOCIAL_SERVICE_COMMANDS,
    ),
    reactions=ERASURE_REACTIONS,
    effects=ERASURE_EFFECTS,
    timers=ERASURE_TIMERS,
    views=(ORGANISATIONS, PERSONS, ACTIVITIES, LABS, ERASURES, SOCIAL_SERVICES),
    queries=(ORGANISATION_QUERY, PERSON_QUERY, LAB_QUERY, ERASURE_QUERY, SOCIAL_SERVICE_QUERY),
    follows=("marketplace", "employment"),
    half_of=half_of,
)

FILES = (ORGANISATION_FILES, SOCIAL_SERVICE_FILES)
"""The kinds of file that hold nouns of this service."""

STORIES = (ORGANISATION_STORIES, LAB_STORIES, SOCIAL_SERVICE_STORIES)
"""The stories of this service's nouns in a simulated city."""
