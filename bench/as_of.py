"""How fast are all indicators answered as of a cut-off, beside merely reading and decoding the same history?

`python -m bench.as_of` alone.
"""

import statistics
import sys
import time
from datetime import UTC, datetime

from bench.append import conditions
from bench.rebuild import BATCH, reporting_with
from bench.story import SERVICE
from bench.table import Row, as_table
from services.reporting.answers import Answers, Asked
from services.reporting.app import REPORTING
from services.reporting.as_of import facts_as_of
from services.reporting.cutoff import Cutoff
from services.reporting.history import StoredHistory
from services.reporting.indicators.catalogue import INDICATORS
from shared.eventlog.store import SqlStore
from shared.events.codec import decode
from tests.servers import running_postgres

NOW = datetime(2026, 12, 1, tzinfo=UTC)
EFFECTIVE = Cutoff(effective_at=datetime(2026, 11, 1, tzinfo=UTC))


def as_of_s(store: SqlStore) -> float:
    """How long all indicators as of a day take [s]."""
    began = time.perf_counter()
    facts = facts_as_of(StoredHistory(store), EFFECTIVE, REPORTING.facts)
    Answers(facts).indicators(INDICATORS, Asked(full=True), EFFECTIVE.today(NOW))
    return time.perf_counter() - began


def decoding_s(store: SqlStore) -> float:
    """How long it takes to read and decode what was read above, and nothing else [s]."""
    began, at = time.perf_counter(), 0
    while page := store.history.records(SERVICE, after=at, limit=BATCH):
        for _, record in page:
            decode(record)
        at = page[-1][0]
    return time.perf_counter() - began


def rows(*, quick: bool = False) -> list[Row]:
    """The row of a question as of then."""
    n_events, rounds = (20_000, 1) if quick else (200_000, 3)
    with running_postgres(fsync=True, own=True) as server, reporting_with(server, n_events) as store:
        where = conditions(server)
        took = [(as_of_s(store), decoding_s(store)) for _ in range(rounds)]
    mine, other = (statistics.median(times) for times in zip(*took, strict=True))
    return [
        Row(
            what=f"as-of of all {len(INDICATORS)} indicators at {n_events:,} events",
            ours=f"{mine:.1f} s",
            peer=f"{other:.1f} s",
            ratio=other / mine,
            target=">= 1/3x",
            reached=other / mine >= 1 / 3,
            conditions=f"{where}; beside: the same history read and decoded; by turns, median of {rounds}",
        )
    ]


if __name__ == "__main__":
    print(as_table(rows(quick="--quick" in sys.argv)))
