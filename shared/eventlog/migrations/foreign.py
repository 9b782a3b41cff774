"""Does a database hold anything that runs by itself and that no migration made? A foreign trigger or rule can rewrite.

Read models have no triggers; the only ones are those that keep the log append-only. There are no views, and the only
functions are two of ours. A foreign table does nothing by itself.
"""

from sqlalchemy import Connection, text

from shared.eventlog.migrations.guards import GUARDS_BY_NAME, POSTGRES, assert_guards
from shared.eventlog.migrations.postgres import APPEND_FUNCTION

OURS = ("event_is_for_ever", "kosilab_append")
SQLITE_LOOK = "SELECT type || ' ' || name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"
POSTGRES_LOOK = """
WITH extended AS (SELECT objid FROM pg_depend WHERE deptype = 'e')
SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal AND NOT (
    tgrelid = 'event'::regclass AND tgname IN ('event_not_changed', 'event_not_emptied')
    AND tgfoid = 'event_is_for_ever'::regproc)
UNION ALL SELECT 'rule ' || rulename FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class
    WHERE rulename <> '_RETURN' AND relnamespace = 'public'::regnamespace
UNION ALL SELECT 'view ' || relname FROM pg_class
    WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace AND oid NOT IN (SELECT objid FROM extended)
UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
UNION ALL SELECT 'function ' || proname FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND oid NOT IN (SELECT objid FROM extended)
    GROUP BY proname HAVING proname <> ALL (:ours) OR count(*) > 1
"""
GUARD = (
    "SELECT prosrc FROM pg_proc WHERE proname = 'event_is_for_ever' AND pronamespace = 'public'::regnamespace"
)


class ForeignFound(Exception):  # noqa: N818 - says what happened
    """The database holds a trigger, rule, view or function that no migration made; a sentence names it."""


def assert_nothing_foreign(connection: Connection) -> None:
    """See that the triggers of this database are those of the migrations, word for word, and no others.

    Raises: ForeignFound, GuardsMissing.
    """
    assert_guards(connection)
    if connection.dialect.name == "postgresql":
        foreign = [str(name) for (name,) in connection.execute(text(POSTGRES_LOOK), {"ours": list(OURS)})]
        bodies = [_words(body) for (body,) in connection.execute(text(GUARD))]
        foreign += ["changed function event_is_for_ever"] * (
            bodies != [_words(POSTGRES[0].split("$function$")[1])]
        )
    else:
        rows = connection.execute(text(SQLITE_LOOK))
        foreign = [name for name, sql in rows if _words(sql) != GUARDS_BY_NAME.get(name.split()[1])]
    if foreign:
        msg = f"the database holds what no migration made: {', '.join(sorted(foreign))}"
        raise ForeignFound(msg)


def make_functions_anew(connection: Connection) -> None:
    """Give the function that appends its body again: one in a copy may be of an earlier version, or somebody's own."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(APPEND_FUNCTION)


def _words(sql: str) -> str:
    return " ".join(sql.split())
