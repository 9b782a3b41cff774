"""How does an instance come by what was played in memory? Its logs are asked the same; its readers then catch up.

Reactions are not let react again: what they lead to is in the logs already.
"""

from deploy.instance import Instance, Unit
from deploy.simulation.stage import ACTING, Progress, Stage, silent
from shared.service.inbox import inbox_cursor
from shared.service.projector import views_cursor
from shared.service.reactor import OWN
from shared.service.reading import read_records

PAGE = 500
REQUESTS_A_SIGN = 500  # a sign of progress comes after so many requests


def adopt(instance: Instance, stage: Stage, progress: Progress = silent) -> None:
    """Write all that was played into the instance's empty logs, byte for byte, then its views, deadlines and facts.

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
        unit = instance.units[service]
        for source in (service, *unit.app.tables.follows):
            _catch_up(instance, unit, source)
        while unit.ticker.step(stage.now):
            pass  # what rang in memory is known to the log; here it is only taken off the list
    instance.settle()


def _catch_up(instance: Instance, unit: Unit, source: str) -> None:
    """Fold a source's events into views and deadlines, and say that they have been reacted to."""
    store, feed, at = unit.store, instance.feed_of(source), 0
    reacted = OWN if source == unit.app.tables.name else inbox_cursor(source)
    while records := feed.read(at, PAGE):
        events = read_records(records)
        upto = events[-1].position
        with store.transaction() as tx:
            unit.projection.apply(tx, events)
            for cursor in (views_cursor(source), reacted):
                store.cursors.move_cursor(cursor, expected=at, to=upto, within=tx)
        at = upto
