"""How does a log get its checkpoints cosigned? It asks each witness, with a proof that nothing was taken back.

A witness that is away costs nothing but the mark up to which the log is witnessed; appends go on.
"""

import urllib.error
import urllib.request
from collections.abc import Callable
from typing import TypeAlias

from shared.ledger.checkpoint import Checkpoint, read_checkpoint
from shared.ledger.merkle import consistency_proof
from shared.ledger.note import BadNote, Note, parse_signatures
from shared.ledger.policy import NONE, Policy, Witness
from shared.ledger.port import Shelf
from shared.ledger.tiles import Tiles
from shared.ledger.witness import SIZE_TYPE, Reply, Submission

TIMEOUT_S = 5.0
MAX_REPLY = 16_384
OK, CONFLICT = 200, 409

Ask: TypeAlias = Callable[[Witness, bytes], Reply]
"""Sends a request to a witness; raises OSError when it does not answer."""


class Cosigning:
    """Collects cosignatures for one log's newest checkpoint."""

    def __init__(self, origin: str, shelf: Shelf, policy: Policy, ask: Ask) -> None:
        self.origin = origin
        self._shelf = shelf
        self._tiles = Tiles(shelf)
        self._policy = policy
        self._ask = ask
        self._known: dict[str, int] = {}
        self.troubles: dict[str, str] = {}
        """What keeps a witness from cosigning, by its name: a sentence each."""

    def step(self) -> int:
        """Ask every witness that has not cosigned the newest checkpoint; how many did so now."""
        kept = self._shelf.last_checkpoint(self.origin)
        if kept is None:
            return 0
        (checkpoint, note), signed_at = read_checkpoint(kept[0]), kept[1]
        before = note
        for witness in self._policy.witnesses.values():
            if not any(map(witness.key.made, note.signatures)):
                note = self._asked(witness, checkpoint, note)
        if note != before:
            self._shelf.put_checkpoint(self.origin, checkpoint.size, str(note), signed_at)
        return len(note.signatures) - len(before.signatures)

    def seen(self) -> dict[str, int]:
        """How many records of the log each witness that answers has seen: what a restored log is held against."""
        kept = self._shelf.last_checkpoint(self.origin)
        if kept is None:
            return {}
        checkpoint, note = read_checkpoint(kept[0])
        seen = {}
        for witness in self._policy.witnesses.values():
            self._known.pop(witness.name, None)  # as one who knows nothing, one is told what the other knows
            try:
                reply = self._submit(witness, checkpoint, note)
                if reply.status == CONFLICT and reply.content_type.startswith(SIZE_TYPE):
                    seen[witness.name] = int(reply.body)
                elif reply.status == OK:
                    seen[witness.name] = checkpoint.size
            except (OSError, ValueError):
                continue
        return seen

    def _asked(self, witness: Witness, checkpoint: Checkpoint, note: Note) -> Note:
        """The note with what the witness added, if anything."""
        try:
            reply = self._submit(witness, checkpoint, note)
            if reply.status == CONFLICT and reply.content_type.startswith(SIZE_TYPE):
                self._known[witness.name] = int(reply.body)
                if self._known[witness.name] <= checkpoint.size:
                    reply = self._submit(witness, checkpoint, note)
            return self._taken(witness, checkpoint, note, reply)
        except (OSError, ValueError, LookupError) as error:
            self.troubles[witness.name] = f"{witness.name} gave no cosignature ({type(error).__name__})."
            return note

    def _submit(self, witness: Witness, checkpoint: Checkpoint, note: Note) -> Reply:
        old = self._known.get(witness.name, 0)
        proof = consistency_proof(old, checkpoint.size, self._tiles.nodes()) if old else []
        return self._ask(witness, str(Submission(old, proof, note, checkpoint)).encode())

    def _taken(self, witness: Witness, checkpoint: Checkpoint, note: Note, reply: Reply) -> Note:
        known = self._known.get(witness.name, 0)
        if reply.status == CONFLICT and known > checkpoint.size:
            self.troubles[witness.name] = (
                f"{witness.name} has seen {known} records of {self.origin}, this log has signed for {checkpoint.size}: "
                "one of the two was taken back."
            )
            return note
        if reply.status != OK:
            self.troubles[witness.name] = (
                f"{witness.name} refused to cosign ({reply.status}): {reply.body[:200].strip()}"
            )
            return note
        added = [one for one in parse_signatures(reply.body) if witness.key.made(one)]
        if not added or not all(witness.key.verifies(note.text, one) for one in added):
            raise BadNote("the reply holds no cosignature of the witness")
        self._known[witness.name] = checkpoint.size
        self.troubles.pop(witness.name, None)
        return note.with_signatures(added)


def witnessed_up_to(origin: str, shelf: Shelf, policy: Policy) -> int:
    """How many records of the log witnesses enough have seen; 0 when none. Looks from the newest checkpoint back."""
    below, by_others = None, policy.quorum != NONE
    while kept := shelf.last_checkpoint(origin, below=below, cosigned=by_others):
        checkpoint, note = read_checkpoint(kept[0])
        if policy.is_met_by(note.signers(policy.witness_keys)):
            return checkpoint.size
        below = checkpoint.size
    return 0


def ask_over_http(witness: Witness, body: bytes) -> Reply:
    """Ask a witness at its address.

    Raises: OSError when it does not answer.
    """
    url = f"{witness.url.rstrip('/')}/add-checkpoint"
    request = urllib.request.Request(url, data=body, method="POST")  # noqa: S310 - the operator's own policy
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310 - as above
            return _reply(response.status, response)
    except urllib.error.HTTPError as error:
        return _reply(error.code, error)


def _reply(status: int, response: urllib.error.HTTPError) -> Reply:
    kind = response.headers.get("Content-Type", "")
    return Reply(status, response.read(MAX_REPLY).decode(errors="replace"), kind)
