"""What falls due, and who may see to it?"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from shared.eventlog.deadlines import Deadline
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import NINE, undone

MINUTE = timedelta(minutes=1)


def set_deadline(store: SqlStore, stream: str, due_at: datetime, kind: str = "stale") -> None:
    """Set a deadline in a transaction of its own."""
    with store.transaction() as tx:
        store.deadlines.set(tx, stream, kind, due_at)


def test_deadlines_fall_due_the_earliest_first(store: SqlStore) -> None:
    set_deadline(store, "offer-1", NINE)
    set_deadline(store, "offer-2", NINE - MINUTE)
    set_deadline(store, "offer-3", NINE + timedelta(microseconds=1))
    assert store.deadlines.due(NINE) == [
        Deadline(stream="offer-2", kind="stale", due_at=NINE - MINUTE),
        Deadline(stream="offer-1", kind="stale", due_at=NINE),
    ]
    assert [each.stream for each in store.deadlines.due(NINE, limit=1)] == ["offer-2"]
    assert store.deadlines.next_due_at() == NINE - MINUTE


def test_a_deadline_is_moved_and_cleared(store: SqlStore) -> None:
    set_deadline(store, "offer-1", NINE)
    set_deadline(store, "offer-1", NINE, "unanswered")
    set_deadline(store, "offer-1", NINE + MINUTE)
    assert [each.kind for each in store.deadlines.due(NINE)] == ["unanswered"]
    with store.transaction() as tx:
        store.deadlines.clear(tx, "offer-1", "unanswered")
        store.deadlines.clear(tx, "offer-1", "unheard of")
    assert [each.kind for each in store.deadlines.due(NINE + MINUTE)] == ["stale"]
    with store.transaction() as tx:
        store.deadlines.clear_all(tx)
    assert store.deadlines.next_due_at() is None


def test_many_deadlines_are_set_moved_and_cleared_at_once(store: SqlStore) -> None:
    for stream in ("offer-1", "offer-2", "offer-3"):
        set_deadline(store, stream, NINE)
    with store.transaction() as tx:
        changes = {
            ("offer-1", "stale"): None,
            ("offer-2", "stale"): NINE + MINUTE,
            ("offer-3", "other"): None,
            ("offer-4", "stale"): NINE - MINUTE,
        }
        store.deadlines.put(tx, changes)
        store.deadlines.put(tx, {})
    assert [(each.stream, each.due_at) for each in store.deadlines.due(NINE + MINUTE)] == [
        ("offer-4", NINE - MINUTE),
        ("offer-3", NINE),
        ("offer-2", NINE + MINUTE),
    ]


def test_a_deadline_is_the_same_instant_in_every_time_zone(store: SqlStore) -> None:
    berlin = timezone(timedelta(hours=1))
    set_deadline(store, "offer-1", NINE.astimezone(berlin))
    assert store.deadlines.due((NINE - MINUTE).astimezone(berlin)) == []
    assert store.deadlines.due(NINE.astimezone(berlin))[0].due_at == NINE


def test_a_deadline_set_in_a_transaction_that_fails_is_not_set(store: SqlStore) -> None:
    with undone(store) as tx:
        store.deadlines.set(tx, "offer-1", "stale", NINE)
    assert store.deadlines.due(NINE) == []


def test_a_lease_has_one_holder_until_it_runs_out(open_store: Callable[[], SqlStore]) -> None:
    mine, other = open_store().leases, open_store().leases
    assert mine.acquire("ticker", "mine", until=NINE + MINUTE, now=NINE)
    assert not other.acquire("ticker", "other", until=NINE + MINUTE, now=NINE)
    assert mine.acquire("ticker", "mine", until=NINE + 2 * MINUTE, now=NINE)
    assert not other.acquire("ticker", "other", until=NINE + 9 * MINUTE, now=NINE + MINUTE)
    assert other.acquire("ticker", "other", until=NINE + 9 * MINUTE, now=NINE + 2 * MINUTE)
    assert not mine.acquire("ticker", "mine", until=NINE + 9 * MINUTE, now=NINE + 2 * MINUTE)


def test_leases_of_other_names_are_free(store: SqlStore) -> None:
    assert store.leases.acquire("ticker", "mine", until=NINE + MINUTE, now=NINE)
    assert store.leases.acquire("relay", "other", until=NINE + MINUTE, now=NINE)


def test_only_the_holder_gives_a_lease_back(store: SqlStore) -> None:
    store.leases.acquire("ticker", "mine", until=NINE + MINUTE, now=NINE)
    store.leases.release("ticker", "other")
    assert not store.leases.acquire("ticker", "other", until=NINE + MINUTE, now=NINE)
    store.leases.release("ticker", "mine")
    assert store.leases.acquire("ticker", "other", until=NINE + MINUTE, now=NINE)
