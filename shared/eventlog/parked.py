"""Which messages could not be handled, and which later ones wait for them?

A parked message holds up later events of its stream, for its consumer; they wait here in order. Other streams go on.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, select, update

from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import PARKED
from shared.eventlog.sql.upsert import put


class ParkedState(StrEnum):
    """What a parked message waits for."""

    FAILED = "failed"
    """It could not be handled, and is tried again at `next_at`."""
    BEHIND = "behind"
    """It waits for an earlier message of its stream."""
    SKIPPED = "skipped"
    """An operator decided, with a reason, that it is not handled; its stream goes on."""


OPEN = (ParkedState.FAILED, ParkedState.BEHIND)
BLOCKED = (
    "SELECT DISTINCT stream FROM parked WHERE consumer = ? AND source = ? AND state IN ('failed', 'behind')"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedMessage:
    """A message of a source that waits, for a consumer of this service; its bytes are re-read from the source.

    `fingerprint` is the same for failures with the same cause. `attempts` counts from 1 for a failed one.
    """

    consumer: str
    source: str
    position: int
    stream: str
    error_class: str
    reason: str
    fingerprint: str
    attempts: int
    parked_at: datetime
    next_at: datetime
    state: ParkedState


class Parked:
    """The parked messages of one service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def park(self, tx: Connection, message: ParkedMessage) -> None:
        """Park a message that failed or that waits behind one, in the transaction that moves the cursor."""
        row = {column.name: getattr(message, column.name) for column in PARKED.columns}
        put(tx, PARKED, [row | {"state": message.state.value}])

    def blocked_streams(self, consumer: str, source: str) -> set[str]:
        """The streams of a source whose later events must wait.

        Raises: LogUnavailable.
        """
        return {stream for (stream,) in self._database.rows(BLOCKED, (consumer, source))}

    def due(self, now: datetime, limit: int = 100, *, consumer: str | None = None) -> list[ParkedMessage]:
        """The first open message of each stream, where it may be tried (again) at `now`.

        Raises: LogUnavailable.
        """
        earlier = PARKED.alias()
        an_earlier_one = (
            select(earlier.c.position)
            .where(
                (earlier.c.consumer == PARKED.c.consumer)
                & (earlier.c.source == PARKED.c.source)
                & (earlier.c.stream == PARKED.c.stream)
                & (earlier.c.position < PARKED.c.position)
                & earlier.c.state.in_(OPEN)
            )
            .exists()
        )
        wanted = PARKED.c.state.in_(OPEN) & (PARKED.c.next_at <= now) & ~an_earlier_one
        if consumer is not None:
            wanted &= PARKED.c.consumer == consumer
        return self._select(wanted, limit)

    def failed_again(
        self,
        tx: Connection,
        message: ParkedMessage,
        *,
        error_class: str,
        reason: str,
        fingerprint: str,
        next_at: datetime,
    ) -> None:
        """Count another failure of a message and say when it is tried next."""
        tx.execute(
            update(PARKED)
            .where(_is(message))
            .values(
                state=ParkedState.FAILED.value,
                error_class=error_class,
                reason=reason,
                fingerprint=fingerprint,
                attempts=PARKED.c.attempts + 1,
                next_at=next_at,
            )
        )

    def resolve(self, tx: Connection, message: ParkedMessage) -> None:
        """The message has been handled: forget it, so that the messages behind it may follow."""
        tx.execute(delete(PARKED).where(_is(message)))

    def skip(self, tx: Connection, message: ParkedMessage, reason: str) -> None:
        """The message is not handled, for this reason; the messages behind it may follow."""
        tx.execute(update(PARKED).where(_is(message)).values(state=ParkedState.SKIPPED.value, reason=reason))

    def retry_at(self, tx: Connection, message: ParkedMessage, at: datetime) -> None:
        """Try the message again at this time instead of the planned one."""
        tx.execute(update(PARKED).where(_is(message)).values(state=ParkedState.FAILED.value, next_at=at))

    def listed(
        self, *, consumer: str | None = None, states: Collection[ParkedState] = OPEN, limit: int = 1000
    ) -> list[ParkedMessage]:
        """Parked messages in these states, in the order of consumer, source and position.

        Raises: LogUnavailable.
        """
        wanted = PARKED.c.state.in_(states)
        return self._select(wanted if consumer is None else wanted & (PARKED.c.consumer == consumer), limit)

    def counts(self) -> dict[ParkedState, int]:
        """The number of messages in each state.

        Raises: LogUnavailable.
        """
        rows = self._database.rows("SELECT state, count(*) FROM parked GROUP BY state")
        return {ParkedState(state): int(n) for state, n in rows}

    def get(self, consumer: str, source: str, position: int) -> ParkedMessage | None:
        """The parked message at this position of a source, or None.

        Raises: LogUnavailable.
        """
        parked = self._select(_of(consumer, source) & (PARKED.c.position == position), 1)
        return parked[0] if parked else None

    def _select(self, wanted: Any, limit: int) -> list[ParkedMessage]:
        order = (PARKED.c.consumer, PARKED.c.source, PARKED.c.position)
        with self._database.reading() as tx:
            rows = tx.execute(select(PARKED).where(wanted).order_by(*order).limit(limit)).mappings().all()
        return [ParkedMessage(**{**row, "state": ParkedState(row["state"])}) for row in rows]


def _of(consumer: str, source: str) -> Any:
    return (PARKED.c.consumer == consumer) & (PARKED.c.source == source)


def _is(message: ParkedMessage) -> Any:
    return _of(message.consumer, message.source) & (PARKED.c.position == message.position)
