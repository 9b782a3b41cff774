"""How fast does the `eventsourcing` library append one event per commit? Runs in the peer's own environment.

`python eventsourcing_append.py URL THREADS EVENTS`: its public application interface, its safe default, our payload
(JSON on standard input). Prints the events per second of all threads together.
"""

import json
import os
import sys
import threading
import time
from importlib.metadata import version
from urllib.parse import urlsplit


def environment(url: str) -> dict[str, str]:
    """The library's settings for a PostgreSQL database; everything else is its default."""
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.lstrip("/"),
        "POSTGRES_HOST": parts.hostname or "127.0.0.1",
        "POSTGRES_PORT": str(parts.port or 5432),
        "POSTGRES_USER": parts.username or "postgres",
        "POSTGRES_PASSWORD": parts.password or "",
    }


os.environ.update(environment(sys.argv[1]))

from eventsourcing.application import Application  # noqa: E402 - reads the environment
from eventsourcing.domain import Aggregate, event  # noqa: E402


class Offer(Aggregate):
    """One aggregate per offer, as one stream per offer with us."""

    @event("Posted")
    def __init__(self, terms: dict[str, object]) -> None:
        self.terms = terms


class Offers(Application):
    """An application that posts offers."""

    log_section_size = 1000  # used by the reader only; the default of 10 would cost it round trips

    def post(self, terms: dict[str, object]) -> None:
        """Post an offer: one event, one commit."""
        self.save(Offer(terms))


def main() -> None:
    """Measure."""
    threads, events = int(sys.argv[2]), int(sys.argv[3])
    terms = json.load(sys.stdin)
    offers = Offers()
    for _ in range(100):
        offers.post(terms)
    start = threading.Barrier(threads + 1)

    def work() -> None:
        start.wait()
        for _ in range(events // threads):
            offers.post(terms)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
    per_s = events // threads * threads / (time.perf_counter() - began)
    offers.close()
    print(json.dumps({"per_s": per_s, "version": version("eventsourcing"), "psycopg": version("psycopg")}))


if __name__ == "__main__":
    main()
