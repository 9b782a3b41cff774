"""The same on PostgreSQL: does a restore open a copy that somebody put back, changed and dumped again?"""

from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest

from deploy.backup.copying import copy_in, copy_out
from shared.eventlog.migrations.postgres import APPEND_FUNCTION
from tests.deploy.desk import Desk, register
from tests.deploy.restored import backed_up, records, restored, sign
from tests.deploy.test_restore_refuses import manifest_made_anew
from tests.servers import PostgresServer

pytestmark = pytest.mark.needs_postgres

OF_EVERYBODY = "SET session_replication_role = replica"  # as a superuser: no trigger fires
RENAMED = (
    "UPDATE event SET record = convert_to(replace(convert_from(record, 'UTF8'), 'Eins', 'Zwei'), 'UTF8')"
    " WHERE position = 1"
)
FUNCTION = (
    "CREATE FUNCTION extra() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM command; RETURN NEW; END'"
)
EMPTY_GUARD = (
    "CREATE OR REPLACE FUNCTION event_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN IF false THEN RAISE EXCEPTION ''never''; END IF; RETURN NEW; END'"
)
REFUSED: dict[str, Sequence[str]] = {
    "one record changed, hashes and checkpoints removed": (
        RENAMED,
        "DELETE FROM tile",
        "DELETE FROM checkpoint",
    ),
    "a record taken out": ("DELETE FROM event WHERE position = 2", "DELETE FROM tile"),
    "a foreign trigger": (
        FUNCTION,
        "CREATE TRIGGER extra AFTER INSERT ON log_head FOR EACH ROW EXECUTE FUNCTION extra()",
    ),
    "a foreign function": ("CREATE FUNCTION extra() RETURNS int LANGUAGE sql AS 'SELECT 1'",),
    "a foreign rule": ("CREATE RULE extra AS ON INSERT TO command DO ALSO NOTHING",),
    "a foreign view": ("CREATE VIEW extra AS SELECT * FROM event",),
    "a guard that guards nothing": (EMPTY_GUARD,),
}


@pytest.fixture
def city(desk_on_server: Desk) -> Desk:
    """A city whose logs were signed for."""
    instance = desk_on_server.open()
    register(instance, "Eins", "Vier", "Drei")
    instance.settle()
    instance.close()
    sign(desk_on_server)
    return desk_on_server


def changed(server: PostgresServer, owner: str, backup: Path, statements: Sequence[str]) -> None:
    """Change the copy of actors' database in a backup, as a superuser can."""
    dump, owned = backup / "actors.dump", server.create_database(owner=owner)
    copy_in(owned, dump)
    scratch = server.url(owned.rpartition("/")[2])
    with psycopg.connect(scratch, autocommit=True) as database:
        for statement in (OF_EVERYBODY, *statements):
            database.execute(statement.encode())
    dump.unlink()
    copy_out(scratch, dump)
    server.drop_database(scratch)
    manifest_made_anew(backup)


@pytest.mark.parametrize("statements", REFUSED.values(), ids=REFUSED)
def test_a_changed_copy_is_not_opened(
    city: Desk,
    postgres_server: PostgresServer,
    database_owner: str,
    tmp_path: Path,
    statements: Sequence[str],
) -> None:
    backup = Path(backed_up(city, tmp_path / "backup"))
    changed(postgres_server, database_owner, backup, statements)
    city.lose_databases()
    answer = city.call("backup", "restore", str(backup), "--unsigned", "--accept-loss")
    assert (answer.code, "Nothing was opened" in answer.err) == (1, True), answer.err


def test_the_function_that_appends_is_made_anew(
    city: Desk, postgres_server: PostgresServer, database_owner: str, tmp_path: Path
) -> None:
    backup, before = Path(backed_up(city, tmp_path / "backup")), records(city)
    forged = APPEND_FUNCTION.replace("RETURN true;", "DELETE FROM command; RETURN true;")
    changed(postgres_server, database_owner, backup, [forged])
    city.lose_databases()
    restored(city, str(backup), "--unsigned")
    assert records(city) == before
    with psycopg.connect(city.settings().database_url("actors")) as database:
        (body,) = database.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = 'kosilab_append'"
        ).fetchone() or ("",)
    assert body == APPEND_FUNCTION.split("$function$")[1]
