"""Are the facts folded in the transaction that keeps a record, and is it kept also where they cannot follow?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.reporting.app import REPORTING
from services.reporting.facts.agreement import AGREEMENT
from services.reporting.history import FactProjector, keep_history
from shared.eventlog.port import LogUnavailable
from shared.eventlog.store import SqlStore
from shared.kernel.recorded import Recorded
from tests.reporting.stories import agreements
from tests.reporting.test_projecting import recorded

EVENTS = recorded(list(agreements(date(2017, 3, 1), kept=4)), "marketplace")


def take(
    store: SqlStore, facts: FactProjector, events: Sequence[Recorded[Any]], *, fails: bool = False
) -> None:
    """What the inbox does with these events; with `fails` the database goes away before the commit."""
    with keep_history(store, facts)("marketplace", events) as keep, store.transaction() as tx:
        keep(tx)
        if fails:
            raise LogUnavailable("away")


def test_facts_stand_where_history_stands_without_a_turn_of_their_loop(store: SqlStore) -> None:
    facts = FactProjector(store, REPORTING.facts)
    for event in EVENTS:
        take(store, facts, [event])
    assert facts.position("marketplace") == len(EVENTS) == store.history.positions()["marketplace"]
    assert store.views.count(AGREEMENT) == 4
    assert facts.passed["marketplace"].position == len(EVENTS)
    live = facts.projection.digests()
    facts.projection.rebuild()
    assert facts.projection.digests() == live


def test_where_the_facts_are_behind_the_loop_follows(store: SqlStore) -> None:
    facts = FactProjector(store, REPORTING.facts)
    with store.transaction() as tx, keep_history(store, facts)("marketplace", EVENTS[:1]) as keep:
        facts.failed = RuntimeError("made up")
        keep(tx)
    facts.failed = None
    take(store, facts, EVENTS[1:])
    assert facts.position("marketplace") == 0
    assert store.history.positions()["marketplace"] == len(EVENTS)
    assert facts.step() == len(EVENTS)
    assert store.views.count(AGREEMENT) == 4


def test_a_fact_that_fails_stops_the_facts_and_not_history(store: SqlStore) -> None:
    def fail(_row: object, _event: object) -> None:
        raise ValueError("made up")

    facts = FactProjector(store, [replace(AGREEMENT, evolve=fail)])
    take(store, facts, EVENTS)
    assert store.history.positions()["marketplace"] == len(EVENTS)
    assert (facts.position("marketplace"), store.views.count(AGREEMENT)) == (0, 0)
    with pytest.raises(ValueError, match="made up"):
        facts.step()


def test_what_is_rolled_back_is_neither_kept_nor_folded(store: SqlStore) -> None:
    facts = FactProjector(store, REPORTING.facts)
    with pytest.raises(LogUnavailable):
        take(store, facts, EVENTS, fails=True)
    assert store.history.positions() == {}
    assert facts.passed["marketplace"].position == 0
    take(store, facts, EVENTS)
    assert facts.position("marketplace") == len(EVENTS)
