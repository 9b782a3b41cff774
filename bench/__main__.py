"""What does `make bench` print? Every row of docs/benchmarks.md, measured side by side in one run.

`python -m bench [--quick] [NAME ...]`: `--quick` measures small and rough; names choose among the files here.
"""

import platform
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from bench.table import Row, as_table

SUBJECTS = (
    "append", "relay", "rebuild", "as_of", "latency", "idle", "matching", "ledger", "sealing", "erasures",
)  # fmt: skip


def main() -> int:
    """Measure and print; 0 also when a target is not reached: the table says so."""
    arguments = sys.argv[1:]
    quick = "--quick" in arguments
    chosen = [name for name in arguments if not name.startswith("-")] or list(SUBJECTS)
    unknown = set(chosen) - set(SUBJECTS)
    if unknown:
        print(
            f"There is no {', '.join(sorted(unknown))}; choose among {', '.join(SUBJECTS)}.", file=sys.stderr
        )
        return 2
    began, measured = time.perf_counter(), []
    for number, name in enumerate(chosen, start=1):
        print(f"[{number}/{len(chosen)}] {name} ...", file=sys.stderr, flush=True)
        rows: Callable[..., list[Row]] = import_module(f"bench.{name}").rows
        measured += rows(quick=quick)
    print(as_table(measured))
    took = timedelta(seconds=round(time.perf_counter() - began))
    print(f"\n{machine()}; {'quick and rough, ' if quick else ''}took {took}")
    return 0


def machine() -> str:
    """Where it was measured."""
    cpus = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = cpus[0].partition(":")[2].strip() if cpus else platform.machine()
    return (
        f"{len(cpus)} x {model}, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    sys.exit(main())
