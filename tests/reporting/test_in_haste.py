"""What does a crash of PostgreSQL take back of what was committed in haste? Its end, which the feed brings back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import psycopg
import pytest

from services.reporting.app import REPORTING
from services.reporting.history import FactProjector, keep_history
from shared.bus.memory import MemoryBus
from shared.bus.seal import Seal
from shared.eventlog.migrations import migrate
from shared.eventlog.port import CursorMoved, LogUnavailable
from shared.eventlog.store import SqlStore
from shared.service.app import App
from shared.service.inbox import Inbox, inbox_cursor
from shared.service.projection import ViewsProjection, facts_cursor, views_cursor
from tests.reporting.stories import agreements
from tests.reporting.test_projecting import recorded
from tests.servers import PostgresServer, until

pytestmark = pytest.mark.needs_postgres

SOURCE = "marketplace"
RECORDS = [event.record for event in recorded(list(agreements(date(2017, 3, 1), kept=8)), SOURCE)]
HALF = len(RECORDS) // 2


class Feed:
    """A source whose log has come to `head`."""

    head = 0

    def read(self, after: int, limit: int) -> list[bytes]:
        """Records behind `after`."""
        return RECORDS[after : min(after + limit, self.head)]


class Reporting:
    """Reporting's inbox and facts on one database."""

    def __init__(self, store: SqlStore, feed: Feed) -> None:
        self.store = store
        self.facts = FactProjector(store, REPORTING.facts)
        projection = ViewsProjection(REPORTING, store, lambda _: feed)
        keep = keep_history(store, self.facts)
        app = App(REPORTING, store)
        self.inbox = Inbox(
            app, store, projection, MemoryBus(), {SOURCE: feed}, seal=Seal(b"made up"), keep=keep
        )

    def places(self) -> set[int]:
        """Where the cursors, the history and the facts stand."""
        names = inbox_cursor(SOURCE), views_cursor(SOURCE), facts_cursor(SOURCE)
        cursors = {self.store.cursors.cursor(name) for name in names}
        return cursors | {self.store.history.positions().get(SOURCE, 0), len(self.store.history.read(SOURCE))}


@pytest.fixture
def server(own_postgres: PostgresServer) -> PostgresServer:
    """A server that writes nothing to the disk before somebody waits for it, so that a crash takes back much."""
    with psycopg.connect(own_postgres.url(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        connection.execute("ALTER SYSTEM SET wal_writer_flush_after = 0")
        connection.execute("SELECT pg_reload_conf()")
    return own_postgres


@pytest.fixture
def store(server: PostgresServer) -> Iterator[SqlStore]:
    """Reporting's store with nothing in it."""
    url = server.create_database()
    migrate(url, "reporting")
    opened = SqlStore.open(
        url, service="reporting", city_key="05124000", clock=lambda: datetime(2026, 1, 5, tzinfo=UTC)
    )
    yield opened
    opened.close()


def caught_up(reporting: Reporting) -> bool:
    """Whether inbox and facts have come to the feed's end; what a crash broke is tried again, as their loops do."""
    try:
        reporting.inbox.begin()
        while reporting.facts.step():
            pass
    except (LogUnavailable, CursorMoved):
        return False
    return True


def test_a_crash_takes_back_history_facts_and_cursors_together(
    store: SqlStore, server: PostgresServer
) -> None:
    feed = Feed()
    reporting = Reporting(store, feed)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    for feed.head in range(1, HALF + 1):
        reporting.inbox.begin()
    assert reporting.places() == {HALF}
    server.kill()
    server.start()
    after_the_crash = Reporting(store, feed).places()
    assert after_the_crash == {min(after_the_crash)}, "they moved in one transaction each time"
    assert min(after_the_crash) < HALF, "nothing was committed in haste"
    feed.head = len(RECORDS)
    until(lambda: caught_up(reporting), "the same process reads on behind the crash")
    assert reporting.places() == {len(RECORDS)}
    assert [line.record for line in store.history.read(SOURCE)] == RECORDS
    live = reporting.facts.projection.digests()
    reporting.facts.projection.rebuild()
    assert reporting.facts.projection.digests() == live


def test_a_commit_that_waits_takes_everything_before_it_to_the_disk(
    store: SqlStore, server: PostgresServer
) -> None:
    feed = Feed()
    reporting = Reporting(store, feed)
    for feed.head in range(1, HALF + 1):
        reporting.inbox.begin()
    with store.transaction() as tx:  # as an append of a release does, which rests on what was read before
        store.cursors.move_cursor("a release", expected=0, to=1, within=tx)
    server.kill()
    server.start()
    assert Reporting(store, feed).places() == {HALF}
