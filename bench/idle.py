"""How much of a core does a city take in which nobody does anything? Embedded in one process, and in four processes.

`python -m bench.idle` alone. What counts is the processor time of the services' processes, not the database's or the
broker's; each city has some events, has come to rest, and is then left alone.
"""

import sys
import tempfile
import time
from pathlib import Path

from bench.cpu import cpu_s
from bench.latency import city
from bench.table import Row, as_table, at_most
from shared.events.registry import SERVICES
from shared.service.tables import Role
from tests.edge.process import Served
from tests.system.load import send
from tests.system.work import posters, postings

SETTLES_S = 20.0
"""How long a city is given to come to rest [s]: its first checkpoint is signed meanwhile."""

ONE_PERCENT = 0.01


def share_of_a_core(pids: list[int], seconds: float) -> float:
    """How much of a core these processes take while nothing happens [1]."""
    time.sleep(SETTLES_S)
    before, began = cpu_s(pids), time.perf_counter()
    time.sleep(seconds)
    return (cpu_s(pids) - before) / (time.perf_counter() - began)


def embedded(seconds: float) -> float:
    """A whole city in one process, as `kosilab up` starts it."""
    with tempfile.TemporaryDirectory(prefix="kosilab-bench-") as folder:
        served = Served(Path(folder))
        served.start()
        try:
            with served.connect() as wire:
                body = b'{"context": "volunteering"}'
                wire.say(
                    "POST /actors/persons HTTP/1.1",
                    "Host: city",
                    "Content-Type: application/json",
                    f"Content-Length: {len(body)}",
                    f"Authorization: Bearer {served.token(Role.COORDINATOR)}",
                    body=body,
                )
                wire.answer()
            return share_of_a_core([served.pid], seconds)
        finally:
            served.kill()


def in_four_processes(seconds: float) -> tuple[float, str]:
    """A process for each service, with RabbitMQ and PostgreSQL; and the conditions."""
    with city() as (cluster, where):
        for command in postings(cluster, "idle", 20, posters(cluster, "idle")):
            send(command, {})
        return share_of_a_core([cluster.pid(service) for service in SERVICES], seconds), where


def rows(*, quick: bool = False) -> list[Row]:
    """Both ways of running a city."""
    seconds = 10.0 if quick else 30.0
    whole = embedded(seconds)
    four, where = in_four_processes(seconds)
    waited = f"processor time of the services over {seconds:.0f} s"
    return [
        _row("an idle city, embedded", whole, 1, f"SQLite, one process; {waited}"),
        _row("an idle city, four processes together", four, 2, f"{where}; {waited}"),
    ]


def _row(what: str, share: float, percent: float, conditions: str) -> Row:
    ratio = share / (percent * ONE_PERCENT)
    _, reached = at_most(1, ratio)
    return Row(
        what=what,
        ours=f"{100 * share:.2f} % of a core",
        peer=f"target {percent:g} %",
        ratio=ratio,
        target="<= 1x",
        reached=reached,
        conditions=conditions,
    )


if __name__ == "__main__":
    print(as_table(rows(quick="--quick" in sys.argv)))
