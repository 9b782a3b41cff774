"""Does every command that writes run beside a busy city, again and again? `make soak` prints how often, and how long.

    python -m tests.beside.soak --imports 200 --others 10 --seconds 1500

It starts a city on files and one on a PostgreSQL server, with clients that post all the time, and stops at the first
command that fails.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.beside.city import BusyCity, busy, databases_on, organisations_file
from tests.beside.commands import IMPORT, OTHERS, Writing
from tests.beside.neighbour import Neighbour
from tests.servers import running_postgres

STORES = ("sqlite", "postgres")
N_OFFERS = 20


@contextmanager
def city_on(kind: str) -> Iterator[tuple[BusyCity, Path]]:
    """A busy city on files or on a server, and a folder for files."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="kosilab-soak-")))
        urls = {}
        if kind == "postgres":
            server = opened.enter_context(running_postgres(fsync=True, own=True))
            urls = opened.enter_context(databases_on(server))
        yield opened.enter_context(busy(folder, urls)), folder


def soak(kind: str, n_imports: int, n_others: int, within_s: float) -> None:
    """Run the commands beside a city; stop when the time [s] is over, and say how far it came.

    Raises: AssertionError at the first command that fails.
    """
    until = monotonic() + within_s
    with city_on(kind) as (city, folder), city.neighbour() as neighbour:
        assert neighbour.call("import", str(organisations_file(folder))).code == 0
        n_before, begun_at = city.answers[201], monotonic()
        counts = {IMPORT: n_imports, **dict.fromkeys(OTHERS, n_others)}
        for command in (IMPORT, *OTHERS):
            took = list(_timed(command, counts[command], city, neighbour, folder, until))
            if took:
                print(f"{kind:9} {command.name:15} {_summary(took)}", flush=True)
        n_posted, lasted_s = city.answers[201] - n_before, monotonic() - begun_at
        print(
            f"{kind:9} the city took {n_posted / lasted_s:.0f} postings/s meanwhile; answers {dict(city.answers)}"
        )
        city.rest()
        verified = neighbour.call("views", "verify")
        assert verified.code == 0, verified


def _timed(
    command: Writing, n: int, city: BusyCity, neighbour: Neighbour, folder: Path, until: float
) -> Iterator[float]:
    for number in range(n):
        if monotonic() > until:
            return
        begun_at = monotonic()
        command.call(city, neighbour, folder, number)
        yield monotonic() - begun_at


def _summary(took: list[float]) -> str:
    middle, longest = statistics.median(took), max(took)
    return f"{len(took):4} times, 0 failed; median {middle:.2f} s, longest {longest:.2f} s"


def main() -> int:
    """Soak the stores that the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--imports", type=int, default=200)
    parser.add_argument("--others", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=1500, help="for each store")
    parser.add_argument("--store", choices=STORES, action="append")
    chosen = parser.parse_args()
    for kind in chosen.store or STORES:
        soak(kind, chosen.imports, chosen.others, chosen.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
