"""How is an export changed in a test? Its records by somebody with the log's key, its files by anybody."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

from shared.ledger.checkpoint import Checkpoint, origin_of
from shared.ledger.merkle import Frontier, leaf_hash
from shared.ledger.note import Note
from tests.shared.ledger.small_city import CITY_KEY, WITNESSES, signer

ORIGIN = origin_of(CITY_KEY, "marketplace", 1)
AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Lines: TypeAlias = list[bytes]


def records(out: Path) -> Path:
    """The file of the records."""
    return out / "marketplace" / "records-000001.ndjson"


def resigned(out: Path, change: Callable[[Lines], Lines], origin: str = ORIGIN) -> None:
    """Change the lines and make everything fit again, as somebody with the log's key: only the meaning is wrong."""
    lines = change(records(out).read_bytes().split(b"\n")[:-1])
    records(out).write_bytes(b"".join(line + b"\n" for line in lines))
    frontier = Frontier()
    for line in lines:
        frontier.append(leaf_hash(line))
    hashes = b"".join(leaf_hash(line) for line in lines)
    (out / "marketplace" / "hashes-000001.bin").write_bytes(hashes)
    checkpoint = str(Checkpoint(origin, len(lines), frontier.root()))
    note = Note(checkpoint, (signer(origin).sign(checkpoint), WITNESSES["05913000"].cosign(checkpoint, AT)))
    (out / "marketplace" / "checkpoints.txt").write_text(f"{note}\n", encoding="utf-8")
    manifest = json.loads((out / "manifest.json").read_bytes())
    manifest["logs"][0] |= {"size": len(lines), "origin": origin}
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    refit(out)


def refit(out: Path) -> None:
    """Make the manifest's digests fit the files."""
    manifest = json.loads((out / "manifest.json").read_bytes())
    files = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    del files["manifest.json"]
    manifest["files"] = {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def edited(at: int, **changes: Any) -> Callable[[Lines], Lines]:
    """The record at this position with other attributes."""

    def change(lines: Lines) -> Lines:
        event = json.loads(lines[at - 1]) | changes
        return [*lines[: at - 1], json.dumps(event, sort_keys=True).encode(), *lines[at:]]

    return change
