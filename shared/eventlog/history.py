"""What has every source recorded? Reporting keeps each received record, byte for byte."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from shared.eventlog.sql.batch import insert_many
from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import HISTORY, instant_of, instant_text
from shared.kernel.recorded import Recorded

LINES = (
    "SELECT source, position, type, stream, recorded_at, time, record FROM history"
    " WHERE source = ? AND position > ? ORDER BY position LIMIT ?"
)
TYPED = "SELECT position, type, record FROM history WHERE source = ? AND position > ? AND position <= ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One record of a source: `source` is the service's name, `record` the exact bytes."""

    source: str
    position: int
    type: str
    stream: str
    recorded_at: datetime
    time: datetime
    record: bytes

    @classmethod
    def of(cls, event: Recorded[Any]) -> "HistoryLine":
        """The line for an event as it was received."""
        return cls(
            source=event.service,
            position=event.position,
            type=event.type,
            stream=event.stream,
            recorded_at=event.recorded_at,
            time=event.time,
            record=event.record,
        )


_row = attrgetter(*(column.name for column in HISTORY.columns))


class History:
    """Every record of every source."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append_many(self, tx: Connection, lines: Iterable[HistoryLine]) -> None:
        """Keep these records; the cursor, which moves in the same transaction, prevents duplicates."""
        insert_many(tx, HISTORY, [_row(line) for line in lines])

    def read(self, source: str, *, after: int = 0, limit: int = 1000) -> list[HistoryLine]:
        """A source's records by position, beginning behind `after`.

        Raises: LogUnavailable.
        """
        return [
            HistoryLine(
                source=source_name,
                position=position,
                type=type_name,
                stream=stream,
                recorded_at=instant_of(recorded_at),
                time=instant_of(time),
                record=record,
            )
            for source_name, position, type_name, stream, recorded_at, time, record in self._database.rows(
                LINES, (source, after, limit)
            )
        ]

    def records(self, source: str, *, after: int = 0, limit: int = 1000) -> list[tuple[int, bytes]]:
        """Position and bytes only, for a quick replay.

        Raises: LogUnavailable.
        """
        return self._database.rows(
            "SELECT position, record FROM history WHERE source = ? AND position > ? ORDER BY position LIMIT ?",
            (source, after, limit),
        )

    def records_of(
        self, source: str, types: Collection[str] | None, *, after: int, upto: int
    ) -> list[tuple[int, str, bytes]]:
        """Position, type and bytes of the records behind `after` and up to a position.

        Of these types only, at least one, unless `types` is None.
        Raises: LogUnavailable.
        """
        of_types = "" if types is None else f" AND type IN ({', '.join('?' * len(types))})"
        query = f"{TYPED}{of_types} ORDER BY position"
        return self._database.rows(query, (source, after, upto, *(types or ())))

    def positions(self) -> dict[str, int]:
        """The last position of each source.

        Raises: LogUnavailable.
        """
        return dict(self._database.rows("SELECT source, max(position) FROM history GROUP BY source"))

    def last_recorded_before(self, source: str, at: datetime) -> int:
        """The last position of a source that was recorded before `at`; 0 when there is none.

        Raises: LogUnavailable.
        """
        before = at if self._database.is_postgres else instant_text(at)
        ((position,),) = self._database.rows(
            "SELECT max(position) FROM history WHERE source = ? AND recorded_at < ?", (source, before)
        )
        return int(position or 0)
