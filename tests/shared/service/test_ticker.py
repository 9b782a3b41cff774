"""Does every deadline ring once, in order, by one of however many tickers?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.eventlog.port import LogUnavailable
from shared.eventlog.store import SqlStore
from shared.events.bounds import Impossible
from shared.events.codec import decode
from shared.events.marketplace.engagement import CounsellingRequested
from shared.kernel.decider import Decider
from shared.kernel.refusal import require
from shared.service import ticker as ticker_module
from shared.service.app import App
from shared.service.origin import Origin
from shared.service.tables import CommandRoute, ServiceTables, Timer
from shared.service.ticker import LEASE_FOR, Ticker
from tests.servers import until
from tests.shared.service.board import CITY, NOON, at_work

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind:
    """Remind of a thing."""

    thing_id: str
    at: datetime


def thing_is_no_secret(_: int, command: Remind) -> bool:
    """Nobody is reminded of a secret."""
    return command.thing_id != "secret"


def decide(state: int, command: Remind) -> Sequence[Any]:
    """One rule, one event."""
    if command.thing_id == "broken":
        raise ZeroDivisionError
    require(state, command, thing_is_no_secret)
    return [CounsellingRequested(person_id=command.thing_id)]


THING: Decider[int, Remind, Any] = Decider(name="thing", initial=0, decide=decide, evolve=lambda n, _: n + 1)
REMINDER: Timer[Any] = Timer(
    kind="reminder",
    on=(),
    due=lambda _: ...,
    command=lambda noun_id, due_at: Remind(thing_id=noun_id, at=due_at),
)
TABLES = ServiceTables(
    name="marketplace",
    commands=(CommandRoute(command=Remind, decider=THING, nouns="things", roles=frozenset()),),
    timers=(REMINDER,),
)


@pytest.fixture
def store(tmp_path: Path, migrated_file: Path) -> Iterator[SqlStore]:
    """A store with no deadline in it."""
    (tmp_path / "ticking.db").write_bytes(migrated_file.read_bytes())
    opened = SqlStore.open(
        f"sqlite:///{tmp_path}/ticking.db", service="marketplace", city_key=CITY, clock=lambda: NOON
    )
    yield opened
    opened.close()


@pytest.fixture
def new_ticker(store: SqlStore) -> Callable[[], Ticker]:
    """Makes tickers, each as another process would have one."""
    return lambda: Ticker(App(TABLES, store), store)


def due(store: SqlStore, *deadlines: tuple[str, datetime], kind: str = "reminder") -> None:
    """Set deadlines of things."""
    with store.transaction() as tx:
        for thing, at in deadlines:
            store.deadlines.set(tx, f"thing-{thing}", kind, at)


def rung(store: SqlStore) -> list[tuple[str, datetime]]:
    """What was reminded of, and when that was due."""
    events = [decode(stored.record) for stored in store.log.read()]
    return [(event.data.person_id, event.time) for event in events]


def left(store: SqlStore) -> list[str]:
    """Of what a reminder is still to come."""
    return [
        deadline.stream.removeprefix("thing-") for deadline in store.deadlines.due(NOON + timedelta(days=999))
    ]


def test_what_is_due_rings_in_the_order_of_its_time_and_is_over(
    store: SqlStore, new_ticker: Callable[[], Ticker]
) -> None:
    due(store, ("late", NOON), ("early", NOON - HOUR), ("future", NOON + HOUR))
    assert new_ticker().step(NOON) == 2
    assert rung(store) == [("early", NOON - HOUR), ("late", NOON)]
    assert left(store) == ["future"]


def test_nothing_due_is_nothing_done(store: SqlStore, new_ticker: Callable[[], Ticker]) -> None:
    assert new_ticker().step(NOON) == 0
    assert rung(store) == []


def test_of_two_tickers_one_ticks_and_the_other_takes_over_when_its_lease_has_run_out(
    store: SqlStore, new_ticker: Callable[[], Ticker]
) -> None:
    first, second = new_ticker(), new_ticker()
    first.step(NOON)
    due(store, ("thing", NOON))
    assert second.step(NOON) == 0
    assert rung(store) == []
    assert second.step(NOON + LEASE_FOR) == 1
    assert first.step(NOON + LEASE_FOR) == 0


def test_a_crash_before_the_deadline_is_cleared_rings_once_all_the_same(
    store: SqlStore, new_ticker: Callable[[], Ticker], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise LogUnavailable("the database went away")

    due(store, ("thing", NOON))
    with monkeypatch.context() as patched:
        patched.setattr(store.deadlines, "clear_if", crash)
        with pytest.raises(LogUnavailable):
            new_ticker().step(NOON)
    assert left(store) == ["thing"]
    new_ticker().step(NOON + LEASE_FOR)
    assert rung(store) == [("thing", NOON)]
    assert left(store) == []


def test_a_deadline_that_was_moved_meanwhile_stays(
    store: SqlStore, new_ticker: Callable[[], Ticker], monkeypatch: pytest.MonkeyPatch
) -> None:
    due(store, ("thing", NOON))
    ticker = new_ticker()
    handle = ticker._app.handle

    def move_and_handle(*args: Any, **named: Any) -> Any:
        due(store, ("thing", NOON + HOUR))
        return handle(*args, **named)

    monkeypatch.setattr(ticker._app, "handle", move_and_handle)
    ticker.step(NOON)
    assert left(store) == ["thing"]
    assert rung(store) == [("thing", NOON)]


def test_the_same_thing_due_again_later_rings_again(
    store: SqlStore, new_ticker: Callable[[], Ticker]
) -> None:
    ticker = new_ticker()
    due(store, ("thing", NOON))
    ticker.step(NOON)
    due(store, ("thing", NOON + HOUR))
    ticker.step(NOON + HOUR)
    assert rung(store) == [("thing", NOON), ("thing", NOON + HOUR)]


def test_a_refused_deadline_is_over(store: SqlStore, new_ticker: Callable[[], Ticker]) -> None:
    due(store, ("secret", NOON))
    assert new_ticker().step(NOON) == 1
    assert (rung(store), left(store)) == ([], [])


def test_a_deadline_of_a_kind_that_is_no_more_is_over(
    store: SqlStore, new_ticker: Callable[[], Ticker]
) -> None:
    due(store, ("thing", NOON), kind="forgotten")
    new_ticker().step(NOON)
    assert (rung(store), left(store)) == ([], [])


def test_a_deadline_that_fails_stays_is_told_and_keeps_no_other_waiting(
    store: SqlStore, new_ticker: Callable[[], Ticker]
) -> None:
    ticker = new_ticker()
    due(store, ("broken", NOON - HOUR), ("thing", NOON))
    assert ticker.step(NOON) == 1
    assert isinstance(ticker.failed, ZeroDivisionError)
    assert (rung(store), left(store)) == ([("thing", NOON)], ["broken"])
    with store.transaction() as tx:
        store.deadlines.clear_all(tx)
    ticker.step(NOON)
    assert ticker.failed is None


def test_a_deadline_whose_event_is_not_possible_stays_and_others_ring(
    store: SqlStore, new_ticker: Callable[[], Ticker]
) -> None:
    ticker = new_ticker()
    due(store, ("no id", NOON - HOUR), ("thing", NOON))
    assert ticker.step(NOON) == 1
    assert isinstance(ticker.failed, Impossible)
    assert (rung(store), left(store)) == ([("thing", NOON)], ["no id"])
    with store.transaction() as tx:
        store.deadlines.clear_all(tx)
    ticker.step(NOON)
    assert ticker.failed is None


def test_it_ticks_until_told_to_stop_and_through_an_outage(
    store: SqlStore, new_ticker: Callable[[], Ticker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticker_module, "EVERY_S", 0.01)
    n_outages = 0
    acquire = store.leases.acquire

    def away_at_first(*args: Any, **named: Any) -> bool:
        nonlocal n_outages
        if n_outages < 2:
            n_outages += 1
            raise LogUnavailable("away")
        return acquire(*args, **named)

    monkeypatch.setattr(store.leases, "acquire", away_at_first)
    due(store, ("thing", NOON - timedelta(days=3650)))
    with at_work(new_ticker()):
        until(lambda: bool(rung(store)), "the deadline has rung")
    assert n_outages == 2


def test_a_ticker_with_nothing_due_leaves_the_database_alone_until_a_deadline_is_put(
    store: SqlStore, new_ticker: Callable[[], Ticker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticker_module, "EVERY_S", 0.01)
    monkeypatch.setattr(ticker_module, "LOOK_S", 3600.0)
    n_looks, look = 0, store.deadlines.next_due_at

    def counted() -> datetime | None:
        nonlocal n_looks
        n_looks += 1
        return look()

    monkeypatch.setattr(store.deadlines, "next_due_at", counted)
    with at_work(new_ticker()):
        until(lambda: n_looks > 0, "it has looked once, and does not look again for some seconds")
        due(store, ("thing", NOON - timedelta(days=3650)))
        until(lambda: bool(rung(store)), "the deadline has rung")


def test_what_rings_for_something_simulated_is_simulated_and_of_its_lab(
    store: SqlStore, new_ticker: Callable[[], Ticker]
) -> None:
    app = App(TABLES, store)
    origins = {"made-up": Origin(synthetic=True, lab="a lab"), "real": Origin()}
    for thing, origin in origins.items():
        app.handle(Remind(thing_id=thing, at=NOON - HOUR), command_id=thing, request_digest="", origin=origin)
    due(store, ("made-up", NOON), ("real", NOON))
    assert new_ticker().step(NOON) == 2
    events = [decode(stored.record) for stored in store.log.read(after=2)]
    assert [(event.data.person_id, event.synthetic, event.lab, event.causation_id) for event in events] == [
        ("made-up", True, "a lab", None),
        ("real", False, None, None),
    ]
