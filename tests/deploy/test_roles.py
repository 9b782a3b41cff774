"""Can each role of a city's databases do its work and nothing else, on a real PostgreSQL?"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from deploy.cli.migrate import CITY_WIDE
from shared.eventlog.migrations.rights import Roles, making
from shared.events.registry import SERVICES
from shared.service.settings import ACCESS, VAULT
from tests.deploy.desk import Desk, register
from tests.deploy.test_cli_erasing import with_person
from tests.servers import PostgresServer, as_role
from tests.servers.kinds import PASSWORD
from tests.servers.ports import free_port

pytestmark = [pytest.mark.needs_postgres, pytest.mark.apart]
NAMES = (*SERVICES, *CITY_WIDE)


@dataclass(frozen=True)
class City:
    """The databases of a city in which one organisation is registered, and its roles."""

    desk: Desk
    roles: Roles
    urls: dict[str, str]

    def as_of(self, role: str, database: str) -> psycopg.Connection:
        """A connection as one of the roles."""
        return psycopg.connect(as_role(self.urls[database], self.roles.named(role)), autocommit=True)

    def environment(self, roles: dict[str, str]) -> dict[str, str]:
        """Settings in which each database is opened by a role."""
        return {
            f"KOSILAB_{name.upper()}_DATABASE_URL": as_role(self.urls[name], self.roles.named(role))
            for name, role in roles.items()
        } | {"KOSILAB_DATABASE_ROLES": self.roles.prefix}


AT_WORK = {name: name for name in (*SERVICES, VAULT)} | {ACCESS: "actors"}
"""By database, the role of a process that works with it."""


@pytest.fixture(scope="module")
def city(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A superuser makes the roles, the owner migrates, the services work."""
    urls = {name: postgres_server.create_database() for name in NAMES}
    databases = {name: url.rpartition("/")[2] for name, url in urls.items()}
    roles = Roles(databases["actors"], SERVICES)
    for _ in range(2):  # a repeat changes nothing
        for of, statements in making(roles, databases):
            with psycopg.connect(postgres_server.url(of or "postgres"), autocommit=True) as superuser:
                for statement in statements:
                    superuser.execute(statement)
    with psycopg.connect(postgres_server.url(), autocommit=True) as superuser:
        for role in roles.all():
            superuser.execute(f"ALTER ROLE \"{role}\" PASSWORD '{PASSWORD}'")
    desk = Desk(tmp_path_factory.mktemp("city"), {})
    made = City(desk, roles, urls)
    desk.env.update(made.environment(dict.fromkeys(NAMES, "owner")))
    for _ in range(2):
        assert desk.call("migrate").code == 0
    desk.env.update(made.environment(AT_WORK))
    work_at(desk)
    yield made
    for url in urls.values():
        postgres_server.drop_database(url)
    for role in reversed(roles.all()):
        postgres_server.drop_role(role)


def work_at(desk: Desk) -> None:
    """What a city's processes do in a day: commands, views, facts, erasures, checkpoints, tokens taken back."""
    instance = desk.open()
    register(instance, "Bäckerei Blau")
    instance.settle()
    for unit in instance.units.values():
        unit.relay.step()
        unit.vouching.step()
    instance.close()


def test_every_service_does_its_work_with_its_own_role(city: City) -> None:
    desk = city.desk
    assert desk.call("views", "rebuild", "all").code == 0
    assert desk.call("views", "verify").code == 0
    with_person(desk.open(), "p1").close()
    assert desk.call("erase", "p1", "--yes", "--json").data["state"] == "completed"
    assert desk.call("erasures").code == 0
    token = desk.call("token", "--role", "person", "--actor", "p-1", "--json").data
    assert desk.call("revoke", token["id"]).code == 0
    assert desk.call("revoke", "--actor", "p-1").code == 0


