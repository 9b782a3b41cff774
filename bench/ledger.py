"""How fast is a history verified, how small is a proof, is tampering found? `python -m bench.ledger` alone."""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from bench.append import OFFER_POSTED, POSTED, conditions, fresh_log, ours_per_s
from bench.long_history import LongHistory
from bench.table import Row, as_table
from shared.eventlog.store import SqlStore
from shared.events.codec import encode_data
from shared.ledger.export import Source, export
from shared.ledger.issuer import CheckpointIssuer
from shared.ledger.keys import keyring
from shared.ledger.policy import Policy, parse_policy
from shared.ledger.proof import parse_proof, record_proof
from shared.ledger.remembered import Remembered
from shared.service.vouching import Vouching
from tests.servers import PostgresServer, running_postgres
from tests.shared.ledger.both import VERIFY
from tests.shared.ledger.small_city import CITY_KEY, WITNESSES, LogAtWork, origin, policy_of, signer
from tests.shared.ledger.tampering import WAYS
from tests.shared.ledger.trial import Trials

SERVICE = "marketplace"
MIB = 1024
POLL_S = 0.02
PROOFS = 200


@dataclass(frozen=True, slots=True)
class Run:
    """What a process and its children took: time [s], and memory at its largest [MiB]."""

    seconds: float
    mib: float


def long_log(folder: Path, size: int) -> tuple[LongHistory, LogAtWork, Policy]:
    """A history of this size with its tree in a database and a cosigned checkpoint."""
    beside = LogAtWork(SERVICE, folder)
    log = LongHistory(size, encode_data(POSTED), city_key=CITY_KEY, service=SERVICE, type_name=OFFER_POSTED)
    issuer = CheckpointIssuer(log, beside.store.shelf, signer(origin(SERVICE)), beside.remembered)
    while issuer.step(beside.now):
        pass
    note, at = beside.store.shelf.checkpoints(issuer.origin)[0]
    text = note.partition("\n\n")[0] + "\n"
    cosigned = "".join(str(witness.cosign(text, at)) for witness in WITNESSES.values())
    beside.store.shelf.put_checkpoint(issuer.origin, size, note + cosigned, at)
    return log, beside, parse_policy(policy_of([SERVICE], 2))


def written(folder: Path, log: LongHistory, beside: LogAtWork) -> Path:
    """The export of a history."""
    source = Source(service=SERVICE, origin=origin(SERVICE), log=log, shelf=beside.store.shelf)
    export([source], folder / "out", policy_of([SERVICE], 2))
    return folder / "out"


def run(*command: str) -> Run:
    """Run it and watch its memory, its children's included.

    Raises: RuntimeError when it does not find all well.
    """
    largest, began = 0, time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            largest = max(largest, sum(map(_resident, _family(process.pid))))
            time.sleep(POLL_S)
        took = time.perf_counter() - began
        output = process.stdout.read() if process.stdout else ""
    if process.returncode != 0:
        raise RuntimeError(output)
    return Run(took, largest / MIB)


def _family(pid: int) -> list[int]:
    processes = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(each) for each in task.read_text().split()]
        except OSError:
            children = []
        processes += [each for child in children for each in _family(child)]
    return processes


def _resident(pid: int) -> int:
    """A process's share of memory [KiB]; what it has in common with others counts in part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def within(what: str, reached: float, target: float, unit: str, where: str) -> Row:
    """A row of a figure that must not be larger than the target."""
    return Row(
        what=what,
        ours=f"{reached:,.1f} {unit}",
        peer=f"target {target:,.0f} {unit}",
        ratio=reached / target,
        target="<= 1x",
        reached=reached <= target,
        conditions=where,
    )


def verifying(folder: Path, size: int, target_s: float, rounds: int) -> list[Row]:
    """How long both verifiers take for a history of this size, the first one's memory, and a proof of one record."""
    log, beside, policy = long_log(folder, size)
    out = str(written(folder, log, beside))
    runs = [run(sys.executable, str(VERIFY), out) for _ in range(rounds)]
    node = statistics.median(run("node", str(VERIFY.with_suffix(".mjs")), out).seconds for _ in range(rounds))
    where = f"{os.cpu_count()} cores; records of {len(log.read(limit=1)[0].record)} bytes; median of {rounds} rounds"
    rows = [
        within(
            f"verify {size:,} records", statistics.median(run.seconds for run in runs), target_s, "s", where
        ),
        within(f"verify {size:,} records, memory", max(run.mib for run in runs), 300, "MiB", where),
        within(f"verify {size:,} records in JavaScript", node, 3 * target_s, "s", f"{where}; one process"),
        *proving(log, beside, policy, size),
    ]
    beside.store.close()
    return rows


