"""Is this process ready to answer? One check per part; each says in a few words what is wrong."""

from collections.abc import Iterator, Mapping
from functools import partial

from deploy.instance import Instance, Unit
from deploy.positions import relay_lag, views_lag
from deploy.supervision import Supervised
from shared.edge.health import Check
from shared.eventlog.sql.standstill import waiting_stops_all
from shared.ledger.remembered import Remembered
from shared.service.settings import BadSetting

FAR_BEHIND = 10_000
"""How many events views or relay may be behind their log before the process counts as not ready."""


def checks_of(instance: Instance) -> Mapping[str, Check]:
    """The checks that a ready process passes. The broker is not among them: without it, events only arrive later."""
    return dict(_checks(instance))


def _checks(instance: Instance) -> Iterator[tuple[str, Check]]:
    for service, unit in instance.units.items():
        yield f"{service}.database", partial(_unanswered, unit)
        yield f"{service}.views", partial(_views_behind, unit)
        yield f"{service}.broker", partial(_relay_behind, unit)
        yield f"{service}.history", partial(_refused, unit)
    for loop in instance.loops:
        yield loop.name.replace(" ", "."), partial(_stopped, loop)


def _unanswered(unit: Unit) -> None:
    """Raises: LogUnavailable; the check then shows its text."""
    unit.store.log.head()


def _refused(unit: Unit) -> str | None:
    """Why the log accepts no more events: it differs from the signed one."""
    return unit.vouching.refused


def _views_behind(unit: Unit) -> str | None:
    lag = max(views_lag(unit).values())
    return f"the views are {lag} events behind" if lag > FAR_BEHIND else None


def _relay_behind(unit: Unit) -> str | None:
    lag = relay_lag(unit)
    return f"{lag} events wait for the broker" if lag > FAR_BEHIND else None


def _stopped(loop: Supervised) -> str | None:
    return None if loop.failed is None else f"stopped: {type(loop.failed).__name__}"


def remembers(memory: Remembered) -> None:
    """Raises: sqlite3.Error when a witness's memory cannot be read; the check then shows its text."""
    memory.last("")


def refuse_standstill(instance: Instance) -> None:
    """Make sure that a query that waits for the database does not block the whole process.

    Raises: BadSetting, LogUnavailable.
    """
    databases = [unit.store.database for unit in instance.units.values()]
    if any(waiting_stops_all(database) for database in databases if database.is_postgres):
        msg = (
            "While one query waits for PostgreSQL, everything else in this process waits too. Remove "
            "PSYCOPG_WAIT_FUNC from the environment, or set it to wait_select, and start again."
        )
        raise BadSetting(msg)
