"""Can a record that was written be changed or taken away?"""

import pytest
from sqlalchemy import exc

from shared.eventlog.migrations import GuardsMissing, migrate
from shared.eventlog.migrations.guards import assert_guards
from shared.eventlog.sql import Database
from shared.eventlog.store import SqlStore
from tests.contracts.log.sample import SERVICE, append, draft, filled

CHANGES = [
    "UPDATE event SET record = record",
    "UPDATE event SET stream = 'offer-2' WHERE position = 1",
    "DELETE FROM event",
    "DELETE FROM event WHERE position = 4",
]
ON_POSTGRES = ["TRUNCATE event", "TRUNCATE event, command", "TRUNCATE event CASCADE"]
ROW = "'e9', 'offer-9', 1, 't', 'open', '2026-11-23T09:00:00.000000Z', 'c9', 'forged'"
ON_SQLITE = [
    f"INSERT OR REPLACE INTO event VALUES (1, {ROW})",
    f"REPLACE INTO event VALUES (99, {ROW.replace('e9', 'known')})",
    f"REPLACE INTO event VALUES (99, {ROW.replace('offer-9', 'offer-1')})",
]


def assert_refused(store: SqlStore, statement: str) -> None:
    """The statement fails, and all records are as they were."""
    filled(store.log)
    store.log.append(append("offer-7", events=[draft("known")]))
    before = store.log.read()
    with pytest.raises(exc.DBAPIError), store.transaction() as tx:
        tx.exec_driver_sql(statement)
    assert store.log.read() == before


@pytest.mark.parametrize("statement", CHANGES)
def test_a_record_is_not_changed_and_not_deleted(store: SqlStore, statement: str) -> None:
    assert_refused(store, statement)


@pytest.mark.parametrize("number", range(3))
def test_the_log_is_not_emptied_nor_a_record_replaced(store: SqlStore, number: int) -> None:
    assert_refused(store, (ON_POSTGRES if store.database.is_postgres else ON_SQLITE)[number])


def test_an_upsert_changes_no_record(store: SqlStore) -> None:
    assert_refused(
        store,
        f"INSERT INTO event VALUES (1, {ROW}) ON CONFLICT (position) DO UPDATE SET record = excluded.record",
    )


@pytest.mark.parametrize("name", ["event_not_changed", "event_not_emptied"])
def test_a_guard_that_is_gone_is_noticed_by_the_next_migration(url: str, store: SqlStore, name: str) -> None:
    store.log.append(append())
    with store.transaction() as tx:
        tx.exec_driver_sql(f"DROP TRIGGER {name}" + (" ON event" if store.database.is_postgres else ""))
    with pytest.raises(GuardsMissing, match=name):
        migrate(url, SERVICE)


@pytest.mark.needs_postgres
def test_a_guard_that_is_switched_off_is_noticed(migrated_postgres_url: str) -> None:
    database = Database(migrated_postgres_url)
    with database.transaction() as tx:
        tx.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER event_not_emptied")
        with pytest.raises(GuardsMissing, match="event_not_emptied"):
            assert_guards(tx)
    database.close()
