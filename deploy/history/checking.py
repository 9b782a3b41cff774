"""Does a proof hold? Files are enough to check a record's proof, or that a checkpoint only adds to another."""

from shared.ledger.checkpoint import read_checkpoints
from shared.ledger.keys import Keyring, keyring, read_statements
from shared.ledger.merkle import is_consistent
from shared.ledger.note import BadNote
from shared.ledger.policy import Policy, parse_policy
from shared.ledger.proof import HEADER, is_vouched_for, parse_proof
from shared.ledger.witness import parse_submission


def checked(proof: bytes, what: bytes, policy: str, statements: str) -> str:
    """A sentence on what the proof shows about a record or an earlier checkpoint.

    Raises: BadNote when the proof does not hold or a file is malformed.
    """
    believed = parse_policy(policy)
    ring = keyring(believed.logs, read_statements(statements))
    if proof.startswith(HEADER.encode()):
        return _record(proof, what.rstrip(b"\n"), believed, ring)
    return _consistency(proof, what, believed, ring)


def _record(proof: bytes, record: bytes, policy: Policy, ring: Keyring) -> str:
    read = parse_proof(proof)
    place = f"position {read.index + 1} of {read.checkpoint.origin}"
    if not read.shows(record):
        raise BadNote(f"the proof does not show this record at {place}; every byte of it counts")
    if not read.is_vouched_for(ring, policy):
        raise BadNote(f"nobody whom the policy believes signed the checkpoint of {read.checkpoint.origin}")
    return f"OK: {place}, as of {read.checkpoint.size} records."


def _consistency(proof: bytes, earlier: bytes, policy: Policy, ring: Keyring) -> str:
    asked = parse_submission(proof)
    new, wanted = asked.checkpoint, (asked.checkpoint.origin, asked.old)
    earlier_checkpoints = read_checkpoints(earlier.decode())
    match = next((pair for pair in earlier_checkpoints if (pair[0].origin, pair[0].size) == wanted), None)
    if match is None:
        raise BadNote(
            f"the proof is about the first {asked.old} records of {new.origin}; there is no checkpoint over them"
        )
    old, note = match
    for checkpoint, signed in ((old, note), (new, asked.note)):
        if not is_vouched_for(checkpoint, signed, ring, policy):
            raise BadNote(
                f"nobody whom the policy believes signed for {checkpoint.size} records of {new.origin}"
            )
    if not is_consistent(old.size, old.root, new.size, new.root, asked.proof):
        raise BadNote(f"{new.origin} does not begin with the {old.size} records that were signed for before")
    return f"OK: {new.origin} has {new.size} records and begins with the same {old.size}."
