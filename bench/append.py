"""How fast does the log append, beside a library and beside the bare driver? `python -m bench.append` alone.

All rounds of a comparison alternate on one PostgreSQL server with fsync and synchronous_commit on; medians are shown.
"""

import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from bench.table import Row, as_table, at_least, at_most
from shared.eventlog.migrations import migrate
from shared.eventlog.port import Append, Done, Draft
from shared.eventlog.store import SqlStore
from shared.events.codec import encode_data
from shared.events.marketplace.offer import OfferPosted, OfferTerms
from shared.events.vocabulary import Category, OfferKind
from tests.servers import PostgresServer, running_postgres

PEERS = Path(__file__).parent / "peers"
PEER_PYTHON = Path(__file__).parent / ".venv" / "bin" / "python"
SERVICE = "marketplace"
OFFER_POSTED = "kosilab.marketplace.OfferPosted.v1"

POSTED = OfferPosted(
    organisation_id="0d3c2a5e-8a0c-4bb0-9d6e-0a4e0f1c2b3d",
    terms=OfferTerms(
        kind=OfferKind.EXCHANGE,
        title="Drei Fahrräder für die Verkehrserziehung",
        category=next(iter(Category)),
        district="Elberfeld",
        places=3,
        description="Gebraucht, geprüft und mit Licht; Abholung in der Werkstatt, dienstags und donnerstags.",
        skills=("fahrrad", "werkstatt", "verkehr"),
    ),
    current_until=datetime(2026, 2, 21, 10, 0, tzinfo=UTC),
)
PAYLOAD: dict[str, Any] = msgspec.json.decode(encode_data(POSTED))

_numbers = count(1)


def request(stream: str | None = None, events: int = 1) -> Append:
    """One command that posts an offer, or several events into one stream."""
    number = next(_numbers)
    data = encode_data(POSTED)
    drafts = [
        Draft(
            id=f"{number:08x}-0000-5000-8000-{part:012x}",
            type=OFFER_POSTED,
            audience="open",
            time=datetime.now(UTC),
            data=data,
            attributes={"authid": PAYLOAD["organisation_id"], "correlationid": f"{number:036x}"},
        )
        for part in range(events)
    ]
    return Append(
        stream=stream or f"offer-{number * 2654435761 % 2**32:08x}-{number}",
        expected_version=0,
        command_id=f"{number * 2246822519 % 2**32:08x}-{number:027x}",
        request_digest=f"{number:064x}",
        events=drafts,
    )


@contextmanager
def fresh_log(server: PostgresServer) -> Iterator[SqlStore]:
    """A log with nothing in it."""
    url = server.create_database()
    migrate(url, SERVICE)
    with closing(
        SqlStore.open(url, service=SERVICE, city_key="wuppertal", clock=lambda: datetime.now(UTC))
    ) as store:
        yield store
    server.drop_database(url)


