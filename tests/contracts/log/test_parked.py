"""What becomes of messages that can't be handled, and of those behind them?"""

from datetime import timedelta
from typing import Any

import pytest

from shared.eventlog.parked import ParkedMessage, ParkedState
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import NINE, undone

LATER = NINE + timedelta(minutes=5)


def message(position: int, stream: str = "offer-1", **changes: Any) -> ParkedMessage:
    """A message of the marketplace that failed once."""
    fields: dict[str, Any] = {
        "consumer": "employment.reactions",
        "source": "marketplace",
        "position": position,
        "stream": stream,
        "state": ParkedState.FAILED,
        "error_class": "KeyError",
        "reason": "no such placement",
        "fingerprint": "f",
        "attempts": 1,
        "parked_at": NINE,
        "next_at": NINE,
    }
    return ParkedMessage(**fields | changes)


def behind(position: int, stream: str = "offer-1") -> ParkedMessage:
    """A message that waits for an earlier one of its stream."""
    return message(position, stream, state=ParkedState.BEHIND, error_class="", reason="", attempts=0)


@pytest.fixture
def full(store: SqlStore) -> SqlStore:
    """One stream with two waiting behind, one that is tried later, one of another consumer."""
    with store.transaction() as tx:
        for each in (
            message(3),
            behind(5),
            behind(9),
            message(4, "offer-2", next_at=LATER),
            message(4, consumer="employment.facts"),
        ):
            store.parked.park(tx, each)
    return store


def due(store: SqlStore, at: Any = NINE, **only: Any) -> list[int]:
    """The positions that are due."""
    return [each.position for each in store.parked.due(at, **only)]


def test_a_parked_message_is_kept_whole(store: SqlStore) -> None:
    with store.transaction() as tx:
        store.parked.park(tx, message(3))
    assert store.parked.get("employment.reactions", "marketplace", 3) == message(3)
    assert store.parked.get("employment.reactions", "marketplace", 4) is None


def test_parking_goes_with_the_transaction(store: SqlStore) -> None:
    with undone(store) as tx:
        store.parked.park(tx, message(3))
    assert store.parked.listed() == []


def test_streams_with_a_parked_message_are_blocked_for_its_consumer(full: SqlStore) -> None:
    assert full.parked.blocked_streams("employment.reactions", "marketplace") == {"offer-1", "offer-2"}
    assert full.parked.blocked_streams("employment.facts", "marketplace") == {"offer-1"}
    assert full.parked.blocked_streams("employment.facts", "actors") == set()


def test_due_is_the_first_of_each_stream_when_its_time_has_come(full: SqlStore) -> None:
    assert due(full) == [4, 3]
    assert due(full, consumer="employment.reactions") == [3]
    assert due(full, LATER, consumer="employment.reactions") == [3, 4]
    assert due(full, LATER, consumer="employment.reactions", limit=1) == [3]
    assert due(full, NINE - timedelta(seconds=1)) == []


def test_what_waited_follows_in_order_once_the_first_is_handled(full: SqlStore) -> None:
    handled = []
    while due := full.parked.due(NINE, consumer="employment.reactions"):
        handled.append(due[0].position)
        with full.transaction() as tx:
            full.parked.resolve(tx, due[0])
    assert handled == [3, 5, 9]


def test_a_message_that_fails_again_is_tried_later(full: SqlStore) -> None:
    with full.transaction() as tx:
        full.parked.failed_again(
            tx, message(3), error_class="ValueError", reason="worse", fingerprint="g", next_at=LATER
        )
    assert full.parked.get("employment.reactions", "marketplace", 3) == message(
        3, error_class="ValueError", reason="worse", fingerprint="g", attempts=2, next_at=LATER
    )
    assert due(full, consumer="employment.reactions") == []


def test_a_skipped_message_lets_its_stream_flow_and_stays_listed_as_skipped(full: SqlStore) -> None:
    with full.transaction() as tx:
        full.parked.skip(tx, message(3), "a test entry")
    assert due(full, consumer="employment.reactions") == [5]
    skipped = full.parked.listed(states=[ParkedState.SKIPPED])
    assert [(each.position, each.reason) for each in skipped] == [(3, "a test entry")]
    assert [each.position for each in full.parked.listed(consumer="employment.reactions")] == [4, 5, 9]


def test_somebody_may_have_a_message_tried_at_once(full: SqlStore) -> None:
    with full.transaction() as tx:
        full.parked.retry_at(tx, message(4, "offer-2"), NINE)
    assert due(full, consumer="employment.reactions") == [3, 4]
