"""Which services does a city run? This list names all."""

from collections.abc import Mapping

from services.actors.app import ACTORS
from services.employment.app import EMPLOYMENT
from services.marketplace.app import MARKETPLACE
from services.reporting.app import REPORTING
from shared.service.tables import ServiceTables

SERVICE_TABLES: Mapping[str, ServiceTables] = {
    tables.name: tables for tables in (ACTORS, MARKETPLACE, EMPLOYMENT, REPORTING)
}
