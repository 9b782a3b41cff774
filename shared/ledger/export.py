"""How is a history exported, so that an auditor needs only the folder? An interrupted export goes on.

For each log: records byte for byte, a line each; the hashes that the city kept of them; the sealed slots that exist;
checkpoints and statements about keys. For all: the policy, and a manifest with digests, which is written last.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from shared.ledger.checkpoint import read_checkpoint
from shared.ledger.merkle import HASH_BYTES
from shared.ledger.note import encoded
from shared.ledger.port import Log, Record, Shelf
from shared.ledger.tiles import WIDTH

FORMAT = "kosilab-history/1"
SEGMENT = 16_384
"""How many records a file holds; a full one is a full subtree, so that files are checked apart from each other."""

PAGE = 1_000
MANIFEST, UNFINISHED, POLICY = "manifest.json", "unfinished.json", "policy.txt"

Slots: TypeAlias = Callable[[str], Iterable[tuple[str, bytes]]]
"""The sealed slots of an event that are still there: name, and nonce with ciphertext."""

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many records of how many have been written."""


class ExportRefused(Exception):  # noqa: N818 - says what happened
    """Nothing was written, or nothing further; a sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A log to export, under its origin; `slots` where it has sealed ones; `earlier` incarnations' checkpoints."""

    service: str
    origin: str
    log: Log
    shelf: Shelf
    slots: Slots = lambda _event_id: ()
    earlier: Sequence[str] = ()


