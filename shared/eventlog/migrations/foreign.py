"""Does a database hold anything that runs by itself and that no migration made? A foreign trigger or rule can rewrite.

Read models have no triggers; the only ones are those that keep the log append-only.
"""

from sqlalchemy import Connection, text

from shared.eventlog.migrations.guards import GUARDS_BY_NAME, assert_guards

SQLITE_LOOK = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
POSTGRES_LOOK = """
SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal AND NOT (
    tgrelid = 'event'::regclass AND tgname IN ('event_not_changed', 'event_not_emptied')
    AND tgfoid = 'event_is_for_ever'::regproc)
UNION ALL SELECT 'rule ' || rulename FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class
    WHERE rulename <> '_RETURN' AND relnamespace = 'public'::regnamespace
UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
UNION ALL SELECT 'changed function event_is_for_ever' FROM pg_proc
    WHERE proname = 'event_is_for_ever' AND prosrc NOT LIKE '%RAISE EXCEPTION%'
"""


class ForeignFound(Exception):  # noqa: N818 - says what happened
    """The database holds a trigger, rule or function that no migration made; a sentence names it."""


def assert_nothing_foreign(connection: Connection) -> None:
    """See that the triggers of this database are those of the migrations, word for word, and no others.

    Raises: ForeignFound, GuardsMissing.
    """
    assert_guards(connection)
    if connection.dialect.name == "postgresql":
        foreign = [str(row[0]) for row in connection.execute(text(POSTGRES_LOOK))]
    else:
        rows = connection.execute(text(SQLITE_LOOK))
        foreign = [f"trigger {name}" for name, sql in rows if _words(sql) != GUARDS_BY_NAME.get(name)]
    if foreign:
        msg = f"the database holds what no migration made: {', '.join(sorted(foreign))}"
        raise ForeignFound(msg)


def _words(sql: str) -> str:
    return " ".join(sql.split())
