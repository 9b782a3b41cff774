"""What does something personal cost on an append? A sealed slot and the ledger together, beside the same record bare.

`python -m bench.sealing` alone.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from bench.append import OFFER_POSTED, conditions, fresh_log, ours_per_s, request
from bench.ledger import vouching
from bench.table import Row, as_table, at_most
from shared.eventlog.port import Append
from shared.eventlog.store import SqlStore
from shared.kernel.sealed import Retention, Sealed
from shared.vault.migrations import VAULT_TABLES
from shared.vault.slots import seal_slots
from shared.vault.vault import Vault
from tests.servers import PostgresServer, running_postgres

PERSONS = 500
AT_ONCE = 50
"""How many appends of one kind come between those of another: often by turns, so that both meet the same disk."""

CONTACT = "erika.beispiel@example.org, 0202 123456"
_numbers = count(1)


@contextmanager
def fresh_vault(server: PostgresServer, folder: Path) -> Iterator[Vault]:
    """A vault that knows a few hundred persons."""
    url = server.create_database()
    VAULT_TABLES.migrate(url)
    with closing(Vault.open(url, folder / "keys", clock=lambda: datetime.now(UTC))) as vault:
        for number in range(PERSONS):
            vault.key_for_sealing(f"known-{number}", Retention.PROFILE)
        yield vault
    server.drop_database(url)


def known_person() -> str:
    """One of those that the vault knows."""
    return f"known-{next(_numbers) % PERSONS}"


def new_person() -> str:
    """One that it has never heard of."""
    return f"new-{next(_numbers)}"


def with_slot(vault: Vault, subject: str) -> Append:
    """The same command, its event with one sealed slot."""
    bare = request()
    (draft,) = bare.events
    contact = {"contact": Sealed(subject, Retention.PROFILE, CONTACT)}
    slots, digests = seal_slots(vault, draft.id, OFFER_POSTED, contact)
    sealed = replace(draft, slots=slots, attributes={**draft.attributes, "sealed": digests})
    return replace(bare, events=[sealed])


def ms(store: SqlStore, vault: Vault, whose: Callable[[], str], events: int) -> float:
    """The time of an append with one slot, the sealing included [ms]."""
    began = time.perf_counter()
    for _ in range(events):
        store.log.append(with_slot(vault, whose()))
    return 1000 * (time.perf_counter() - began) / events


def row(what: str, mine: list[float], other: list[float], target: float | None, where: str) -> Row:
    """A row of two times; without a target it is told, and not judged."""
    here, there = statistics.median(mine), statistics.median(other)
    wanted, reached = ("none", True) if target is None else at_most(target, here / there)
    return Row(
        what=what,
        ours=f"{here:.2f} ms",
        peer=f"{there:.2f} ms",
        ratio=here / there,
        target=wanted,
        reached=reached,
        conditions=where,
    )


def measured(server: PostgresServer, folder: Path, *, rounds: int) -> list[Row]:
    """By turns: bare; with a slot of somebody known and the ledger at work; with the first slot of somebody new."""
    bare, later, new = [], [], []
    with fresh_log(server) as plain, fresh_log(server) as watched, fresh_vault(server, folder) as vault:
        stopping = threading.Event()
        loop = threading.Thread(target=vouching(watched, folder).run, args=(stopping,))
        loop.start()
        for _ in range(rounds):
            bare.append(1000 / ours_per_s(plain, AT_ONCE))
            later.append(ms(watched, vault, known_person, AT_ONCE))
            new.append(ms(watched, vault, new_person, AT_ONCE // 10))
        stopping.set()
        loop.join()
    where = (
        f"{conditions(server)}; sealing and a ledger at work on the one side, neither on the other; by turns, "
        f"median of {rounds} x {AT_ONCE}"
    )
    return [
        row("append with one sealed slot of a known person, its ledger at work", later, bare, 1.25, where),
        row("append with the first sealed slot of a new person, its ledger at work", new, bare, None, where),
    ]


def rows(*, quick: bool = False) -> list[Row]:
    """The rows of sealing."""
    with tempfile.TemporaryDirectory() as folder, running_postgres(fsync=True, own=True) as server:
        return measured(server, Path(folder), rounds=20 if quick else 200)


if __name__ == "__main__":
    print(as_table(rows(quick="--quick" in sys.argv)))
