"""What do the tests of the log append?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection

from shared.eventlog.port import Append, Done, Draft, EventLog
from shared.eventlog.store import SqlStore

SERVICE = "marketplace"
CITY = "wuppertal"
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OFFER_POSTED = "kosilab.marketplace.OfferPosted.v1"

_numbers = count(1)


@dataclass(slots=True)
class SetClock:
    """A clock that tests set."""

    now: datetime = NINE

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, seconds: float) -> None:
        """Set it forward, or with a negative number back [s]."""
        self.now += timedelta(seconds=seconds)


def draft(event_id: str | None = None, *, audience: str = "open", **changes: Any) -> Draft:
    """An event; its id is new unless said otherwise."""
    fields: dict[str, Any] = {
        "id": event_id or f"event-{next(_numbers)}",
        "type": OFFER_POSTED,
        "audience": audience,
        "time": NINE,
        "data": b'{"places":2,"title":"Fahrr\xc3\xa4der"}',
    }
    return Draft(**fields | changes)


def append(
    stream: str = "offer-1",
    expected_version: int = 0,
    *,
    command_id: str | None = None,
    events: Sequence[Draft] | None = None,
    **changes: Any,
) -> Append:
    """One command that wants one event written, unless said otherwise; its id is new unless said otherwise."""
    return Append(
        stream=stream,
        expected_version=expected_version,
        command_id=command_id or f"command-{next(_numbers)}",
        request_digest=changes.pop("request_digest", "digest"),
        events=[draft()] if events is None else events,
        **changes,
    )


def filled(log: EventLog, streams: int = 3, each: int = 2) -> None:
    """A log with `each` events in each of `streams` streams, every third event internal."""
    for version in range(each):
        for stream in range(streams):
            n = version * streams + stream
            audience = "internal" if n % 3 == 2 else "open"
            done = log.append(append(f"offer-{stream}", version, events=[draft(audience=audience)]))
            assert isinstance(done, Done)


class Undone(Exception):  # noqa: N818 - says what is the case
    """What a test stops a transaction with."""


@contextmanager
def undone(store: SqlStore) -> Iterator[Connection]:
    """A transaction that fails at its end."""
    with suppress(Undone), store.transaction() as tx:
        yield tx
        raise Undone
