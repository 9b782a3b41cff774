"""How does a service's signing key give way to another, and how is it said that one is in other hands?"""

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
    """A new key takes over, named by the old one, which is gone afterwards; the service must not be running.

    A stop in the middle is made good by doing it again.
    Raises: BadNote for a file that holds no key; LogUnavailable.
    """
    origin, path = folder.origin(store), folder.key_path(store.log.service)
    old, new = folder.signer(store), signer_of(path.with_suffix(".next.pem"), origin)
    statement = _said_before(store, origin, old.key, new.key)
    if statement is None:
        statement = successor_statement(old, new, _signed_up_to(folder, origin), now)
        store.shelf.put_statement(origin, str(statement))
    # Only now: were the old key gone first, a stop would leave a log for which nobody can speak.
    path.with_suffix(".next.pem").replace(path)
    return statement


def declare_compromised(store: SqlStore, folder: LedgerFolder, key: str, now: datetime) -> Note:
    """Say, with the present key, that this key is in other hands; the note is to be published, too.

    Raises: BadNote for a key that is none, or for the present key: it has to give way first; LogUnavailable.
    """
    signer, lost = folder.signer(store), parse_key(key)
    if lost == signer.key:
        raise BadNote(
            "this key speaks for the log now; let another one take over first (rotate), then declare it"
        )
    origin = folder.origin(store)
    for note in map(parse_note, store.shelf.statements(origin)):
        if parse_statement(note) == Compromised(lost):
            return note
    statement = compromised_statement(lost, signer, now)
    store.shelf.put_statement(origin, str(statement))
    return statement


def _said_before(store: SqlStore, origin: str, old: VerifierKey, new: VerifierKey) -> Note | None:
    """The statement of an attempt that was stopped."""
    for note in map(parse_note, store.shelf.statements(origin)):
        match parse_statement(note):
            case Successor(old=first, new=second) if (first, second) == (old, new):
                return note
    return None


def _signed_up_to(folder: LedgerFolder, origin: str) -> int:
    last = folder.remembered().last(origin)
    return read_checkpoint(last)[0].size if last else 0
