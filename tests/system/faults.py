"""What is done to the city while many commands are under way? Each fault ends when enough of them were hit by it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain

from shared.eventlog.store import SqlStore
from shared.events.registry import SERVICES
from shared.service.relay import CURSOR
from shared.service.tables import Caller
from tests.servers import until
from tests.system.checks import (
    acknowledged_commands_once,
    await_quiet,
    facts_are_the_replay,
    history_is_the_logs,
    logs_without_gap,
    nothing_is_parked,
    posted_once,
    reactions_once,
    read_logs,
    watcher_saw_all,
)
from tests.system.cluster import Cluster
from tests.system.load import Command, Load
from tests.system.work import names_in, postings, registrations

HIT = 1_000
"""How many commands a fault has to hit."""

BEFORE = 150
"""How many are answered before it begins: it comes in the middle."""

AFTER = 250
"""How many are answered in any case after the fault."""

ALL = BEFORE + HIT + AFTER


UNDER_LOAD = ("actors", "marketplace")
"""The services that the commands are for."""


@dataclass(slots=True)
class Run:
    """What happened in one run: the commands, how many the fault hit, and from where on the watcher listened."""

    commands: Sequence[Command]
    n_hit: int = 0
    heard_after: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(SERVICES, 0))


def broker_killed(
    cluster: Cluster, name: str, by: Sequence[Caller], *, n_hit: int = HIT, n_all: int = ALL
) -> Run:
    """SIGKILL to the broker; it comes back with its data when so many records wait for it."""
    run = Run([], heard_after=relayed(cluster))
    # Before the load: its program takes seconds to start on a busy machine, in which all would be sent and relayed.
    cluster.rabbit.settle()
    with under_load(cluster, run, name, by, n_all=n_all) as load:
        cluster.rabbit.kill()
        run.n_hit = await_waiting(cluster, n_hit)
        cluster.rabbit.start()
        load.finish()
    return run


def broker_wiped(cluster: Cluster, name: str, by: Sequence[Caller]) -> Run:
    """The broker loses all its data; it lets somebody in again when so many records wait for it."""
    run = Run([])
    with under_load(cluster, run, name, by) as load:
        cluster.rabbit.wipe()
        run.n_hit = await_waiting(cluster, HIT)
        run.heard_after = relayed(cluster)
        cluster.broker.set_up()
        load.finish()
    return run


def database_restarted(cluster: Cluster, name: str, by: Sequence[Caller]) -> Run:
    """The database goes down; it comes back when the outcome of so many commands is unknown."""
    run = Run([], heard_after=relayed(cluster))
    with under_load(cluster, run, name, by) as load:
        cluster.postgres.stop()
        until(lambda: load.n_unknown >= HIT, f"{HIT} outcomes are unknown", within=180)
        run.n_hit = load.n_unknown
        cluster.postgres.start()
        load.finish()
    return run


@contextmanager
def under_load(
    cluster: Cluster, run: Run, name: str, by: Sequence[Caller], *, n_all: int = ALL
) -> Iterator[Load]:
    """Many clients that keep sending; the block begins in the middle of it."""
    half = n_all // 2
    pairs = zip(registrations(cluster, name, half), postings(cluster, name, half, by), strict=True)
    load = Load(chain.from_iterable(pairs))
    run.commands = load.commands
    load.start()
    try:
        until(lambda: load.n_answered >= BEFORE, f"{BEFORE} commands are answered", within=180)
        yield load
    finally:
        load.stop()


def relayed(cluster: Cluster) -> dict[str, int]:
    """How far each relay has come."""
    positions = {}
    for service in SERVICES:
        with cluster.store(service) as store:
            positions[service] = store.cursors.cursor(CURSOR)
    return positions


def n_waiting(cluster: Cluster) -> int:
    """How many records no relay has brought to the broker yet."""
    with ExitStack() as opened:
        return _n_waiting([opened.enter_context(cluster.store(service)) for service in UNDER_LOAD])


def await_waiting(cluster: Cluster, n_hit: int) -> int:
    """Wait until so many records wait for the broker; how many do then."""
    with ExitStack() as opened:
        stores = [opened.enter_context(cluster.store(service)) for service in UNDER_LOAD]
        until(lambda: _n_waiting(stores) >= n_hit, f"{n_hit} records wait for the broker", within=180)
        return _n_waiting(stores)


def _n_waiting(stores: Sequence[SqlStore]) -> int:
    return sum(store.log.head().position - store.cursors.cursor(CURSOR) for store in stores)


def what_went_wrong(cluster: Cluster, run: Run) -> list[str]:
    """Whatever is not as it was promised, once all is quiet."""
    logs = read_logs(cluster, await_quiet(cluster))
    return [
        *logs_without_gap(logs),
        *acknowledged_commands_once(logs, run.commands),
        *posted_once(logs, names_in(run.commands)),
        *reactions_once(logs),
        *history_is_the_logs(cluster, logs),
        *facts_are_the_replay(cluster),
        *nothing_is_parked(cluster),
        *watcher_saw_all(cluster.broker.take_out(), logs, run.heard_after),
    ]
