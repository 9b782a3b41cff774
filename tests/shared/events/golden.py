"""Where do the golden samples lie? One line per record, in a file per owner (shared/events/CHANGING.md)."""

from pathlib import Path

import msgspec

import shared.events

FOLDER = Path(shared.events.__file__).parent / "samples"


class _Named(msgspec.Struct):
    type: str


def records_in(folder: Path) -> dict[str, bytes]:
    """Every record of these files by its wire name, byte for byte.

    Raises: ValueError when two lines have one wire name.
    """
    lines = [line for path in sorted(folder.glob("*.ndjson")) for line in path.read_bytes().splitlines()]
    by_name = {msgspec.json.decode(line, type=_Named).type: line for line in lines}
    if len(by_name) != len(lines):
        msg = f"{len(lines) - len(by_name)} wire names have two samples: restore the older line of each"
        raise ValueError(msg)
    return by_name


def digests_in(folder: Path) -> dict[str, str]:
    """The SHA-256 that was written with each record, by wire name."""
    file = folder / "DIGESTS"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


SAMPLES = records_in(FOLDER)
