"""Does this checkpoint only add to what this log showed before? A witness remembers, checks and cosigns.

Source: C2SP tlog-witness, tlog-cosignature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from shared.ledger.checkpoint import SIZE, Checkpoint, parse_checkpoint, read_checkpoint
from shared.ledger.merkle import EMPTY_ROOT, is_consistent
from shared.ledger.note import (
    BadNote,
    BadSignature,
    Note,
    Signer,
    VerifierKey,
    decoded,
    encoded,
    parse_note,
)
from shared.ledger.remembered import Moved, Remembered

MAX_PROOF = 63
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the witness answers: a status of HTTP, the body and its type."""

    status: int
    body: str
    content_type: str = TEXT_TYPE


@dataclass(frozen=True, slots=True)
class Submission:
    """What a log asks to be cosigned: the size that the witness is thought to know, the proof, the new checkpoint."""

    old: int
    proof: Sequence[bytes]
    note: Note
    checkpoint: Checkpoint

    def __str__(self) -> str:
        """The body of the request."""
        lines = [f"old {self.old}", *map(encoded, self.proof), ""]
        return "\n".join(lines) + f"\n{self.note}"


def parse_submission(body: bytes) -> Submission:
    """What is in the body of a request.

    Raises: BadNote.
    """
    head, gap, rest = body.partition(b"\n\n")
    first, *proof = head.decode(errors="replace").split("\n")
    word, _, size = first.partition(" ")
    if not gap or word != "old" or not SIZE.fullmatch(size) or len(proof) > MAX_PROOF:
        raise BadNote("the body has a line `old <size>`, at most 63 hashes, an empty line and a checkpoint")
    note = parse_note(rest)
    return Submission(int(size), [decoded(line) for line in proof], note, parse_checkpoint(note))


class Witness:
    """Cosigns the checkpoints of the logs that it knows, and never one that takes anything back."""

    def __init__(
        self, signer: Signer, logs: Mapping[str, Sequence[VerifierKey]], remembered: Remembered
    ) -> None:
        """`logs` are the keys that speak for each origin."""
        self.signer = signer
        self._logs = logs
        self._remembered = remembered

    def add_checkpoint(self, body: bytes, now: datetime) -> Reply:
        """Answer a request to cosign."""
        try:
            asked = parse_submission(body)
            keys = self._logs.get(asked.checkpoint.origin)
            if keys is None:
                return Reply(HTTPStatus.NOT_FOUND, "This witness does not know the log.\n")
            if not asked.note.signers(keys):
                return Reply(HTTPStatus.FORBIDDEN, "No key of the log signed the checkpoint.\n")
        except BadNote as error:
            forged = isinstance(error, BadSignature)
            return Reply(HTTPStatus.FORBIDDEN if forged else HTTPStatus.BAD_REQUEST, f"{error}\n")
        if asked.old > asked.checkpoint.size:
            return Reply(HTTPStatus.BAD_REQUEST, "The old size is larger than the new one.\n")
        return self._judge(asked, now)

    def _judge(self, asked: Submission, now: datetime) -> Reply:
        new = asked.checkpoint
        kept, last = self._last(new.origin)
        if asked.old != last.size or (new.size == last.size and new.root != last.root):
            return _conflict(last)
        if not _adds_to(last, asked):
            return Reply(
                HTTPStatus.UNPROCESSABLE_ENTITY, "The proof does not lead from the old tree to the new.\n"
            )
        try:
            # Before the answer, and only if nobody was faster: else a slower request would take the witness back.
            self._remembered.move(str(asked.note), expected=kept)
        except Moved:
            return _conflict(self._last(new.origin)[1])
        return Reply(HTTPStatus.OK, str(self.signer.cosign(asked.note.text, now)))

    def _last(self, origin: str) -> tuple[str | None, Checkpoint]:
        """What was cosigned last, as it is kept and read; an empty tree when nothing was."""
        kept = self._remembered.last(origin)
        return kept, read_checkpoint(kept)[0] if kept else Checkpoint(origin, 0, EMPTY_ROOT)


def _adds_to(last: Checkpoint, asked: Submission) -> bool:
    new = asked.checkpoint
    if last.size == 0:
        return not asked.proof
    return is_consistent(last.size, last.root, new.size, new.root, asked.proof)


def _conflict(last: Checkpoint) -> Reply:
    return Reply(HTTPStatus.CONFLICT, f"{last.size}\n", SIZE_TYPE)
