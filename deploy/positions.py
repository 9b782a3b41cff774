"""How far behind are relay, views and reactions? Their distance from the end of the log that they read."""

from collections.abc import Mapping

from deploy.instance import Unit
from shared.service.inbox import inbox_cursor
from shared.service.projection import facts_cursor, views_cursor
from shared.service.reactor import OWN
from shared.service.relay import CURSOR


def relay_lag(unit: Unit) -> int:
    """How many events of the log the broker has not confirmed.

    Raises: LogUnavailable.
    """
    return unit.store.log.head().position - unit.store.cursors.cursor(CURSOR)


def views_lag(unit: Unit) -> dict[str, int]:
    """How many events the views have not folded yet, by source; `facts` follow their history.

    Raises: LogUnavailable.
    """
    cursors = unit.store.cursors.all()
    service = unit.app.tables.name
    behind = {service: unit.store.log.head().position - cursors.get(views_cursor(service), 0)}
    if unit.facts:
        behind["facts"] = sum(
            position - cursors.get(facts_cursor(source), 0)
            for source, position in unit.store.history.positions().items()
        )
    return behind


def positions(unit: Unit) -> Mapping[str, int]:
    """The positions of log, relay, views, reactions and each received source, by name.

    Raises: LogUnavailable.
    """
    cursors = unit.store.cursors.all()
    return {
        "log": unit.store.log.head().position,
        "relay": cursors.get(CURSOR, 0),
        "views": cursors.get(views_cursor(unit.app.tables.name), 0),
        "reactions": cursors.get(OWN, 0),
        **{f"inbox:{source}": cursors.get(inbox_cursor(source), 0) for source in unit.app.tables.follows},
    }