MUST_NOT = [
    ("actors", "actors", "UPDATE event SET record = 'x'"),
    ("actors", "actors", "DELETE FROM event"),
    ("actors", "actors", "TRUNCATE event"),
    ("actors", "actors", "ALTER TABLE event DISABLE TRIGGER ALL"),
    ("actors", "actors", "DROP TABLE event"),
    ("actors", "actors", "DROP TRIGGER event_not_changed ON event"),
    ("actors", "actors", "CREATE TRIGGER t BEFORE INSERT ON event EXECUTE FUNCTION event_is_for_ever()"),
    ("actors", "actors", "CREATE RULE r AS ON INSERT TO event DO INSTEAD NOTHING"),
    ("actors", "actors", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    ("actors", "actors", "DO $$ BEGIN END $$"),
    ("actors", "actors", "UPDATE history SET record = 'x'"),
    ("actors", "actors", "DELETE FROM checkpoint"),
    ("actors", "actors", "DELETE FROM command"),
    ("actors", "actors", "UPDATE kosilab_version_actors SET version_num = 'x'"),
    ("actors", "access", "DELETE FROM access_taken_back"),
    ("actors", "access", "UPDATE access_taken_back SET at = at"),
    ("actors", "access", "CREATE TABLE mine (n int)"),
    ("vault", "vault", "CREATE TABLE mine (n int)"),
    ("vault", "vault", "DROP TABLE vault_key"),
    ("auditor", "actors", "INSERT INTO checkpoint SELECT * FROM checkpoint"),
    ("auditor", "actors", "DELETE FROM event"),
    ("auditor", "actors", "SELECT * FROM slot"),
    ("auditor", "actors", "SELECT * FROM command"),
    ("auditor", "actors", "CREATE TABLE mine (n int)"),
    ("reader", "reporting", "SELECT * FROM event"),
    ("reader", "reporting", "SELECT * FROM history"),
    ("reader", "reporting", "CREATE TABLE mine (n int)"),
    ("owner", "actors", "CREATE ROLE mine"),
    ("owner", "actors", "COPY event TO PROGRAM 'cat'"),
]


@pytest.mark.parametrize(
    ("role", "database", "statement"), MUST_NOT, ids=[f"{role}: {what}" for role, _, what in MUST_NOT]
)
def test_nobody_does_what_is_not_theirs(city: City, role: str, database: str, statement: str) -> None:
    with city.as_of(role, database) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)


MAY_NOT_ENTER = [
    *((service, other) for service in SERVICES for other in SERVICES if other != service),
    *((service, VAULT) for service in SERVICES),
    *((VAULT, service) for service in (*SERVICES, ACCESS)),
    *(("auditor", database) for database in (VAULT, ACCESS)),
    *(("reader", database) for database in NAMES if database != "reporting"),
]


