"""How long from a command over HTTP until a fact shows it, and at what cost, beside a pipeline of the bare parts?

A process per service, RabbitMQ and PostgreSQL on this machine, the client too; beside them the two processes of
`bench.bare`. By turns the one and the other get the same commands, each at its appointed time. The time runs from the
moment at which a command was to be sent, so that one who waits for a late answer does not hide it. At the end each is
sent as many as it takes. `python -m bench.latency` alone.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

from bench.append import conditions
from bench.bare import Bare
from bench.cpu import cpu_s
from bench.table import Row, as_table, at_most
from shared.events.registry import SERVICES
from tests.servers import running_postgres, running_rabbit
from tests.system.cluster import Cluster
from tests.system.load import Command, Connections, send
from tests.system.work import posters, postings

PER_S = 100  # [1/s]
CLIENTS = 24
LOOK_S = 0.001
WARM_UP = 400
ROUNDS = 5
P50_RATIO, CPU_RATIO = 2.0, 2.5
FACTS = "SELECT position FROM cursor WHERE name = 'facts:marketplace'"
"""The cursor moves in the transaction that writes the facts."""

BARE_FACTS = "SELECT max(position) FROM fact"


class Watch:
    """Notes when which position became visible in a fact."""

    def __init__(self, url: str, query: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._query = query
        self._seen: list[tuple[float, int]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        last = 0
        while not self._stopping.wait(LOOK_S):
            newest = self._connection.execute(self._query, prepare=True).fetchone()
            if newest is not None and (newest[0] or 0) > last:
                last = int(newest[0])
                self._seen.append((time.perf_counter(), last))

    def visible_at(self, position: int) -> float | None:
        """When this position became visible [s]."""
        return next((at for at, passed in self._seen if passed >= position), None)

    def close(self) -> None:
        """Look no more."""
        self._stopping.set()
        self._thread.join()
        self._connection.close()


@dataclass(slots=True)
class Side:
    """What is measured of one of the two: times [ms], and processor time of its processes for a command [ms]."""

    url: str
    query: str
    pids: list[int]
    to_answer: list[float] = field(default_factory=list)
    to_fact: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def measure(self, commands: Sequence[Command]) -> None:
        """Send these at their times, and keep what they took."""
        before = cpu_s(self.pids)
        due = [n / PER_S for n in range(len(commands))]
        to_answer, to_fact = run(commands, self.url, self.query, due)
        self.cpu_ms.append(1000 * (cpu_s(self.pids) - before) / len(commands))
        self.to_answer += to_answer
        self.to_fact += to_fact

    def most_per_s(self, commands: Sequence[Command]) -> float:
        """How many commands become facts in a second when each client sends its next as soon as it has an answer."""
        _, to_fact = run(commands, self.url, self.query, [0.0] * len(commands))
        return 1000 * len(commands) / max(to_fact)


def run(
    commands: Sequence[Command], url: str, query: str, due: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Send each command at its time: how long until its answer, and until its fact is visible [ms]."""
    watch, numbers = Watch(url, query), count()
    answered: dict[int, float] = {}
    began = time.perf_counter() + 0.2

    def client() -> None:
        connections: Connections = {}
        while (number := next(numbers)) < len(commands):
            time.sleep(max(0.0, began + due[number] - time.perf_counter()))
            status, answer = send(commands[number], connections)
            answered[number] = time.perf_counter()
            if status != 201:
                raise RuntimeError(f"{commands[number].path}: {status} {answer}")
            commands[number].answer = answer

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    positions = [command.answer["position"] for command in commands if command.answer]
    until = time.perf_counter() + 60
    while watch.visible_at(max(positions)) is None and time.perf_counter() < until:
        time.sleep(0.01)
    watch.close()
    to_answer = [1000 * (answered[n] - began - due[n]) for n in range(len(commands))]
    to_fact = [
        1000 * ((watch.visible_at(position) or until) - began - due[n])
        for n, position in enumerate(positions)
    ]
    return to_answer, to_fact


@contextmanager
def city() -> Iterator[tuple[Cluster, str]]:
    """A city at work, and its conditions."""
    with (
        running_rabbit(own=True) as rabbit,
        running_postgres(own=True) as postgres,
        tempfile.TemporaryDirectory(prefix="kosilab-bench-") as folder,
    ):
        cluster = Cluster(rabbit, postgres, Path(folder))
        try:
            cluster.start(*SERVICES)
            yield (
                cluster,
                f"{conditions(postgres)}, RabbitMQ {rabbit.api('GET', '/overview')['rabbitmq_version']}",
            )
        finally:
            cluster.close()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def rows(*, quick: bool = False) -> list[Row]:
    """Times and cost beside the bare pipeline, and what both carry at most."""
    rounds, seconds = (2, 4) if quick else (ROUNDS, 10)
    with city() as (cluster, where):
        by, url = posters(cluster, "bench"), cluster.postgres.create_database()
        bare_broker = cluster.rabbit.new_vhost()
        with closing(Bare(url, bare_broker, cluster.folder, cluster.environment)) as bare:
            ours = Side(cluster.databases["reporting"], FACTS, [cluster.pid(service) for service in SERVICES])
            least = Side(url, BARE_FACTS, bare.pids)
            for number in range(-1, rounds):
                n = WARM_UP if number < 0 else seconds * PER_S
                commands = list(postings(cluster, f"round {number}", n, by))
                least.measure(bare.taking(commands))
                ours.measure(commands)
                if number < 0:
                    _forget(least, ours)
            commands = list(postings(cluster, "most", 10 * n, by))[: 2000 if quick else 6000]
            carried = least.most_per_s(bare.taking(commands)), ours.most_per_s(commands)
    shown = (
        f"{where}; {PER_S} commands/s, by turns, {rounds} x {seconds} s each; 4 processes, the 2 of the bare "
        "pipeline, servers and client on this machine; processor time of the processes alone"
    )
    return _rows(ours, least, carried, shown)


def _forget(*sides: Side) -> None:
    for side in sides:
        side.to_answer, side.to_fact, side.cpu_ms = [], [], []


def _rows(ours: Side, least: Side, carried: tuple[float, float], conditions_of_run: str) -> list[Row]:
    def row(what: str, mine: float, other: float, unit: str, target: float | None = None) -> Row:
        wanted, reached = at_most(target, mine / other) if target else ("none", True)
        return Row(
            what=what,
            ours=f"{mine:,.1f} {unit}",
            peer=f"{other:,.1f} {unit}",
            ratio=mine / other,
            target=wanted,
            reached=reached,
            conditions=conditions_of_run,
        )

    way = "command over HTTP to visible in a reporting fact"
    return [
        row(
            f"{way}, p50, beside the bare parts",
            statistics.median(ours.to_fact),
            statistics.median(least.to_fact),
            "ms",
            P50_RATIO,
        ),
        row(
            f"{way}, p99, beside the bare parts",
            percentile(ours.to_fact, 0.99),
            percentile(least.to_fact, 0.99),
            "ms",
        ),
        row(
            "its answer, p50, beside the bare parts",
            statistics.median(ours.to_answer),
            statistics.median(least.to_answer),
            "ms",
        ),
        row(
            "processor time for a command, beside the bare parts",
            statistics.median(ours.cpu_ms),
            statistics.median(least.cpu_ms),
            "ms",
            CPU_RATIO,
        ),
        row("commands that 2 cores carry, all the way to the fact", carried[1], carried[0], "/s"),
    ]


if __name__ == "__main__":
    print(as_table(rows(quick="--quick" in sys.argv)))
