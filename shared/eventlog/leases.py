"""Which process may do a task that only one may do at a time, and until when?"""

from datetime import datetime

from sqlalchemy import delete

from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import LEASE
from shared.eventlog.sql.upsert import insert_into


class Leases:
    """Leases by name; they expire when their holder is gone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, name: str, holder: str, *, until: datetime, now: datetime) -> bool:
        """Take or prolong the lease; False while somebody else holds it.

        Raises: LogUnavailable.
        """
        with self._database.transaction() as tx:
            insert = insert_into(tx, LEASE).values(name=name, holder=holder, until=until)
            free = (LEASE.c.holder == holder) | (LEASE.c.until <= now)
            taken = insert.on_conflict_do_update(
                index_elements=[LEASE.c.name], set_={"holder": holder, "until": until}, where=free
            )
            return tx.execute(taken.returning(LEASE.c.name)).first() is not None

    def release(self, name: str, holder: str) -> None:
        """Give the lease back, if it is still held.

        Raises: LogUnavailable.
        """
        with self._database.transaction() as tx:
            tx.execute(delete(LEASE).where((LEASE.c.name == name) & (LEASE.c.holder == holder)))
