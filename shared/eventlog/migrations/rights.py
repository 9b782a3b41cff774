"""Who may do what in PostgreSQL? One declaration: an owner, a role for each service, the vault's, auditor and reader.

The owner migrates and restores. A service can't change or delete an event: it lacks the right, whatever triggers say.
It owns its read models, which it makes and drops itself; functions it can't make. An auditor reads logs, a reader the
facts of reporting. A superuser makes the roles once (`making`); the owner gives the rights with every migration.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.eventlog.sql.database import Database, driver_of

READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"
ALL = (READ, ADD, CHANGE, REMOVE, "TRUNCATE", "REFERENCES", "TRIGGER")
FREELY = (READ, ADD, CHANGE, REMOVE)
LOG: dict[str, Sequence[str]] = {
    "event": (READ, ADD),
    "command": (READ, ADD),
    "log_head": (READ, CHANGE),
    "cursor": FREELY,
    "deadline": FREELY,
    "lease": FREELY,
    "parked": FREELY,
    "slot": (READ, ADD, REMOVE),
    "tile": FREELY,
    "checkpoint": (READ, ADD, CHANGE),
    "key_statement": (READ, ADD, CHANGE),
    "history": (READ, ADD),
    "release": (READ, ADD),
}
"""What a service may do with the tables of its own database."""

AUDITED = ("event", "log_head", "tile", "checkpoint", "key_statement", "history", "release")
"""What the auditor reads: no sealed slots, no digests of requests."""

AUDITOR_MAY: Sequence[str] = (READ,)

KEYS: dict[str, Sequence[str]] = dict.fromkeys(("vault_key", "vault_erasure", "vault_epoch"), FREELY)
TAKEN_BACK: dict[str, Sequence[str]] = {"access_taken_back": (READ, ADD)}
OWNER, AUDITOR, READER, VAULT, ACCESS = "owner", "auditor", "reader", "vault", "access"
FACTS_OF = "reporting"

Rights = Mapping[str, Mapping[str, Sequence[str]]]
"""By role and table."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of one city; roles belong to the whole server, so their names begin with the city's prefix."""

    prefix: str
    services: tuple[str, ...]

    def named(self, holder: str) -> str:
        """The name of a role."""
        return f"{self.prefix}_{holder}"

    def all(self) -> list[str]:
        """Every role, the owner first."""
        return [self.named(holder) for holder in (OWNER, *self.services, VAULT, AUDITOR, READER)]

    def in_database(self, of: str) -> Rights:
        """Who may do what with the tables of a database that migrations made; who is not named may not even connect."""
        version: dict[str, Sequence[str]] = {f"kosilab_version_{of}": (READ,)}
        if of == VAULT:
            return {self.named(VAULT): KEYS | version}
        if of == ACCESS:
            return {self.named(service): TAKEN_BACK | version for service in self.services}
        rights = {self.named(of): LOG | version, self.named(AUDITOR): dict.fromkeys(AUDITED, AUDITOR_MAY)}
        return rights | ({self.named(READER): {}} if of == FACTS_OF else {})