def export(
    sources: Sequence[Source],
    directory: Path,
    policy: str,
    *,
    with_slots: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Write the logs, each up to its last checkpoint, or go on where a stop interrupted it; how many records.

    `with_slots` writes the ciphertexts too, else only their digests.
    Raises: ExportRefused.
    """
    plan = _plan(sources, directory, with_slots=with_slots)
    total, done = sum(int(entry["size"]) for entry in plan["logs"]), 0
    for source, entry in zip(sources, plan["logs"], strict=True):
        for number in range(1, -(-entry["size"] // SEGMENT) + 1):
            segment = _Segment(source, directory / source.service, number, entry["size"])
            segment.write(with_slots=with_slots)
            done += segment.end - segment.begin
            progress(done, total)
        notes = [*source.earlier, *(kept for kept, _ in _checkpoints(source, entry["size"]))]
        _write(directory / source.service / "checkpoints.txt", [f"{note}\n".encode() for note in notes])
        statements = source.shelf.statements(source.origin)
        _write(directory / source.service / "keys.txt", [f"{note}\n".encode() for note in statements])
    _write(directory / POLICY, [policy.encode()])
    files = {path.relative_to(directory).as_posix(): _digest(path) for path in _files(directory)}
    manifest = {"files": files, "format": FORMAT, "logs": plan["logs"]}
    _write(directory / MANIFEST, [json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n"])
    (directory / UNFINISHED).unlink()
    return total


def _plan(sources: Sequence[Source], directory: Path, *, with_slots: bool) -> dict[str, Any]:
    """What is to be written: new in an empty folder, else what the interrupted export had begun."""
    origins = [source.origin for source in sources]
    begun = directory / UNFINISHED
    if begun.is_file():
        plan = _begun(begun)
        if [entry["origin"] for entry in plan["logs"]] != origins or plan["with_slots"] != with_slots:
            raise ExportRefused(
                f"{directory} holds the unfinished export of another history; choose another folder."
            )
        return plan
    barely_begun = {_beside(begun)}
    if directory.exists() and (not directory.is_dir() or {*directory.iterdir()} - barely_begun):
        raise ExportRefused(f"{directory} is not empty; choose an empty folder, nothing is overwritten.")
    directory.mkdir(parents=True, exist_ok=True)
    logs = [{"origin": log.origin, "service": log.service, "size": _size(log)} for log in sources]
    plan = {"format": FORMAT, "logs": logs, "with_slots": with_slots}
    _write(begun, [json.dumps(plan).encode()])
    return plan


def _begun(path: Path) -> dict[str, Any]:
    """What an interrupted export was to write."""
    try:
        plan = json.loads(path.read_bytes())
        return {
            "format": FORMAT,
            "logs": [{name: entry[name] for name in ("origin", "service", "size")} for entry in plan["logs"]],
            "with_slots": plan["with_slots"],
        }
    except (ValueError, LookupError, TypeError) as error:
        msg = f"{path} does not say what was to be exported; choose another folder."
        raise ExportRefused(msg) from error


def _size(source: Source) -> int:
    """How many records the last checkpoint covers; nobody has signed for the later ones yet."""
    kept = source.shelf.last_checkpoint(source.origin)
    if kept is None and source.log.head().position:
        raise ExportRefused(f"{source.origin} has no checkpoint yet; let the service run for a minute first.")
    return read_checkpoint(kept[0])[0].size if kept else 0


def _checkpoints(source: Source, size: int) -> Iterator[tuple[str, Any]]:
    at_least = 0
    while page := source.shelf.checkpoints(source.origin, at_least=at_least):
        for kept in page:
            at_least = read_checkpoint(kept[0])[0].size + 1
            if at_least <= size + 1:
                yield kept


@dataclass(frozen=True, slots=True)
class _Segment:
    """The files of one segment of a log."""

    source: Source
    folder: Path
    number: int
    size: int

    @property
    def begin(self) -> int:
        """The position before the first."""
        return (self.number - 1) * SEGMENT

    @property
    def end(self) -> int:
        """The last position."""
        return min(self.number * SEGMENT, self.size)

    def write(self, *, with_slots: bool) -> None:
        """Write the files that are not there yet."""
        records = self._path("records", "ndjson")
        _write(records, (record.record + b"\n" for record in self._records()))
        _write(self._path("hashes", "bin"), self._hashes())
        _write(self._path("slots", "ndjson"), self._slots(records, with_slots=with_slots))

    def _path(self, kind: str, ending: str) -> Path:
        return self.folder / f"{kind}-{self.number:06d}.{ending}"

    def _records(self) -> Iterator[Record]:
        after = self.begin
        while page := self.source.log.read(after=after, limit=min(PAGE, self.end - after)):
            after = page[-1].position
            yield from (record for record in page if record.position <= self.end)
            if after >= self.end:
                return

    def _hashes(self) -> Iterator[bytes]:
        """The hashes that the city kept: they are not computed again, so that a changed record is found."""
        for number in range(self.begin // WIDTH, -(-self.end // WIDTH)):
            yield self.source.shelf.tile(0, number)[: (self.end - number * WIDTH) * HASH_BYTES]

    def _slots(self, records: Path, *, with_slots: bool) -> Iterator[bytes]:
        with records.open("rb") as lines:
            for record in lines:
                if b'"sealed":' in record:
                    yield from self._slots_of(record, with_slots=with_slots)

    def _slots_of(self, record: bytes, *, with_slots: bool) -> Iterator[bytes]:
        try:
            event = json.loads(record)
            event_id, position = str(event["id"]), int(event["sequence"])
        except (ValueError, LookupError, TypeError):
            return  # somebody changed it; the verifier says so
        for name, sealed in self.source.slots(event_id):
            line = {"ct": hashlib.sha256(sealed).hexdigest(), "name": name, "position": position}
            ciphertext = {"sealed": encoded(sealed)} if with_slots else {}
            yield json.dumps(line | ciphertext, sort_keys=True).encode() + b"\n"


def _write(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file that is there whole or not at all, whenever the process or the machine stops."""
    if path.exists():
        return
    path.parent.mkdir(exist_ok=True)
    beside = _beside(path)
    with beside.open("wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)


def _beside(path: Path) -> Path:
    """Where a file is written before it is whole."""
    return path.with_name(f".{path.name}.part")


def _files(directory: Path) -> list[Path]:
    """What has been written whole."""
    every = (path for path in directory.rglob("*") if path.is_file() and path.suffix != ".part")
    return sorted(path for path in every if path.name not in {UNFINISHED, MANIFEST})


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