def proving(log: LongHistory, beside: LogAtWork, policy: Policy, size: int) -> list[Row]:
    """What a proof of one record takes to make and to check, and how large it is."""
    made, checked, largest, ring = [], [], 0, keyring(policy.logs, [])
    for position in range(1, size + 1, max(1, size // PROOFS)):
        (stored,) = log.read(after=position - 1, limit=1)
        began = time.perf_counter()
        text = str(record_proof(origin(SERVICE), beside.store.shelf, position, policy))
        made.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        proof = parse_proof(text)
        if not (proof.shows(stored.record) and proof.is_vouched_for(ring, policy)):
            raise RuntimeError(text)
        checked.append(1000 * (time.perf_counter() - began))
        largest = max(largest, len(text))
    where = f"a record among {size:,}, tree in a SQLite file, two cosignatures; median of {len(made)}"
    return [
        within(f"proof at {size:,}, made", statistics.median(made), 50, "ms", where),
        within(f"proof at {size:,}, checked", statistics.median(checked), 10, "ms", where),
        within(f"proof at {size:,}, size", largest, 2560, "bytes", where),
    ]


def tampering(server: PostgresServer, folder: Path, n: int, n_clean: int) -> list[Row]:
    """How many tamperings are found, and how many alarms are false."""
    trials = Trials(folder, server)
    n_found = sum(trials.run(seed).is_found for seed in range(n))
    alarms = sum(trials.clean(seed) for seed in range(n_clean))
    where = (
        f"{len(WAYS)} ways in turn, by SQL as the superuser of a live PostgreSQL database without its triggers; "
        "seven in ten covered up with all hashes made anew and signed with the log's key"
    )
    return [
        Row(
            what="random tamperings found, one checkpoint seen before",
            ours=f"{n_found:,}",
            peer=f"of {n:,}",
            ratio=n_found / n,
            target=">= 1x",
            reached=n_found == n,
            conditions=where,
        ),
        Row(
            what="false alarms on clean histories",
            ours=f"{alarms:,}",
            peer=f"of {n_clean:,}",
            ratio=alarms / n_clean,
            target="<= 0x",
            reached=alarms == 0,
            conditions=where,
        ),
    ]


def appending(server: PostgresServer, folder: Path, *, rounds: int, events: int) -> Row:
    """The time of an append while the tree follows and checkpoints are signed, beside without."""
    alone, vouched = [], []
    with fresh_log(server) as plain, fresh_log(server) as watched:
        stopping = threading.Event()
        loop = threading.Thread(target=vouching(watched, folder).run, args=(stopping,))
        loop.start()
        for _ in range(rounds):
            alone.append(1000 / ours_per_s(plain, events))
            vouched.append(1000 / ours_per_s(watched, events))
        stopping.set()
        loop.join()
    mine, other = statistics.median(vouched), statistics.median(alone)
    return Row(
        what="append while its ledger is at work",
        ours=f"{mine:.2f} ms",
        peer=f"{other:.2f} ms",
        ratio=mine / other,
        target="<= 1.25x",
        reached=mine <= 1.25 * other,
        conditions=f"{conditions(server)}; the ledger's share alone, no sealed slot; median of {rounds} x {events}",
    )


def vouching(store: SqlStore, folder: Path) -> Vouching:
    """The loop that vouches for this log."""
    issuer = CheckpointIssuer(
        store.log, store.shelf, signer(origin(SERVICE)), Remembered(folder / "append.db")
    )
    return Vouching(store.log, issuer)


def rows(*, quick: bool = False) -> list[Row]:
    """The rows of the ledger."""
    sizes = [(20_000, 5.0, 1)] if quick else [(100_000, 5.0, 3), (1_000_000, 45.0, 1)]
    measured: list[Row] = []
    for size, target_s, rounds in sizes:
        with tempfile.TemporaryDirectory() as folder:
            measured += verifying(Path(folder), size, target_s, rounds)
    with tempfile.TemporaryDirectory() as folder, running_postgres(fsync=False, own=True) as server:
        measured += tampering(server, Path(folder), *((50, 10) if quick else (1_000, 100)))
    with tempfile.TemporaryDirectory() as folder, running_postgres(fsync=True, own=True) as server:
        measured.append(
            appending(server, Path(folder), rounds=1 if quick else 5, events=400 if quick else 2_000)
        )
    return measured


if __name__ == "__main__":
    print(as_table(rows(quick="--quick" in sys.argv)))