@pytest.mark.parametrize(("role", "database"), MAY_NOT_ENTER)
def test_nobody_enters_the_database_of_another(city: City, role: str, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        city.as_of(role, database)


def test_a_table_with_a_wicked_name_makes_the_owner_do_nothing(city: City) -> None:
    """A copy may hold tables of any name; the owner hands them over, whatever their names say."""
    wicked = 'x" OWNER TO postgres; GRANT UPDATE ON event TO PUBLIC; -- 100%s'
    quoted = '"' + wicked.replace('"', '""') + '"'
    owner = city.environment(dict.fromkeys(NAMES, "owner"))
    with psycopg.connect(owner["KOSILAB_ACTORS_DATABASE_URL"], autocommit=True) as copy:
        copy.execute(f"CREATE TABLE {quoted} (n int)".encode())
    assert city.desk.call("migrate", "actors", **owner).code == 0
    with city.as_of("actors", "actors") as service:
        with pytest.raises(InsufficientPrivilege):
            service.execute("UPDATE event SET record = 'x'")
        service.execute(f"DROP TABLE {quoted}".encode())


def test_the_auditor_reads_logs_and_the_reader_facts(city: City) -> None:
    with city.as_of("auditor", "actors") as auditor:
        assert auditor.execute("SELECT position FROM event").fetchall()
    with city.as_of("reader", "reporting") as reader:
        facts = reader.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'fact%'").fetchall()
        assert facts
        for (fact,) in facts:
            reader.execute(f'SELECT * FROM "{fact}"')


def doctor_on_roles(city: City) -> dict[str, tuple[bool | None, str]]:
    printed = city.desk.call("doctor", "--json", KOSILAB_PORT=str(free_port()))
    return {
        finding["what"]: (finding["well"], finding["seen"])
        for finding in printed.data
        if finding["what"].endswith(": roles")
    }


def test_the_doctor_sees_a_right_too_many_and_one_too_few(
    city: City, postgres_server: PostgresServer
) -> None:
    assert {name: state for name, (state, _) in doctor_on_roles(city).items()} == {
        f"{name}: roles": True for name in NAMES
    }
    actors, stranger = city.roles.named("actors"), postgres_server.create_role()
    with psycopg.connect(city.urls["actors"], autocommit=True) as superuser:
        superuser.execute(f'GRANT UPDATE ON event TO "{actors}"')
        superuser.execute(f'GRANT DELETE ON event TO "{stranger}"')
        superuser.execute(f'REVOKE INSERT ON command FROM "{actors}"')
    well, sentences = doctor_on_roles(city)["actors: roles"]
    assert well is False
    for sentence in (
        f"{actors} may UPDATE event",
        f"{actors} may not INSERT command",
        f"{stranger} may DELETE event",
    ):
        assert sentence in sentences
    with psycopg.connect(city.urls["actors"], autocommit=True) as superuser:
        superuser.execute(f'REVOKE ALL ON event FROM "{stranger}"')
    postgres_server.drop_role(stranger)
    owner = city.environment(dict.fromkeys(NAMES, "owner"))
    assert city.desk.call("migrate", **owner).code == 0
    assert doctor_on_roles(city)["actors: roles"][0] is True


def test_the_script_for_a_superuser_names_every_role_and_database(city: City) -> None:
    script = city.desk.call("migrate", "--roles").out
    for role in city.roles.all():
        assert f'CREATE ROLE "{role}"' in script
    for url in city.urls.values():
        assert f'\\connect "{url.rpartition("/")[2]}"' in script


def test_the_script_makes_roles_and_databases_as_the_handbook_says(
    postgres_server: PostgresServer, bare_desk: Desk
) -> None:
    prefix = postgres_server.create_role()
    postgres_server.drop_role(prefix)
    roles = Roles(prefix, SERVICES)
    place = postgres_server.url(f"{prefix}_{{service}}")
    bare_desk.env.update({"KOSILAB_DATABASE_ROLES": prefix, "KOSILAB_DATABASE_URL": place})
    script = bare_desk.call("migrate", "--roles").out
    for _ in range(2):
        done = subprocess.run(
            ["psql", "--set=ON_ERROR_STOP=1", f"--dbname={postgres_server.url()}", "--file=-"],
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    with psycopg.connect(postgres_server.url(), autocommit=True) as superuser:
        superuser.execute(f"ALTER ROLE \"{roles.named('owner')}\" PASSWORD '{PASSWORD}'".encode())
    owner = as_role(place, roles.named("owner"))
    assert bare_desk.call("migrate", KOSILAB_DATABASE_URL=owner).code == 0
    with psycopg.connect(place.format(service="actors")) as superuser:
        query = "SELECT tableowner FROM pg_tables WHERE tablename = 'event'"
        assert superuser.execute(query).fetchone() == (roles.named("owner"),)
    for name in NAMES:
        postgres_server.drop_database(place.format(service=name))
    for role in reversed(roles.all()):
        postgres_server.drop_role(role)


def test_on_files_there_are_no_roles(bare_desk: Desk) -> None:
    assert "PostgreSQL's" in bare_desk.call("migrate", "--roles").err


def test_no_superuser_restores_a_copy(
    desk_on_server: Desk, postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A copy may hold whatever runs when it is restored."""
    instance = desk_on_server.open()
    register(instance, "Bäckerei Blau")
    instance.close()
    copies = tmp_path_factory.mktemp("copies") / "copy"
    assert desk_on_server.call("backup", "create", str(copies)).code == 0
    desk_on_server.lose_databases()
    urls = {name: desk_on_server.env[f"KOSILAB_{name.upper()}_DATABASE_URL"] for name in SERVICES}
    mighty = {
        f"KOSILAB_{name.upper()}_DATABASE_URL": postgres_server.url(url.rpartition("/")[2])
        for name, url in urls.items()
    }
    refused = desk_on_server.call("backup", "restore", str(copies), **mighty)
    assert (refused.code, "is a superuser" in refused.err) == (1, True)
    assert desk_on_server.call("backup", "restore", str(copies)).code == 0
