"""Which parts of events may be deleted? The sealed slots beside the log, by event or by subject."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete

from shared.eventlog.port import Slot
from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import SLOT

COLUMNS = "event_id, name, subject, retention, sealed"


class Slots:
    """The sealed slots of one service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_event(self, event_id: str) -> list[Slot]:
        """The existing slots of an event, by name.

        Raises: LogUnavailable.
        """
        return self._where("event_id = ? ORDER BY name", event_id)

    def of_subject(self, subject: str) -> list[Slot]:
        """The existing slots of a subject, by event and name.

        Raises: LogUnavailable.
        """
        return self._where("subject = ? ORDER BY event_id, name", subject)

    def places(self, subject: str, retentions: Collection[str]) -> list[tuple[int, str]]:
        """The places of a subject's slots: the positions of their events and their names, in that order.

        Raises: LogUnavailable.
        """
        marks = ", ".join("?" * len(retentions))
        return self._database.rows(
            "SELECT e.position, s.name FROM slot s JOIN event e ON e.event_id = s.event_id"  # noqa: S608 - only marks
            f" WHERE s.subject = ? AND s.retention IN ({marks}) ORDER BY e.position, s.name",
            (subject, *map(str, retentions)),
        )

    def owners(self) -> list[tuple[str, str]]:
        """The owners of slots and the reasons why they are kept: subject and class.

        Raises: LogUnavailable.
        """
        return self._database.rows("SELECT DISTINCT subject, retention FROM slot ORDER BY subject, retention")

    def all(self, *, after: str = "", limit: int = 1000) -> list[Slot]:
        """Every slot by event and name, whole events at a time, after event `after`.

        Raises: LogUnavailable.
        """
        ids = self._database.rows(
            "SELECT DISTINCT event_id FROM slot WHERE event_id > ? ORDER BY event_id LIMIT ?", (after, limit)
        )
        return (
            self._where("event_id > ? AND event_id <= ? ORDER BY event_id, name", after, ids[-1][0])
            if ids
            else []
        )

    def forget(self, tx: Connection, subject: str, retentions: Collection[str]) -> int:
        """Delete the slots of a subject that were kept for these reasons; returns their number."""
        mine = (SLOT.c.subject == subject) & SLOT.c.retention.in_(list(retentions))
        return tx.execute(delete(SLOT).where(mine)).rowcount

    def _where(self, condition: str, *parameters: str) -> list[Slot]:
        rows: Iterable[tuple[str, str, str, str, bytes]] = self._database.rows(
            f"SELECT {COLUMNS} FROM slot WHERE {condition}",  # noqa: S608 - our own conditions
            parameters,
        )
        return [Slot(event_id=e, name=n, subject=s, retention=r, sealed=bytes(b)) for e, n, s, r, b in rows]
