"""Which contradictions by witnesses has an operator not answered yet? While there is one, nothing is published.

A file in the ledger's folder, so that neither a restart nor a restore forgets one: a line for each contradiction, and a
line for each answer.
"""

import os
from datetime import datetime
from pathlib import Path

import msgspec


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    service: str
    at: datetime
    sentence: str
    answer: str = ""


class Contradictions:
    """The contradictions of one service's log."""

    def __init__(self, path: Path, service: str) -> None:
        self._path = path
        self._service = service
        self._read: tuple[int, list[str]] = (-1, [])

    def unanswered(self) -> list[str]:
        """A sentence for each that waits for an answer; read again only when the file has grown."""
        size = self._path.stat().st_size if self._path.is_file() else 0
        if size != self._read[0]:
            self._read = (size, self._waiting())
        return self._read[1]

    def note(self, sentence: str, at: datetime) -> bool:
        """Keep a contradiction; False when it is known, answered or not."""
        if any(line.sentence == sentence for line in self._lines()):
            return False
        self._add(_Line(self._service, at, sentence))
        return True

    def answer(self, because: str, at: datetime) -> int:
        """Answer all that wait, with the operator's reason; returns their number."""
        waiting = self._waiting()
        for sentence in waiting:
            self._add(_Line(self._service, at, sentence, because))
        return len(waiting)

    def _waiting(self) -> list[str]:
        lines = self._lines()
        answered = {line.sentence for line in lines if line.answer}
        return [line.sentence for line in lines if line.sentence not in answered]

    def _lines(self) -> list[_Line]:
        if not self._path.is_file():
            return []
        lines = self._path.read_bytes().splitlines()
        kept = [msgspec.json.decode(line, type=_Line) for line in lines if line.strip()]
        return [line for line in kept if line.service == self._service]

    def _add(self, line: _Line) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())  # a crash of the machine forgets none either
