"""How is a service's signing key replaced, and how is a key declared compromised?"""

from datetime import datetime

from deploy.history.vouching import LedgerFolder
from shared.eventlog.store import SqlStore
from shared.ledger.checkpoint import read_checkpoint
from shared.ledger.keys import (
    Compromised,
    Successor,
    compromised_statement,
    parse_statement,
    signer_of,
    successor_statement,
)
from shared.ledger.note import BadNote, Note, VerifierKey, parse_key, parse_note


def rotate_key(store: SqlStore, folder: LedgerFolder, now: datetime) -> Note:
    """Replace the key: the old key signs for the new one and is deleted; the service must not be running.

    After an interruption, call it again.
    Raises: BadNote for a file that holds no key; LogUnavailable.
    """
    origin, path = folder.origin(store), folder.key_path(store.log.service)
    old, new = folder.signer(store), signer_of(path.with_suffix(".next.pem"), origin)
    statement = _earlier_statement(store, origin, old.key, new.key)
    if statement is None:
        statement = successor_statement(old, new, _signed_up_to(folder, origin), now)
        store.shelf.put_statement(origin, str(statement))
    # Last: if the old key were deleted first, a stop would leave a log for which nobody can sign.
    path.with_suffix(".next.pem").replace(path)
    return statement


def declare_compromised(store: SqlStore, folder: LedgerFolder, key: str, now: datetime) -> Note:
    """Declare this key compromised, signed with the present key; returns the note, which must be published too.

    Raises: BadNote for a malformed key, or for the present key, which must be replaced first; LogUnavailable.
    """
    signer, lost = folder.signer(store), parse_key(key)
    if lost == signer.key:
        raise BadNote(
            "this key signs for the log now; replace it first (rotate-key), then declare it compromised"
        )
    origin = folder.origin(store)
    for note in map(parse_note, store.shelf.statements(origin)):
        if parse_statement(note) == Compromised(lost):
            return note
    statement = compromised_statement(lost, signer, now)
    store.shelf.put_statement(origin, str(statement))
    return statement


def _earlier_statement(store: SqlStore, origin: str, old: VerifierKey, new: VerifierKey) -> Note | None:
    """The statement of an interrupted attempt."""
    for note in map(parse_note, store.shelf.statements(origin)):
        match parse_statement(note):
            case Successor(old=first, new=second) if (first, second) == (old, new):
                return note
    return None


def _signed_up_to(folder: LedgerFolder, origin: str) -> int:
    last = folder.remembered().last(origin)
    return read_checkpoint(last)[0].size if last else 0
