"""What is the service marketplace? Its tables, put together."""

from pathlib import Path

from services.marketplace.custody.person import about_person
from services.marketplace.custody.search import SEARCH_EFFECTS
from services.marketplace.importing.agreement import AGREEMENT_FILES
from services.marketplace.importing.engagement import ENGAGEMENT_FILES
from services.marketplace.importing.hours import HOURS_FILES
from services.marketplace.importing.need import NEED_FILES
from services.marketplace.importing.offer import OFFER_FILES
from services.marketplace.reactions.agreement import AGREEMENT_REACTIONS
from services.marketplace.reactions.engagement import ENGAGEMENT_REACTIONS
from services.marketplace.reactions.match import MATCH_REACTIONS, MATCH_TIMERS
from services.marketplace.reactions.need import NEED_TIMERS
from services.marketplace.reactions.offer import OFFER_TIMERS
from services.marketplace.reactions.proposal import PROPOSAL_REACTIONS
from services.marketplace.reactions.search import SEARCH_TIMERS
from services.marketplace.routes.agreement import AGREEMENT_COMMANDS
from services.marketplace.routes.counselling import COUNSELLING_COMMANDS
from services.marketplace.routes.engagement import ENGAGEMENT_COMMANDS
from services.marketplace.routes.market_day import MARKET_DAY_COMMANDS
from services.marketplace.routes.need import NEED_COMMANDS
from services.marketplace.routes.offer import OFFER_COMMANDS
from services.marketplace.routes.places import PLACES_COMMANDS
from services.marketplace.simulation.board import BOARD_STORIES
from services.marketplace.simulation.counselling import VOLUNTEERING_STORIES
from services.marketplace.simulation.market_day import MARKET_DAY_STORIES
from services.marketplace.simulation.work_search import WORK_STORIES
from services.marketplace.views.agreement import AGREEMENT_QUERY, AGREEMENTS
from services.marketplace.views.counselling import COUNSELLING_QUERY, COUNSELLINGS
from services.marketplace.views.engagement import ENGAGEMENT_QUERY, ENGAGEMENTS
from services.marketplace.views.market_day import MARKET_DAY_QUERY, MARKET_DAYS
from services.marketplace.views.match import MATCH_QUERY, MATCHES
from services.marketplace.views.need import NEED_QUERY, NEEDS
from services.marketplace.views.offer import OFFER_QUERY, OFFERS
from services.marketplace.views.organisation import ORGANISATIONS
from services.marketplace.views.person import PERSONS, half_of
from services.marketplace.views.search import SEARCH_QUERY, SEARCHES
from shared.service.tables import ServiceTables

MARKETPLACE = ServiceTables(
    name="marketplace",
    locales=Path(__file__).parent / "locales",
    commands=(
        *OFFER_COMMANDS,
        *PLACES_COMMANDS,
        *NEED_COMMANDS,
        *AGREEMENT_COMMANDS,
        *COUNSELLING_COMMANDS,
        *ENGAGEMENT_COMMANDS,
        *MARKET_DAY_COMMANDS,
    ),
    reactions=(*PROPOSAL_REACTIONS, *MATCH_REACTIONS, *AGREEMENT_REACTIONS, *ENGAGEMENT_REACTIONS),
    effects=SEARCH_EFFECTS,
    timers=(*OFFER_TIMERS, *NEED_TIMERS, *MATCH_TIMERS, *SEARCH_TIMERS),
    views=(
        OFFERS,
        NEEDS,
        SEARCHES,
        MATCHES,
        AGREEMENTS,
        ENGAGEMENTS,
        COUNSELLINGS,
        MARKET_DAYS,
        ORGANISATIONS,
        PERSONS,
    ),
    queries=(
        OFFER_QUERY,
        NEED_QUERY,
        SEARCH_QUERY,
        MATCH_QUERY,
        AGREEMENT_QUERY,
        ENGAGEMENT_QUERY,
        COUNSELLING_QUERY,
        MARKET_DAY_QUERY,
    ),
    follows=("actors", "employment"),
    half_of=half_of,
    about=about_person,
)

FILES = (OFFER_FILES, NEED_FILES, AGREEMENT_FILES, ENGAGEMENT_FILES, HOURS_FILES)
"""The kinds of file that hold nouns of this service."""

STORIES = (MARKET_DAY_STORIES, BOARD_STORIES, VOLUNTEERING_STORIES, WORK_STORIES)
"""The stories of this service's nouns in a simulated city."""
