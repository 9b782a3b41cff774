"""What protects the log against changes? Triggers; every migration ends by checking them."""

from collections.abc import Callable

from sqlalchemy import Connection, text

POSTGRES = (
    """
    CREATE FUNCTION event_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $function$
    BEGIN
        RAISE EXCEPTION USING
            MESSAGE = 'event is append-only: ' || TG_OP || ' refused', ERRCODE = 'restrict_violation';
    END
    $function$
    """,
    """
    CREATE TRIGGER event_not_changed BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION event_is_for_ever()
    """,
    """
    CREATE TRIGGER event_not_emptied BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION event_is_for_ever()
    """,
)
SQLITE = (
    """
    CREATE TRIGGER event_not_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'event is append-only: UPDATE refused'); END
    """,
    """
    CREATE TRIGGER event_not_emptied BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'event is append-only: DELETE refused'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above.
    """
    CREATE TRIGGER event_not_replaced BEFORE INSERT ON event
    WHEN NEW.position <= (SELECT max(position) FROM event)
        OR EXISTS (SELECT 1 FROM event WHERE event_id = NEW.event_id)
        OR EXISTS (SELECT 1 FROM event WHERE stream = NEW.stream AND version = NEW.version)
    BEGIN SELECT RAISE(ABORT, 'event is append-only: there is one already'); END
    """,
)
# tgtype: 2 before, 4 insert, 8 delete, 16 update, 32 truncate, 1 for each row; tgenabled O: fires for everyone.
POSTGRES_LOOK = (
    "SELECT tgname, tgtype FROM pg_trigger"
    " WHERE tgrelid = 'event'::regclass AND tgenabled IN ('O', 'A') AND NOT tgisinternal"
)
POSTGRES_NEEDED = {("event_not_changed", 1 | 2 | 8 | 16), ("event_not_emptied", 2 | 32)}
SQLITE_LOOK = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'"
SQLITE_NEEDED = {("event_not_changed",), ("event_not_emptied",), ("event_not_replaced",)}

GUARDS_BY_NAME = {words.split()[2]: words for words in (" ".join(statement.split()) for statement in SQLITE)}
"""SQLite's triggers by name, as they stand in its schema, blanks folded."""


class GuardsMissing(Exception):  # noqa: N818 - says what happened
    """The table `event` lacks a trigger that protects its rows against changes."""


def guard_event_table(dialect: str, execute: Callable[[str], object]) -> None:
    """Create the triggers."""
    for statement in POSTGRES if dialect == "postgresql" else SQLITE:
        execute(statement)


def assert_guards(connection: Connection) -> None:
    """Make sure that the triggers exist and are enabled.

    Raises: GuardsMissing.
    """
    postgres = connection.dialect.name == "postgresql"
    present = {tuple(row) for row in connection.execute(text(POSTGRES_LOOK if postgres else SQLITE_LOOK))}
    missing = (POSTGRES_NEEDED if postgres else SQLITE_NEEDED) - present
    if missing:
        msg = f"event can be changed: no {', '.join(sorted(str(each[0]) for each in missing))}"
        raise GuardsMissing(msg)
