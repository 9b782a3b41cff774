"""Does each service's database answer, is it up to date and guarded, and do all readers keep up with its log?"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from deploy.diagnosis.finding import Finding, unseen, well, wrong
from deploy.diagnosis.ledger import examine_ledger
from deploy.diagnosis.vault import examine_keys, examine_requests
from deploy.history.vouching import LedgerFolder
from deploy.stores import FILE, keys_folder, roles_of
from shared.access.migrations import ACCESS_TABLES
from shared.eventlog.history import History
from shared.eventlog.migrations import GuardsMissing, Migrations
from shared.eventlog.migrations.guards import assert_guards
from shared.eventlog.migrations.rights import Roles, differences
from shared.eventlog.parked import Parked, ParkedState
from shared.eventlog.port import LogUnavailable
from shared.eventlog.sql.cursors import SqlCursors
from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import instant_of
from shared.ledger.asking import Ask
from shared.service.projection import facts_cursor, views_cursor
from shared.service.relay import CURSOR
from shared.service.settings import ACCESS, VAULT, Settings
from shared.vault.migrations import VAULT_TABLES

BEHIND = 1000
"""How many events relay and views may be behind without a finding: a moment's work."""

AHEAD = timedelta(minutes=1)
STOPPED = "find out who changed it; then kosilab backup restore, and start the service again"


def examine_database(
    settings: Settings, folder: LedgerFolder, service: str, now: datetime, ask: Ask
) -> Iterator[Finding]:
    """The findings about one service's database; `ask` reaches the witnesses."""

    def look(database: Database) -> Iterator[Finding]:
        yield _guards(database, service)
        yield from _rights(database, service, roles_of(settings))
        yield from _keeping_up(database, service)
        yield _clock(database, service, now)
        yield from examine_ledger(folder, service, database, now, ask)

    yield from _examined(settings.database_url(service), service, Migrations(service).pending, look)


def examine_vault(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The findings about the vault: its database, and whether keys are destroyed when they should be."""

    def look(database: Database) -> Iterator[Finding]:
        yield from examine_keys(database, keys_folder(settings), now)
        yield from examine_requests(database, settings.database_url("actors"), now)
        yield from _rights(database, VAULT, roles_of(settings))

    yield from _examined(settings.database_url(VAULT), VAULT, VAULT_TABLES.pending, look)


def examine_access(settings: Settings) -> Iterator[Finding]:
    """The findings about the register of taken-back tokens; its file is made when the first one is taken back."""
    url = settings.database_url(ACCESS)

    def look(database: Database) -> Iterator[Finding]:
        yield from _rights(database, ACCESS, roles_of(settings))

    if url.startswith(FILE) and not Path(url.removeprefix(FILE)).exists():
        yield well(f"{ACCESS}: database", "no token was taken back yet")
        return
    yield from _examined(url, ACCESS, ACCESS_TABLES.pending, look)


def _examined(
    url: str, service: str, lacking: Callable[[str], list[str]], look: Callable[[Database], Iterator[Finding]]
) -> Iterator[Finding]:
    what = f"{service}: database"
    if url.startswith(FILE) and not Path(url.removeprefix(FILE)).exists():
        yield wrong(what, f"there is no {url.removeprefix(FILE)}", "kosilab up (or migrate) makes it")
        return
    database = Database(url)
    try:
        database.rows("SELECT 1")
        yield well(what, "answers")
        if missing := lacking(url):
            yield wrong(f"{service}: tables", f"lack {', '.join(missing)}", f"kosilab migrate {service}")
            return
        yield well(f"{service}: tables", "up to date")
        yield from look(database)
    except LogUnavailable as error:
        yield wrong(what, str(error).strip().splitlines()[0], "start the database, or correct its URL")
    finally:
        database.close()


def _rights(database: Database, of: str, roles: Roles) -> Iterator[Finding]:
    """Whether each role may do what it needs and nothing else; files have no roles."""
    if not database.is_postgres:
        return
    what = f"{of}: roles"
    with database.reading() as connection:
        differing = differences(connection, of, roles)
    if differing is None:
        yield unseen(what, "one role does everything; kosilab migrate --roles prints what makes one for each")
    elif differing:
        yield wrong(what, "; ".join(differing), f"kosilab migrate {of}, as {roles.named('owner')}")
    else:
        yield well(what, "each has its rights and no others")


def _guards(database: Database, service: str) -> Finding:
    what = f"{service}: log"
    try:
        with database.reading() as connection:
            assert_guards(connection)
    except GuardsMissing as error:
        return wrong(what, str(error), "restore the database: its log may have been altered")
    ((stopped,),) = database.rows("SELECT stopped FROM log_head WHERE id = 1")
    if stopped:
        return wrong(what, f"accepts no more events: {stopped}", STOPPED)
    return well(what, "append-only")


def _keeping_up(database: Database, service: str) -> Iterator[Finding]:
    head = int(database.rows("SELECT position FROM log_head WHERE id = 1")[0][0])
    cursors = SqlCursors(database).all()
    start = f"run a worker: kosilab serve {service} --roles worker, or kosilab up"
    yield _lag(f"{service}: relay", head - cursors.get(CURSOR, 0), start)
    yield _lag(f"{service}: views", head - cursors.get(views_cursor(service), 0), start)
    if service == "reporting":
        history = History(database).positions()
        lag = sum(last - cursors.get(facts_cursor(source), 0) for source, last in history.items())
        yield _lag("reporting: facts", lag, start)
    yield _parked(Parked(database), service)


def _lag(what: str, lag: int, mend: str) -> Finding:
    state = f"{lag} events behind"
    return wrong(what, state, mend) if lag > BEHIND else well(what, state)


def _parked(parked: Parked, service: str) -> Finding:
    counts = parked.counts()
    failed, behind = counts.get(ParkedState.FAILED, 0), counts.get(ParkedState.BEHIND, 0)
    state = f"{failed} failed, {behind} wait behind them"
    what = f"{service}: parked"
    return wrong(what, state, "kosilab parked list, then retry or skip") if failed else well(what, state)


def _clock(database: Database, service: str, now: datetime) -> Finding:
    recorded = instant_of(database.rows("SELECT recorded_at FROM log_head WHERE id = 1")[0][0])
    what = f"{service}: clock"
    if recorded - now > AHEAD:
        state = f"the log's last event is of {recorded:%Y-%m-%d %H:%M}, which is later than now"
        return wrong(what, state, "set this machine's clock")
    return well(what, "not behind the log")
