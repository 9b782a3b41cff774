"""What is the service reporting? It follows everybody, decides nothing yet, and answers with figures."""

from shared.service.tables import ServiceTables

REPORTING = ServiceTables(name="reporting", follows=("actors", "marketplace", "employment"))
