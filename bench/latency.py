"""How long from a command over HTTP until a reporting fact shows it? At 100 commands/s, each at its appointed time.

A process per service, RabbitMQ and PostgreSQL on this machine, the client too. The time runs from the moment at which
a command was to be sent, so that one who waits for a late answer does not hide it. `python -m bench.latency` alone.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

from bench.append import conditions
from bench.table import Row, as_table
from shared.events.registry import SERVICES
from tests.servers import running_postgres, running_rabbit
from tests.system.cluster import Cluster
from tests.system.load import Command, Connections, send
from tests.system.work import posters, postings

PER_S = 100  # [1/s]
CLIENTS = 24
LOOK_S = 0.001
WARM_UP_S = 4.0
P50_MS, P99_MS = 30.0, 150.0


class Watch:
    """Notes when which position of the marketplace became visible in a fact."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._seen: list[tuple[float, int]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        # The cursor moves in the transaction that writes the facts.
        query = "SELECT position FROM cursor WHERE name = 'facts:marketplace'"
        last = 0
        while not self._stopping.wait(LOOK_S):
            newest = self._connection.execute(query, prepare=True).fetchone()
            if newest is not None and newest[0] > last:
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


def run(commands: Sequence[Command], url: str) -> tuple[list[float], list[float]]:
    """Send each command at its time: how long until its answer, and until its fact is visible [ms]."""
    watch, numbers = Watch(url), count()
    answered: dict[int, float] = {}
    due = [n / PER_S for n in range(len(commands))]
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
    until = time.perf_counter() + 30
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
    """Median and 99th percentile."""
    seconds = 5 if quick else 30
    with city() as (cluster, where):
        by = posters(cluster, "bench")
        url = cluster.databases["reporting"]
        run(list(postings(cluster, "warm-up", int(WARM_UP_S * PER_S), by)), url)
        to_answer, to_fact = run(list(postings(cluster, "bench", seconds * PER_S, by)), url)
    shown = f"{where}; {PER_S} commands/s for {seconds} s, 4 processes and the client on this machine"
    return [
        _row("p50", statistics.median(to_fact), P50_MS, statistics.median(to_answer), shown),
        _row("p99", percentile(to_fact, 0.99), P99_MS, percentile(to_answer, 0.99), shown),
    ]


def _row(which: str, to_fact: float, target: float, to_answer: float, where: str) -> Row:
    return Row(
        what=f"command over HTTP to visible in a reporting fact, {which}",
        ours=f"{to_fact:.0f} ms",
        peer=f"its answer: {to_answer:.0f} ms",
        ratio=to_fact / target,
        target=f"<= {target:.0f} ms (1x)",
        reached=to_fact <= target,
        conditions=where,
    )


if __name__ == "__main__":
    print(as_table(rows(quick="--quick" in sys.argv)))
