"""How much processor time have processes taken?"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def cpu_s(pids: Iterable[int]) -> float:
    """Processor time of these processes and their threads [s]."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):  # it ended meanwhile
                total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9
