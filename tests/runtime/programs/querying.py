"""Does a query of PostgreSQL stop the whole process? Asks the product's own engine, and counts the others' turns."""

from shared.edge.green.patched import patch

patch()

import json  # noqa: E402 - patched first
import sys  # noqa: E402

from shared.eventlog.sql.database import Database  # noqa: E402
from shared.eventlog.sql.standstill import waiting_stops_all  # noqa: E402
from tests.runtime.programs.ticks import turns_during  # noqa: E402

database = Database(sys.argv[1])
database.rows("SELECT 1", ())
turns = turns_during(lambda: database.rows("SELECT pg_sleep(0.2)", ()))
stops_all = waiting_stops_all(database)
database.close()
print(json.dumps({"turns": turns, "stops_all": stops_all}))
