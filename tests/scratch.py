"""Where do tests keep their files? In memory where there is room: nothing of theirs outlives the machine anyway.

A flush to a disk takes milliseconds, and every command of every test is flushed. What tests end is processes, never the
machine, and what a killed process had written is there in memory as on a disk.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 6 << 30
"""How much has to be free [B]: a whole run needs a third of it at most."""

AVAILABLE = "MemAvailable"
UNIT = 1024


def take_memory() -> None:
    """Have temporary files made in memory from now on, by this process and all that it starts."""
    if folder := in_memory(os.environ):
        os.environ["TMPDIR"] = str(folder)
        tempfile.tempdir = None  # to be asked for anew


def scratch_folder(prefix: str) -> Path:
    """A folder for what a process makes once and copies; it is gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def in_memory(environment: Mapping[str, str]) -> Path | None:
    """The folder; None where another one is asked for, there is none, or no room in it."""
    if "TMPDIR" in environment or not MEMORY.is_dir():
        return None
    return MEMORY if min(shutil.disk_usage(MEMORY).free, _available()) >= ROOM else None


def _available() -> int:
    """How much memory programs can still have [B]."""
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        name, _, amount = line.partition(":")
        if name == AVAILABLE:
            return int(amount.split()[0]) * UNIT
    return 0
