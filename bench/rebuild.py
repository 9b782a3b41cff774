"""How fast are all facts built anew from history, beside a library that merely reads and decodes its log?

The library decodes one small event type; ours are decoded, folded into typed rows, written, indexed and switched.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from bench.append import conditions, peer
from bench.story import SERVICE, log_of
from bench.table import Row, at_least
from services.reporting.app import REPORTING
from services.reporting.history import FactProjector
from shared.eventlog.history import HistoryLine
from shared.eventlog.migrations import migrate
from shared.eventlog.store import SqlStore
from shared.events.codec import decode
from shared.service.projection import facts_cursor
from tests.servers import PostgresServer, running_postgres

BATCH = 5_000


@contextmanager
def reporting_with(server: PostgresServer, n_events: int) -> Iterator[SqlStore]:
    """A reporting database whose history holds so many events, its facts already counted."""
    url = server.create_database()
    migrate(url, "reporting")
    with closing(
        SqlStore.open(url, service="reporting", city_key="05124000", clock=lambda: datetime.now(UTC))
    ) as store:
        log = log_of(n_events)
        for at in range(0, n_events, BATCH):
            records = log.read(after=at, limit=BATCH)
            with store.transaction() as tx:
                store.history.append_many(tx, [HistoryLine.of(decode(record.record)) for record in records])
        facts = FactProjector(store, REPORTING.facts)
        while facts.step():
            pass
        if store.cursors.cursor(facts_cursor(SERVICE)) != n_events:
            msg = "the facts have not passed the whole history"
            raise RuntimeError(msg)
        yield store
    server.drop_database(url)


def rebuild_s(store: SqlStore) -> float:
    """How long a rebuild of every fact takes [s]."""
    facts = FactProjector(store, REPORTING.facts).projection
    before = facts.digests()
    began = time.perf_counter()
    facts.rebuild()
    took = time.perf_counter() - began
    if facts.digests() != before:
        msg = "the rebuild led to other facts than the live ones"
        raise RuntimeError(msg)
    return took


def rows(*, quick: bool = False) -> list[Row]:
    """The row of the rebuild."""
    n_events, rounds = (20_000, 1) if quick else (200_000, 3)
    with running_postgres(fsync=True, own=True) as server, reporting_with(server, n_events) as store:
        where, peer_url = conditions(server), server.create_database()
        ours, theirs, version = [], [], ""
        for _ in range(rounds):
            report = peer("eventsourcing_read.py", peer_url, n_events)
            theirs.append(report["seconds"])
            version = report["version"]
            ours.append(rebuild_s(store))
        mine, other = statistics.median(ours), statistics.median(theirs)
    wanted, reached = at_least(3, other / mine)
    return [
        Row(
            what=f"rebuild all facts from {n_events:,} events",
            ours=f"{mine:.1f} s",
            peer=f"{other:.1f} s",
            ratio=other / mine,
            target=wanted,
            reached=reached,
            conditions=f"{where}; eventsourcing {version} reads and decodes only; by turns, median of {rounds}",
        )
    ]
