"""What is the service reporting? It follows all services, folds facts, decides nothing, and answers with figures."""

from pathlib import Path

from services.reporting.facts.agreement import AGREEMENT, COMMITMENT
from services.reporting.facts.counselling import COUNSELLING
from services.reporting.facts.engagement import ENGAGEMENT, VOLUNTEER_HOURS
from services.reporting.facts.market_day import ATTENDANCE, MARKET_DAY
from services.reporting.facts.match import MATCH
from services.reporting.facts.need import NEED
from services.reporting.facts.offer import OFFER
from services.reporting.facts.organisation import ORGANISATION
from services.reporting.facts.placement import PLACEMENT
from services.reporting.facts.social_service import SOCIAL_SERVICE
from shared.service.tables import ServiceTables

REPORTING = ServiceTables(
    name="reporting",
    locales=Path(__file__).parent / "locales",
    follows=("actors", "marketplace", "employment"),
    facts=(
        ORGANISATION,
        OFFER,
        NEED,
        MATCH,
        AGREEMENT,
        COMMITMENT,
        COUNSELLING,
        ENGAGEMENT,
        VOLUNTEER_HOURS,
        MARKET_DAY,
        ATTENDANCE,
        PLACEMENT,
        SOCIAL_SERVICE,
    ),
)
