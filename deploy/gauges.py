"""Which figures does a process give to Prometheus? Positions, lags, parked messages, failures; nothing personal."""

from collections.abc import Iterator
from typing import TypeAlias

from deploy.history.marks import marks_of
from deploy.instance import Instance, Unit
from deploy.positions import positions, views_lag
from shared.bus.port import BusUnavailable
from shared.eventlog.parked import ParkedState
from shared.eventlog.port import LogUnavailable
from shared.ledger.note import BadNote

Gauge: TypeAlias = tuple[str, str, dict[str, str], float]

HELP = {
    "log": "Last position of the log",
    "relay": "Last position that the broker confirmed",
    "views": "Last position that the views have folded",
    "reactions": "Last position that the reactions have handled",
}


def gauges_of(instance: Instance) -> Iterator[Gauge]:
    """Name, help text, labels and value of each; when a database does not answer, only its own figures are missing."""
    for service, unit in instance.units.items():
        try:
            figures = [*_of_unit(service, unit), *_of_ledger(instance, service, unit)]
        except LogUnavailable:
            figures = []
        yield "database_up", "Whether the database answers", {"service": service}, float(bool(figures))
        yield from figures
    for loop in instance.loops:
        labels = {"loop": loop.name}
        yield "loop_failed", "Whether a background loop has stopped", labels, float(loop.failed is not None)
        yield "loop_failures_total", "Number of restarts of a loop", labels, loop.n_failures
    yield from _of_bus(instance)


def _of_unit(service: str, unit: Unit) -> Iterator[Gauge]:
    labels = {"service": service}
    at = positions(unit)
    for name, help_text in HELP.items():
        yield f"{name}_position", help_text, labels, at[name]
    yield "relay_lag", "Number of events waiting for the broker", labels, at["log"] - at["relay"]
    for reader, lag in views_lag(unit).items():
        yield "views_lag", "Number of events that the views have not folded", {**labels, "views": reader}, lag
    for source in unit.app.tables.follows:
        received = {**labels, "source": source}
        yield "inbox_position", "Last position received from a source", received, at[f"inbox:{source}"]
    counts = unit.store.parked.counts()
    for state in ParkedState:
        yield "parked", "Messages that could not be handled", {**labels, "state": state}, counts.get(state, 0)


def _of_ledger(instance: Instance, service: str, unit: Unit) -> Iterator[Gauge]:
    """No figures where a kept checkpoint can't be read: `kosilab doctor` says more."""
    store, labels = unit.store, {"service": service}
    try:
        origin, head = instance.ledger.origin(store), store.log.head().position
        marks = marks_of(origin, head, store.shelf, instance.policy)
    except BadNote:
        return
    yield "ledger_signed", "Number of records that the newest checkpoint covers", labels, marks.signed
    yield "ledger_witnessed", "Number of records that enough witnesses have cosigned", labels, marks.witnessed
    n_contradicted = len(unit.vouching.contradicted)
    yield "ledger_contradicted", "Witnesses that have seen another history", labels, n_contradicted


def _of_bus(instance: Instance) -> Iterator[Gauge]:
    if instance.works:
        try:
            n_unrouted = getattr(instance.bus, "n_unrouted", 0)
        except BusUnavailable:
            yield "broker_up", "Whether the broker answers", {}, 0
            return
        yield "broker_up", "Whether the broker answers", {}, 1
        yield "unrouted", "Messages that no inbox was bound to", {}, n_unrouted
