"""What does a log send to its witness?"""

from datetime import UTC, datetime

from shared.ledger.checkpoint import read_checkpoint
from shared.ledger.merkle import consistency_proof
from shared.ledger.note import Note
from shared.ledger.tiles import Tiles
from shared.ledger.witness import Submission
from tests.shared.ledger.small_city import WITNESSES, LogAtWork

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WITNESS = WITNESSES["05913000"]


def submission(log: LogAtWork, old: int = 0, note: Note | None = None) -> bytes:
    """What the log sends for its newest checkpoint."""
    checkpoint, newest = read_checkpoint(log.newest())
    proof = consistency_proof(old, checkpoint.size, Tiles(log.store.shelf).nodes()) if old else []
    return str(Submission(old, proof, note or newest, checkpoint)).encode()


def grown(log: LogAtWork) -> int:
    """Let the log grow and sign; the size before."""
    before, _ = read_checkpoint(log.newest())
    log.append(4)
    log.sign()
    return before.size
