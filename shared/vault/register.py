"""Who was erased? A file beside the vault's database lists it; it only grows, and no restore rolls it back."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """One destroyed key of a subject and class: by which erasure, and when."""

    erasure_id: str
    subject: str
    retention: str
    at: str


class ErasureRegister:
    """The destroyed keys of one city; read again whenever the file has grown, so that every process knows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._read_to = 0
        self._lines: list[Erased] = []
        self._known: set[tuple[str, str]] = set()

    def add(self, erasure_id: str, subject: str, retention: str, at: datetime) -> None:
        """Add the line, on the disk before this returns; an existing line is not added twice."""
        if self.holds(subject, retention):
            return
        line = Erased(erasure_id=erasure_id, subject=subject, retention=retention, at=at.isoformat())
        with self._path.open("ab") as file:
            if file.tell() > self._read_to:
                file.write(b"\n")  # a crash cut the last line off; it never took effect
            file.write(json.dumps(asdict(line), sort_keys=True).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def holds(self, subject: str, retention: str) -> bool:
        """Whether this key was destroyed."""
        self._read()
        return (subject, retention) in self._known

    def all(self) -> list[Erased]:
        """Every line, the oldest first."""
        self._read()
        return list(self._lines)

    def _read(self) -> None:
        if self._path.stat().st_size == self._read_to:
            return
        with self._path.open("rb") as file:
            file.seek(self._read_to)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # another process is writing it now, or a crash cut it off before it took effect
                self._read_to += len(line)
                if line.startswith(b"{") and line.endswith(b"}\n"):
                    erased = Erased(**json.loads(line))
                    self._lines.append(erased)
                    self._known.add((erased.subject, erased.retention))
