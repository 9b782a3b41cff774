"""Do green threads that write to one SQLite file wait for each other, or freeze the process? With and without us."""

from shared.edge.green.patched import patch

patch()

import json  # noqa: E402 - patched first
import sqlite3  # noqa: E402
import sys  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from pathlib import Path  # noqa: E402

import eventlet  # noqa: E402

from shared.eventlog.migrations import migrate  # noqa: E402
from shared.eventlog.port import Append, Draft  # noqa: E402
from shared.eventlog.store import SqlStore  # noqa: E402
from tests.runtime.programs.ticks import turns_during  # noqa: E402

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
N_WRITERS, N_EACH = 20, 10


def without_a_lock(path: str) -> dict[str, object]:
    """A switch within a transaction, while another begins one: the bare driver."""
    first, second = (sqlite3.connect(path, timeout=0.3, isolation_level=None) for _ in range(2))
    first.execute("CREATE TABLE t (x)")
    errors: list[str] = []

    def begin() -> None:
        try:
            second.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            errors.append(str(error))

    def switch_in_between() -> None:
        first.execute("BEGIN IMMEDIATE")
        eventlet.spawn(begin).wait()
        first.execute("COMMIT")

    turns = turns_during(switch_in_between)
    return {"said": errors, "turns": turns}


def with_our_store(url: str) -> dict[str, object]:
    """Many writers at once, some of which are switched away from in the middle of a transaction."""
    migrate(url, "actors")
    store = SqlStore.open(url, service="actors", city_key="05124000", clock=lambda: NOON)

    def append(writer: int) -> None:
        for number in range(N_EACH):
            draft = Draft(
                id=f"e-{writer}-{number}",
                type="kosilab.actors.OrganisationVerified.v1",
                audience="open",
                time=NOON,
                data=b"{}",
            )
            store.log.append(
                Append(
                    stream=f"organisation-{writer}",
                    expected_version=number,
                    command_id=f"c-{writer}-{number}",
                    request_digest="d",
                    events=[draft],
                )
            )

    def dawdle(writer: int) -> None:
        for number in range(N_EACH):
            with store.transaction() as tx:
                store.cursors.move_cursor(f"reader-{writer}", expected=number, to=number + 1, within=tx)
                eventlet.sleep(0.001)  # what nobody should do there, and what must not freeze the others

    def all_at_once() -> None:
        threads = [eventlet.spawn(append, number) for number in range(N_WRITERS)]
        threads += [eventlet.spawn(dawdle, number) for number in range(3)]
        for thread in threads:
            thread.wait()

    turns = turns_during(all_at_once)
    positions = [stored.position for stored in store.log.read()]
    cursors = [store.cursors.cursor(f"reader-{number}") for number in range(3)]
    store.close()
    return {"positions": positions, "cursors": cursors, "turns": turns}


folder = Path(sys.argv[1])
print(
    json.dumps(
        {
            "bare": without_a_lock(str(folder / "bare.db")),
            "store": with_our_store(f"sqlite:///{folder / 'actors.db'}"),
        }
    )
)
