"""How far has a log come: how many records are stored, signed, and cosigned by enough witnesses?"""

from datetime import datetime
from typing import NamedTuple

from shared.ledger.checkpoint import read_checkpoint
from shared.ledger.cosigning import witnessed_up_to
from shared.ledger.policy import Policy
from shared.ledger.port import Shelf


class Marks(NamedTuple):
    """How many records a log has, how many are signed and since when, how many enough witnesses have cosigned."""

    head: int
    signed: int
    signed_at: datetime | None
    witnessed: int
    waits_since: datetime | None


def marks_of(origin: str, head: int, shelf: Shelf, policy: Policy) -> Marks:
    """How far a log has come.

    Raises: LogUnavailable.
    """
    last = shelf.last_checkpoint(origin)
    signed, signed_at = (read_checkpoint(last[0])[0].size, last[1]) if last else (0, None)
    witnessed = witnessed_up_to(origin, shelf, policy)
    waiting = shelf.checkpoints(origin, at_least=witnessed + 1, limit=1)
    return Marks(head, signed, signed_at, witnessed, waiting[0][1] if waiting else None)
