"""What does a history of a million records look like, without a database? Real records, made as they are read."""

from datetime import UTC, datetime, timedelta

from shared.eventlog.port import Draft, Head, StoredRecord
from shared.eventlog.record import Place, row_of, source_of

BEGIN = datetime(2023, 1, 2, 8, 0, tzinfo=UTC)
STREAM_EVENTS = 5
"""How many events a stream has before the next one begins."""


class LongHistory:
    """A log of `size` records of some 700 bytes each; the records are made anew at each reading, always alike."""

    def __init__(self, size: int, data: bytes, *, city_key: str, service: str, type_name: str) -> None:
        self.size = size
        self._data = data
        self._type = type_name
        self._source = source_of(city_key, service, 1)

    def head(self) -> Head:
        """Where it ends."""
        return Head(position=self.size, by_audience={"open": self.size}, incarnation=1)

    def read(self, *, after: int = 0, limit: int = 500) -> list[StoredRecord]:
        """Records by position."""
        return [self._record(position) for position in range(after + 1, min(after + limit, self.size) + 1)]

    def _record(self, position: int) -> StoredRecord:
        at = BEGIN + timedelta(seconds=position * 30)
        draft = Draft(
            id=f"{position:08x}-0000-5000-8000-{position:012x}",
            type=self._type,
            audience="open",
            time=at,
            data=self._data,
            attributes={
                "authid": "0d3c2a5e-8a0c-4bb0-9d6e-0a4e0f1c2b3d",
                "correlationid": f"{position:036x}",
            },
        )
        number, version = divmod(position - 1, STREAM_EVENTS)
        place = Place(
            position=position,
            previous=position - 1,
            stream=f"offer-{number * 2654435761 % 2**32:08x}-{number}",
            version=version + 1,
            command_id=f"{position * 2246822519 % 2**32:08x}-{position:027x}",
            recorded_at=at,
            source=self._source,
        )
        return row_of(draft, place).stored()
