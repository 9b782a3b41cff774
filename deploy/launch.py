"""How does an instance answer? All its routes in one application, with its health and its figures."""

from collections.abc import Iterator, Mapping
from functools import partial

from deploy.instance import Instance, Unit
from shared.edge.application import Application, build_application
from shared.edge.health import Check
from shared.edge.limits import limits_of
from shared.service.projector import views_cursor
from shared.service.reactor import OWN
from shared.service.relay import CURSOR


def application_of(instance: Instance) -> Application:
    """The WSGI application of a process that hosts this instance."""
    return build_application(
        instance.apps,
        city=instance.city.slug,
        issuer=instance.issuer,
        checks=checks_of(instance),
        gauges=lambda: gauges_of(instance),
        limits=limits_of(instance.settings),
    )


def checks_of(instance: Instance) -> Mapping[str, Check]:
    """What has to be well for the process to be ready."""
    return {
        f"{service}.{name}": check
        for service, unit in instance.units.items()
        for name, check in _checks(unit)
    }


def _checks(unit: Unit) -> Iterator[tuple[str, Check]]:
    yield "database", partial(_unanswered, unit)
    for loop in unit.loops:
        if hasattr(loop, "failed"):
            yield loop.name.rpartition(" ")[2], partial(_stopped, loop)


def _unanswered(unit: Unit) -> None:
    """Raises: LogUnavailable, which is what the check then says."""
    unit.store.log.head()


def _stopped(loop: object) -> str | None:
    failed = getattr(loop, "failed", None)
    return None if failed is None else f"stopped: {type(failed).__name__}"


def gauges_of(instance: Instance) -> Iterator[tuple[str, str, dict[str, str], float]]:
    """The positions of each log and of those who follow it; nothing personal."""
    for service, unit in instance.units.items():
        labels = {"service": service}
        cursor = unit.store.cursors.cursor
        yield "log_position", "Last position of the log", labels, unit.store.log.head().position
        yield "relay_position", "Last position that the broker confirmed", labels, cursor(CURSOR)
        yield (
            "views_position",
            "Last position that the views have passed",
            labels,
            cursor(views_cursor(service)),
        )
        yield "reactions_position", "Last position that the reactions have passed", labels, cursor(OWN)
