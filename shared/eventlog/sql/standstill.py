"""Does waiting for the database stop the whole process? Two queries are run at once, and must overlap.

In a green process psycopg has to wait in a way that lets others run. If it does not, nothing fails, but
everything is slow, and no error says why.
"""

import threading
from time import monotonic
from typing import Any

from shared.eventlog.sql.database import Database, outages

SLEEP = "SELECT pg_sleep(0.2)"
TRIES = 3
"""How often two queries may miss each other, on a machine that is busy otherwise."""


def waiting_stops_all(database: Database) -> bool:
    """Whether a query that waits keeps the whole process waiting; never so on SQLite, which is not waited for.

    Raises: LogUnavailable.
    """
    if not database.is_postgres:
        return False
    with outages():
        # Connected before: to connect may let others run where to query does not.
        pooled = [database.autocommit_connection() for _ in range(2)]
        try:
            return not any(_overlap([each.driver_connection for each in pooled]) for _ in range(TRIES))
        finally:
            for each in pooled:
                each.close()


def _overlap(drivers: list[Any]) -> bool:
    """Whether each query began before the other one ended."""
    times: list[tuple[float, float]] = []

    def query(driver: Any) -> None:
        began = monotonic()
        driver.execute(SLEEP)
        times.append((began, monotonic()))

    threads = [threading.Thread(target=query, args=(driver,)) for driver in drivers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) == len(drivers) and max(began for began, _ in times) < min(ended for _, ended in times)
