"""How does a log get its checkpoints cosigned? It sends each witness the checkpoint and a proof that it only grew.

While a witness does not answer, the witnessed size does not grow; appends go on.
"""

from collections.abc import Callable
from datetime import datetime

from shared.ledger.asking import Ask
from shared.ledger.checkpoint import SIZE, Checkpoint, read_checkpoint
from shared.ledger.merkle import consistency_proof
from shared.ledger.note import BadNote, BadSignature, Note, parse_signatures
from shared.ledger.policy import Policy, Witness
from shared.ledger.port import Shelf
from shared.ledger.tiles import Tiles
from shared.ledger.witness import SIZE_TYPE, Reply, Submission

OK, CONFLICT, NO_PROOF = 200, 409, 422
MOST_REPEATED = 200


class Cosigning:
    """Collects cosignatures for one log's newest checkpoint."""

    def __init__(
        self,
        origin: str,
        shelf: Shelf,
        policy: Policy,
        ask: Ask,
        unkept: Callable[[], str | None] | None = None,
    ) -> None:
        """`unkept` makes a checkpoint to ask with where none is kept: a restored log may have lost all of them."""
        self.origin = origin
        self._shelf = shelf
        self._tiles = Tiles(shelf)
        self._policy = policy
        self._ask = ask
        self._unkept = unkept or (lambda: None)
        self._known: dict[str, int] = {}
        self.troubles: dict[str, str] = {}
        """What keeps a witness from cosigning, by its name: a sentence each."""
        self.differing: set[str] = set()
        """Those of the contradicted that have cosigned other records, not only more of them."""
        self.contradicted: set[str] = set()
        """The witnesses that have cosigned another history than this log's."""

    def step(self) -> int:
        """Ask every witness that has not cosigned the newest checkpoint; how many did so now."""
        kept = self._shelf.last_checkpoint(self.origin)
        if kept is None:
            return 0
        (checkpoint, before), signed_at = read_checkpoint(kept[0]), kept[1]
        note = before
        for witness in self._policy.witnesses.values():
            if not any(map(witness.key.made, note.signatures)):
                note = self._asked(witness, checkpoint, note)
        if note != before:
            self._keep(checkpoint, note, signed_at)
        return len(note.signatures) - len(before.signatures)

    def look(self) -> None:
        """Ask every witness without keeping the answers; afterwards `troubles` and `contradicted` are up to date."""
        note = self._to_ask_with()
        if note is not None:
            for witness in self._policy.witnesses.values():
                self._asked(witness, *read_checkpoint(note))

    def sizes_seen(self) -> dict[str, int]:
        """The size of the log that each answering witness has cosigned; a restored log is compared with it."""
        newest = self._to_ask_with()
        if newest is None:
            return {}
        checkpoint, note = read_checkpoint(newest)
        sizes = {}
        for witness in self._policy.witnesses.values():
            self._known.pop(
                witness.name, None
            )  # a request without an old size makes the witness name its own
            try:
                reply = self._submit(witness, checkpoint, note)
            except (OSError, LookupError):
                continue
            size = checkpoint.size if reply.status == OK else _size_in(reply)
            if size is not None:
                sizes[witness.name] = size
        return sizes

    def _to_ask_with(self) -> str | None:
        kept = self._shelf.last_checkpoint(self.origin)
        return kept[0] if kept else self._unkept()

    def _asked(self, witness: Witness, checkpoint: Checkpoint, note: Note) -> Note:
        """The note with what the witness added, if anything."""
        try:
            reply = self._submit(witness, checkpoint, note)
            size = _size_in(reply)
            if size is not None:
                self._known[witness.name] = size
                if size <= checkpoint.size:
                    reply = self._submit(witness, checkpoint, note)
            return self._taken(witness, checkpoint, note, reply)
        except (OSError, ValueError, LookupError) as error:
            self.troubles[witness.name] = f"{witness.name} gave no cosignature ({type(error).__name__})."
            return note

    def _submit(self, witness: Witness, checkpoint: Checkpoint, note: Note) -> Reply:
        size_seen = self._known.get(witness.name, 0)
        # No proof leads from a larger tree to a smaller one: a witness that cosigned more names its size again.
        old = size_seen if size_seen <= checkpoint.size else 0
        proof = consistency_proof(old, checkpoint.size, self._tiles.nodes()) if old else []
        return self._ask(witness, str(Submission(old, proof, note, checkpoint)).encode())

    def _taken(self, witness: Witness, checkpoint: Checkpoint, note: Note, reply: Reply) -> Note:
        self.contradicted.discard(witness.name)
        self.differing.discard(witness.name)
        if reply.status != OK:
            self.troubles[witness.name] = self._refusal(witness.name, checkpoint, reply)
            return note
        added = [signature for signature in parse_signatures(reply.body) if witness.key.made(signature)]
        if not added or not all(witness.key.verifies(note.text, signature) for signature in added):
            raise BadNote("the reply holds no cosignature of the witness")
        self._known[witness.name] = checkpoint.size
        self.troubles.pop(witness.name, None)
        return note.with_signatures(added)

    def _refusal(self, name: str, checkpoint: Checkpoint, reply: Reply) -> str:
        size_seen = self._known.get(name, 0)
        if reply.status != NO_PROOF and _size_in(reply) != size_seen:
            return f"{name} refused to cosign ({reply.status}): {_repeatable(reply.body)}"
        self.contradicted.add(name)
        sentence = f"{name} has seen {size_seen} records of {self.origin}"
        if size_seen > checkpoint.size:
            return f"{sentence}, this log has signed for {checkpoint.size}: one of the two was taken back."
        self.differing.add(name)
        return f"{sentence} with which this log does not begin: one of the two tells another history."

    def _keep(self, checkpoint: Checkpoint, note: Note, signed_at: datetime) -> None:
        """Keep the note with what others, another worker or a new key, may have added while witnesses were asked."""
        kept = self._shelf.last_checkpoint(self.origin, below=checkpoint.size + 1)
        others = read_checkpoint(kept[0])[1] if kept else note
        if others.text == note.text:
            note = others.with_signatures(note.signatures)
        self._shelf.put_checkpoint(self.origin, checkpoint.size, str(note), signed_at)


def _size_in(reply: Reply) -> int | None:
    """The size that a witness names in its answer; None when the answer is another one."""
    body = reply.body.strip()
    is_size = reply.status == CONFLICT and reply.content_type.startswith(SIZE_TYPE)
    return int(body) if is_size and SIZE.fullmatch(body) else None


def _repeatable(body: str) -> str:
    """A foreign answer as our log may repeat it: shortened, printable."""
    return "".join(filter(str.isprintable, body[:MOST_REPEATED]))


def witnessed_up_to(origin: str, shelf: Shelf, policy: Policy) -> int:
    """The largest size that enough witnesses have cosigned; 0 when there is none."""
    below = None
    while kept := shelf.last_checkpoint(origin, below=below, n_cosigned=policy.fewest):
        checkpoint, note = read_checkpoint(kept[0])
        if is_witnessed(note, policy):
            return checkpoint.size
        below = checkpoint.size
    return 0


def is_witnessed(note: Note, policy: Policy) -> bool:
    """Whether enough witnesses have cosigned; a forged signature means no."""
    try:
        return policy.is_met_by(note.signers(policy.witness_keys))
    except BadSignature:
        return False