def ours_per_s(store: SqlStore, events: int, threads: int = 1) -> float:
    """Events appended per second, one per commit asked for, by so many threads."""

    def work() -> None:
        for _ in range(events // threads):
            store.log.append(request())

    return events // threads * threads / in_threads(work, threads)


def in_threads(work: Callable[[], None], threads: int) -> float:
    """How long so many threads take, begun together [s]."""
    start = threading.Barrier(threads + 1)

    def run() -> None:
        start.wait()
        work()

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
    return time.perf_counter() - began


def bare_per_s(url: str, events: int, record: bytes) -> float:
    """One-row INSERT and COMMIT by bare psycopg, per second."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare (position bigserial PRIMARY KEY, record bytea)")
        connection.commit()
        began = time.perf_counter()
        for _ in range(events):
            connection.execute("INSERT INTO bare (record) VALUES (%s)", (record,))
            connection.commit()
        return events / (time.perf_counter() - began)


def peer(script: str, url: str, *arguments: int) -> dict[str, Any]:
    """What the peer says of itself, run in its own environment.

    Raises: RuntimeError when it fails.
    """
    command = [str(PEER_PYTHON), str(PEERS / script), url, *map(str, arguments)]
    done = subprocess.run(command, input=json.dumps(PAYLOAD), text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{script}: {done.stderr.strip()[-500:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def against_peer(server: PostgresServer, *, rounds: int, events: int) -> list[Row]:
    """One writer and eight, beside the `eventsourcing` library; one writer beside the bare driver."""
    ours: dict[int, list[float]] = {1: [], 8: []}
    theirs: dict[int, list[float]] = {1: [], 8: []}
    bare: list[float] = []
    version = ""
    with fresh_log(server) as store:
        store.log.append(request())
        record = store.log.read()[0].record
        peer_url, bare_url = server.create_database(), server.create_database()
        for _ in range(rounds):
            for threads in (1, 8):
                report = peer("eventsourcing_append.py", peer_url, threads, events)
                version = f"eventsourcing {report['version']}, psycopg {report['psycopg']}"
                theirs[threads].append(report["per_s"])
                ours[threads].append(ours_per_s(store, events, threads))
            bare.append(bare_per_s(bare_url, events, record))
        server.drop_database(peer_url)
        server.drop_database(bare_url)
    where = f"{conditions(server)}; {version}; record {len(record)} bytes; median of {rounds} rounds of {events} events"
    return [
        faster("append, one event per commit, 1 writer", ours[1], theirs[1], 1.3, where),
        faster("append, 8 concurrent writers", ours[8], theirs[8], 3, where),
        faster("append, 1 writer, beside one-row INSERT + COMMIT", ours[1], bare, 0.45, where),
    ]


def faster(what: str, ours: list[float], theirs: list[float], target: float, where: str) -> Row:
    """A row of two rates per second."""
    mine, other = statistics.median(ours), statistics.median(theirs)
    wanted, reached = at_least(target, mine / other)
    return Row(
        what=what,
        ours=f"{mine:,.0f}/s",
        peer=f"{other:,.0f}/s",
        ratio=mine / other,
        target=wanted,
        reached=reached,
        conditions=where,
    )


def fill(store: SqlStore, events: int) -> None:
    """Bring the log to so many events through its own bulk mode, up to 500 events a command."""
    there = store.log.head().position
    with store.log.bulk():
        while there < events:
            done = store.log.append(request(events=min(500, events - there)))
            if not isinstance(done, Done):
                raise TypeError(done)
            there = done.position


def at_size(server: PostgresServer, *, small: int, large: int, rounds: int, events: int) -> Row:
    """The time of an append in a large log beside that in a small one, measured by turns."""
    took: dict[int, list[float]] = {small: [], large: []}
    with fresh_log(server) as few, fresh_log(server) as many:
        logs = {small: few, large: many}
        for size, store in logs.items():
            fill(store, size)
        settle(server)
        for _ in range(rounds):
            for size, store in logs.items():
                took[size].append(1000 / ours_per_s(store, events))
    mine, other = (statistics.median(took[size]) for size in (large, small))
    wanted, reached = at_most(1.2, mine / other)
    return Row(
        what=f"append time at {large:,} events, beside at {small:,}",
        ours=f"{mine:.2f} ms",
        peer=f"{other:.2f} ms",
        ratio=mine / other,
        target=wanted,
        reached=reached,
        conditions=f"{conditions(server)}; by turns, median of {rounds} rounds of {events} events after a checkpoint",
    )


def settle(server: PostgresServer) -> None:
    """Let the server finish writing what the filling left behind."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def conditions(server: PostgresServer) -> str:
    """The server and its settings that matter."""
    with psycopg.connect(server.url()) as connection:
        names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
        shown = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in names}  # type: ignore[index]
    settings = ", ".join(f"{name} {value}" for name, value in list(shown.items())[1:])
    return f"PostgreSQL {shown['server_version'].split()[0]} ({settings}), psycopg {psycopg.__version__}"


def rows(*, quick: bool = False) -> list[Row]:
    """The rows of the log."""
    with running_postgres(fsync=True, own=True) as server:
        if quick:
            return [
                *against_peer(server, rounds=1, events=400),
                at_size(server, small=1_000, large=20_000, rounds=1, events=400),
            ]
        return [
            *against_peer(server, rounds=5, events=2_000),
            at_size(server, small=10_000, large=1_000_000, rounds=7, events=1_000),
        ]


if __name__ == "__main__":
    began = time.perf_counter()
    print(as_table(rows(quick="--quick" in sys.argv)))
    print(f"\ntook {timedelta(seconds=round(time.perf_counter() - began))}")