def making(roles: Roles, databases: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """What a superuser runs once, by database (empty: any); `databases` are by service. A repeat changes nothing."""
    owner = roles.named(OWNER)
    yield (
        "",
        [
            *(_role(name) for name in roles.all()),
            *(f'GRANT "{roles.named(service)}" TO "{owner}"' for service in roles.services),
        ],
    )
    for of, database in databases.items():
        may_enter = ", ".join(f'"{name}"' for name in roles.in_database(of))
        yield (
            database,
            [
                f'ALTER DATABASE "{database}" OWNER TO "{owner}"',
                f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC',
                f'GRANT CONNECT ON DATABASE "{database}" TO {may_enter}',
                f'ALTER SCHEMA public OWNER TO "{owner}"',
                "REVOKE ALL ON SCHEMA public FROM PUBLIC",
                # Whoever can make a function could lend the owner one, which then runs with the owner's rights.
                "REVOKE USAGE ON LANGUAGE sql, plpgsql FROM PUBLIC",
                f'GRANT USAGE ON LANGUAGE sql, plpgsql TO "{owner}"',
            ],
        )


def grant_rights(url: str, of: str, roles: Roles) -> bool:
    """Give each role its rights in a database, and no others; False where the roles were never made.

    Raises: LogUnavailable.
    """
    database = Database(url)
    try:
        if not database.is_postgres:
            return False
        with database.transaction() as tx:
            if not _are_there(tx, roles):
                return False
            for statement in _granting(tx, of, roles):
                driver_of(tx).execute(statement.encode())  # as it is: a name may hold what means a parameter
        return True
    finally:
        database.close()


def differences(tx: Connection, of: str, roles: Roles) -> list[str] | None:
    """Where the rights in this database are others than declared, a sentence each; None where there are no roles."""
    if not _are_there(tx, roles):
        return None
    declared = roles.in_database(of)
    differing = [
        f"{role} may {right} {table}" if has else f"{role} may not {right} {table}"
        for table in sorted({table for rights in declared.values() for table in rights})
        for role in roles.all()[1:]
        for right in ALL
        if (has := _has(tx, role, table, right)) is not (right in declared.get(role, {}).get(table, ()))
    ]
    differing += [
        f"{role} may connect to the database of {of}"
        for role in roles.all()[1:]
        if role not in declared and tx.execute(MAY_CONNECT, {"role": role}).scalar()
    ]
    differing += [
        f"{role} may do more than others on the whole server"
        for (role,) in tx.execute(MIGHTY, {"roles": roles.all()})
    ]
    strangers = tx.execute(STRANGERS, {"roles": roles.all(), "tables": list(next(iter(declared.values())))})
    return differing + [f"{role} may {right} {table}" for role, right, table in strangers]


ROLES_THERE = text("SELECT count(*) FROM pg_roles WHERE rolname = ANY (:roles)")
MAY_CONNECT = text("SELECT has_database_privilege(:role, current_database(), 'CONNECT')")
HAS = text("SELECT to_regclass(:table) IS NOT NULL AND has_table_privilege(:role, :table, :right)")
MIGHTY = text(
    "SELECT rolname FROM pg_roles WHERE rolname = ANY (:roles)"
    " AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)"
)
STRANGERS = text(
    "SELECT coalesce(rolname, 'PUBLIC'), privilege_type, relname FROM pg_class, aclexplode(relacl)"
    " LEFT JOIN pg_roles ON pg_roles.oid = grantee WHERE relnamespace = 'public'::regnamespace"
    " AND relname = ANY (:tables) AND grantee <> relowner AND coalesce(rolname, 'PUBLIC') <> ALL (:roles)"
)
MADE_BY_SERVICES = text(
    # The server quotes the names: in a copy they may be anything. Those that a service made are its own already.
    "SELECT format('%I', tablename) FROM pg_tables"
    " WHERE schemaname = 'public' AND tableowner = current_user AND tablename <> ALL (:tables)"
)


def _role(name: str) -> str:
    made = f'CREATE ROLE "{name}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE'
    there = f"SELECT FROM pg_roles WHERE rolname = '{name}'"
    return f"DO $do$ BEGIN IF NOT EXISTS ({there}) THEN {made}; END IF; END $do$"


def _are_there(tx: Connection, roles: Roles) -> bool:
    return tx.execute(ROLES_THERE, {"roles": roles.all()}).scalar() == len(roles.all())


def _has(tx: Connection, role: str, table: str, right: str) -> bool:
    return bool(tx.execute(HAS, {"role": role, "table": table, "right": right}).scalar())


def _granting(tx: Connection, of: str, roles: Roles) -> Iterator[str]:
    for role, rights in roles.in_database(of).items():
        yield f'GRANT USAGE ON SCHEMA public TO "{role}"'
        for table, may in rights.items():
            yield f'REVOKE ALL ON "{table}" FROM "{role}"'
            yield f'GRANT {", ".join(may)} ON "{table}" TO "{role}"'
    if of in roles.services:
        yield from _granting_to_service(tx, of, roles)


def _granting_to_service(tx: Connection, of: str, roles: Roles) -> Iterator[str]:
    """Its read models are its own: it makes them, builds them anew beside the old ones, and drops them."""
    service, reader = roles.named(of), roles.named(READER)
    yield f'GRANT CREATE ON SCHEMA public TO "{service}"'
    yield "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC"
    yield f'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO "{service}"'
    declared = [*LOG, f"kosilab_version_{of}"]
    made = [name for (name,) in tx.execute(MADE_BY_SERVICES, {"tables": declared})]
    yield from (f'ALTER TABLE {name} OWNER TO "{service}"' for name in made)
    if of == FACTS_OF:
        yield f'ALTER DEFAULT PRIVILEGES FOR ROLE "{service}" IN SCHEMA public GRANT SELECT ON TABLES TO "{reader}"'
        yield from (f'GRANT SELECT ON {name} TO "{reader}"' for name in made)
