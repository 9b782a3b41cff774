"""How does a log get its checkpoints cosigned? It asks each witness, with a proof that nothing was taken back.

A witness that is away costs nothing but the mark up to which the log is witnessed; appends go on.
"""

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

    def __init__(self, origin: str, shelf: Shelf, policy: Policy, ask: Ask) -> None:
        self.origin = origin
        self._shelf = shelf
        self._tiles = Tiles(shelf)
        self._policy = policy
        self._ask = ask
        self._known: dict[str, int] = {}
        self.troubles: dict[str, str] = {}
        """What keeps a witness from cosigning, by its name: a sentence each."""
        self.contradicted: set[str] = set()
        """The witnesses that have seen what this log does not begin with."""

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
        """Ask every witness and keep nothing: afterwards `troubles` and `contradicted` are as of now."""
        kept = self._shelf.last_checkpoint(self.origin)
        if kept is not None:
            for witness in self._policy.witnesses.values():
                self._asked(witness, *read_checkpoint(kept[0]))

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
            except (OSError, LookupError):
                continue
            size = checkpoint.size if reply.status == OK else _size_in(reply)
            if size is not None:
                seen[witness.name] = size
        return seen

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
        known = self._known.get(witness.name, 0)
        # Nothing leads from more to less: whoever has seen more is asked again how much, for as long as it has.
        old = known if known <= checkpoint.size else 0
        proof = consistency_proof(old, checkpoint.size, self._tiles.nodes()) if old else []
        return self._ask(witness, str(Submission(old, proof, note, checkpoint)).encode())

    def _taken(self, witness: Witness, checkpoint: Checkpoint, note: Note, reply: Reply) -> Note:
        self.contradicted.discard(witness.name)
        if reply.status != OK:
            self.troubles[witness.name] = self._refusal(witness.name, checkpoint, reply)
            return note
        added = [one for one in parse_signatures(reply.body) if witness.key.made(one)]
        if not added or not all(witness.key.verifies(note.text, one) for one in added):
            raise BadNote("the reply holds no cosignature of the witness")
        self._known[witness.name] = checkpoint.size
        self.troubles.pop(witness.name, None)
        return note.with_signatures(added)

    def _refusal(self, name: str, checkpoint: Checkpoint, reply: Reply) -> str:
        known = self._known.get(name, 0)
        if reply.status != NO_PROOF and _size_in(reply) != known:
            return f"{name} refused to cosign ({reply.status}): {_repeatable(reply.body)}"
        self.contradicted.add(name)
        seen = f"{name} has seen {known} records of {self.origin}"
        if known > checkpoint.size:
            return f"{seen}, this log has signed for {checkpoint.size}: one of the two was taken back."
        return f"{seen} with which this log does not begin: one of the two tells another history."

    def _keep(self, checkpoint: Checkpoint, note: Note, signed_at: datetime) -> None:
        """Keep the note with what others, another worker or a new key, may have added while witnesses were asked."""
        kept = self._shelf.last_checkpoint(self.origin, below=checkpoint.size + 1)
        others = read_checkpoint(kept[0])[1] if kept else note
        if others.text == note.text:
            note = others.with_signatures(note.signatures)
        self._shelf.put_checkpoint(self.origin, checkpoint.size, str(note), signed_at)


def _size_in(reply: Reply) -> int | None:
    """How many records a witness says it has seen; None when that is not what it says."""
    said = reply.body.strip()
    is_size = reply.status == CONFLICT and reply.content_type.startswith(SIZE_TYPE)
    return int(said) if is_size and SIZE.fullmatch(said) else None


def _repeatable(said: str) -> str:
    """What somebody else said, fit for our own log."""
    return "".join(filter(str.isprintable, said[:MOST_REPEATED]))


def witnessed_up_to(origin: str, shelf: Shelf, policy: Policy) -> int:
    """How many records of the log witnesses enough have seen; 0 when none. Looks from the newest checkpoint back."""
    below = None
    while kept := shelf.last_checkpoint(origin, below=below, n_cosigned=policy.fewest):
        checkpoint, note = read_checkpoint(kept[0])
        if is_witnessed(note, policy):
            return checkpoint.size
        below = checkpoint.size
    return 0


def is_witnessed(note: Note, policy: Policy) -> bool:
    """Whether witnesses enough have cosigned; they have not where one of the signatures is none."""
    try:
        return policy.is_met_by(note.signers(policy.witness_keys))
    except BadSignature:
        return False
