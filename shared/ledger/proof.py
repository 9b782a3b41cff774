"""How is it shown, in one small file, that a record is in a log? Its index, the hashes up to the root, the checkpoint.

Source: C2SP tlog-proof.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.ledger.checkpoint import Checkpoint, parse_checkpoint, read_checkpoint
from shared.ledger.cosigning import is_witnessed
from shared.ledger.keys import Keyring
from shared.ledger.merkle import consistency_proof, includes, inclusion_proof, leaf_hash
from shared.ledger.note import BadNote, Note, decoded, encoded, parse_note
from shared.ledger.policy import NONE, Policy
from shared.ledger.port import Shelf
from shared.ledger.tiles import Tiles
from shared.ledger.witness import Submission

HEADER = "c2sp.org/tlog-proof@v1"
LOOKS = 100
INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class RecordProof:
    """Where a record lies, the hashes from its sibling upwards, and a checkpoint that covers it."""

    index: int
    hashes: Sequence[bytes]
    note: Note
    checkpoint: Checkpoint

    def __str__(self) -> str:
        """The file."""
        lines = [HEADER, f"index {self.index}", *map(encoded, self.hashes), ""]
        return "\n".join(lines) + f"\n{self.note}"

    def shows(self, record: bytes) -> bool:
        """Whether exactly these bytes lie there, by the checkpoint; who signed that is to be asked apart."""
        signed = self.checkpoint
        return includes(signed.root, signed.size, self.index, leaf_hash(record), self.hashes)

    def is_vouched_for(self, ring: Keyring, policy: Policy) -> bool:
        """Whether the log signed the checkpoint, and witnesses enough cosigned it.

        Raises: BadNote for a signature that does not fit.
        """
        return is_vouched_for(self.checkpoint, self.note, ring, policy)


def is_vouched_for(checkpoint: Checkpoint, note: Note, ring: Keyring, policy: Policy) -> bool:
    """Whether a key of the log signed this, and witnesses enough cosigned it.

    What a compromised key signed counts only where there are witnesses to say that nothing was taken back.
    Raises: BadNote for a signature that does not fit.
    """
    speakers = [key for key in ring.speakers(checkpoint.size) if key.name == checkpoint.origin]
    signers = set(note.signers(speakers))
    is_safe = bool(signers - ring.compromised) or (bool(signers) and policy.quorum != NONE)
    return is_safe and policy.is_met_by(note.signers(policy.witness_keys))


def record_proof(origin: str, shelf: Shelf, position: int, policy: Policy) -> RecordProof:
    """The proof for the record at this position: under the first checkpoint that covers it and is witnessed.

    Where none is witnessed yet, it is the first that covers it.
    Raises: LookupError when none does yet, or the hashes are not there.
    """
    if position < 1:
        raise LookupError("positions count from 1")
    checkpoint, note = _covering(origin, shelf, position, policy)
    hashes = inclusion_proof(position - 1, checkpoint.size, Tiles(shelf).nodes())
    return RecordProof(position - 1, hashes, note, checkpoint)


def _covering(origin: str, shelf: Shelf, position: int, policy: Policy) -> tuple[Checkpoint, Note]:
    """Those with signatures enough may come late, after a time without witnesses; a few of them are looked at."""
    first = shelf.checkpoints(origin, at_least=position, limit=1)
    if not first:
        msg = f"no checkpoint of {origin} covers position {position} yet"
        raise LookupError(msg)
    signed = shelf.checkpoints(origin, at_least=position, n_cosigned=policy.fewest, limit=LOOKS)
    kept = map(read_checkpoint, (note for note, _ in signed))
    met = (pair for pair in kept if is_witnessed(pair[1], policy))
    return next(met, None) or read_checkpoint(first[0][0])


def consistency(origin: str, shelf: Shelf, old: int, new: int | None = None) -> Submission:
    """What shows that a checkpoint (None: the newest) only adds to the first `old` records, as a witness is asked.

    Raises: LookupError when there is no such checkpoint, or the hashes are not there.
    """
    if new is None:
        kept = shelf.last_checkpoint(origin)
    else:
        kept = next(iter(shelf.checkpoints(origin, at_least=new, limit=1)), None)
    if kept is not None:
        checkpoint, note = read_checkpoint(kept[0])
        if new in (None, checkpoint.size) and old <= checkpoint.size:
            hashes = consistency_proof(old, checkpoint.size, Tiles(shelf).nodes())
            return Submission(old, hashes, note, checkpoint)
    msg = f"there is no such checkpoint of {origin} over {new or f'{old} records or more'}"
    raise LookupError(msg)


def parse_proof(raw: bytes | str) -> RecordProof:
    """The proof in this file.

    Raises: BadNote.
    """
    text = raw.decode(errors="replace") if isinstance(raw, bytes) else raw
    head, gap, rest = text.partition("\n\n")
    first, *lines = head.split("\n")
    lines = lines[1:] if lines and lines[0].startswith("extra ") else lines
    match = INDEX.fullmatch(lines[0]) if lines else None
    if not gap or first != HEADER or match is None:
        msg = f"a proof begins with {HEADER} and the index"
        raise BadNote(msg)
    note = parse_note(rest)
    return RecordProof(int(match[1]), [decoded(line) for line in lines[1:]], note, parse_checkpoint(note))
