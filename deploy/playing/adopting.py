"""How does an instance take over what was played in memory? Its logs get the same requests; its readers then catch up.

Reactions and deadlines do not run again: the logs already have the events that they led to.
"""

from collections.abc import Mapping

from deploy.instance import Instance, Unit
from deploy.playing.memory import MemoryUnit
from deploy.playing.stage import ACTING, Progress, Stage, silent
from shared.service.inbox import inbox_cursor
from shared.service.projection import views_cursor
from shared.service.reactor import OWN

PAGE = 1000  # events that are folded into the views at once
REQUESTS_A_SIGN = 500  # a sign of progress comes after so many requests


def adopt(instance: Instance, stage: Stage, progress: Progress = silent) -> None:
    """Write all played events into the instance's empty logs, byte for byte, then its views, deadlines and facts.

    Raises: LogUnavailable; Conflict, when somebody else writes meanwhile.
    """
    n_all, n_done = sum(len(unit.log.asked) for unit in stage.units.values()), 0
    for service in ACTING:
        log = instance.units[service].store.log
        for moment, request in stage.units[service].log.asked:
            if n_done % REQUESTS_A_SIGN == 0:
                progress(n_done, n_all)
            instance.now.set(moment)
            log.append(request)
            n_done += 1
    for service in ACTING:
        _catch_up(instance.units[service], stage.units)
    instance.settle()


def _catch_up(unit: Unit, played: Mapping[str, MemoryUnit]) -> None:
    """Fold every event that the service reads into its views, record that it has reacted, and set its deadlines."""
    store, tables = unit.store, unit.app.tables
    for source in (tables.name, *tables.follows):
        reacted = OWN if source == tables.name else inbox_cursor(source)
        events = played[source].log.events
        for at in range(0, len(events), PAGE):
            page = events[at : at + PAGE]
            with store.transaction() as tx:
                unit.projection.fold(tx, page)
                for cursor in (views_cursor(source), reacted):
                    store.cursors.move_cursor(cursor, expected=at, to=page[-1].position, within=tx)
    with store.transaction() as tx:
        for (stream, kind), due_at in played[tables.name].deadlines.left().items():
            store.deadlines.set(tx, stream, kind, due_at)
