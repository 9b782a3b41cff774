"""What does a service sign about its log? The number of its records, and the root of the tree over them.

Source: C2SP tlog-checkpoint.
"""

import re
from dataclasses import dataclass

from shared.ledger.merkle import HASH_BYTES
from shared.ledger.note import BadNote, Note, decoded, encoded, parse_note

SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log by its origin, how many records it holds, and the root of their tree."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"


def origin_of(city_key: str, service: str, incarnation: int) -> str:
    """The worldwide name of a log; a restore that lost records gives the log a new name.

    It has the parts of a record's `source` in the form of an address; nothing has to answer there.
    """
    return f"{city_key}.kosilab/{service}/{incarnation}"


def parse_checkpoint(note: Note) -> Checkpoint:
    """What a note says, if it is a checkpoint; its signatures are still to be checked.

    Raises: BadNote.
    """
    lines = note.text.split("\n")
    if len(lines) != LINES + 1 or not lines[0] or not SIZE.fullmatch(lines[1]):
        raise BadNote("a checkpoint has three lines: origin, size and root")
    root = decoded(lines[2])
    if len(root) != HASH_BYTES:
        msg = f"a root has {HASH_BYTES} bytes"
        raise BadNote(msg)
    return Checkpoint(lines[0], int(lines[1]), root)


def read_checkpoint(raw: bytes | str) -> tuple[Checkpoint, Note]:
    """A checkpoint as it was kept, with its note.

    Raises: BadNote.
    """
    note = parse_note(raw)
    return parse_checkpoint(note), note


def read_checkpoints(text: str) -> list[tuple[Checkpoint, Note]]:
    """The checkpoints in a file of an export, separated by empty lines.

    Raises: BadNote.
    """
    return [read_checkpoint(f"{part.rstrip()}\n") for part in re.split(r"\n\n(?!— )", text) if part.strip()]
