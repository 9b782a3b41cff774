"""Which key speaks for a log now? The first is published; each later one is named by the one before, signed.

A statement is a signed note: its first line keeps it from passing for a checkpoint. `key` names the next key and says
up to which size the signer still speaks; `compromised` says that what a key signed counts from now on only where
witnesses enough have cosigned it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shared.ledger.note import SIGNATURE, BadNote, Note, Signer, VerifierKey, parse_key, parse_note

HEADER = "kosilab/key-statement/v1"
READABLE_BY_OWNER = 0o600


@dataclass(frozen=True, slots=True)
class Successor:
    """A key gives way to another: it signs no checkpoint of more than `until` records."""

    old: VerifierKey
    new: VerifierKey
    until: int


@dataclass(frozen=True, slots=True)
class Compromised:
    """Somebody else may have this key."""

    key: VerifierKey


def successor_statement(old: Signer, new: Signer, until: int, at: datetime) -> Note:
    """The old key names the new one; both sign, so that nobody is named against their will."""
    text = f"{HEADER}\nkey {old.key}\nsucceeded by {new.key}\nat size {until}\ntime {int(at.timestamp())}\n"
    return Note(text, (old.sign(text), new.sign(text)))


def compromised_statement(key: VerifierKey, by: Signer, at: datetime) -> Note:
    """Another key of the log, or the key itself, says that the key may be in other hands."""
    text = f"{HEADER}\nkey {key}\ncompromised\ntime {int(at.timestamp())}\n"
    return Note(text, (by.sign(text),))


def parse_statement(note: Note) -> Successor | Compromised:
    """What a statement says; its signatures are still to be checked.

    Raises: BadNote.
    """
    match [line.split(" ") for line in note.text.split("\n")]:
        case [[header], ["key", old], ["succeeded", "by", new], ["at", "size", size], ["time", _], [""]]:
            statement: Successor | Compromised = Successor(parse_key(old), parse_key(new), int(size))
        case [[header], ["key", key], ["compromised"], ["time", _], [""]]:
            statement = Compromised(parse_key(key))
        case _:
            raise BadNote("a statement about a key names it, and its successor or that it is compromised")
    if header != HEADER:
        raise BadNote(f"a statement about a key begins with {HEADER}")
    return statement


@dataclass(slots=True)
class Keyring:
    """The keys that speak for one log, up to which size each does, and those that others may have."""

    until: dict[VerifierKey, int | None]
    compromised: set[VerifierKey]

    def speakers(self, size: int) -> list[VerifierKey]:
        """The keys that may have signed a checkpoint of this size."""
        return [key for key, until in self.until.items() if until is None or size <= until]


def keyring(published: Iterable[VerifierKey], statements: Iterable[Note]) -> Keyring:
    """The keys that follow from the published ones; a compromised key names nobody.

    Raises: BadNote for a statement that nobody known made.
    """
    first, notes = list(published), list(statements)
    everyone = _followed(first, notes, set())
    compromised = {
        statement.key
        for note in notes
        if isinstance(statement := parse_statement(note), Compromised)
        and note.signers([*everyone.until, statement.key])
    }
    return _followed(first, notes, compromised)


def _followed(published: list[VerifierKey], notes: list[Note], compromised: set[VerifierKey]) -> Keyring:
    ring = Keyring(dict.fromkeys(published), compromised)
    for note in notes:
        statement = parse_statement(note)
        if isinstance(statement, Successor):
            signed = note.signers([statement.old, statement.new])
            if statement.old in ring.until and statement.old not in compromised and len(signed) == 2:  # noqa: PLR2004 - old and new
                ring.until[statement.old] = statement.until
                ring.until.setdefault(statement.new, None)
    return ring


def signer_of(path: Path, name: str, kind: int = SIGNATURE) -> Signer:
    """The private key in this file, made on the first use; readable by its owner alone.

    Raises: BadNote for a file that holds no Ed25519 key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate()
        path.touch(mode=READABLE_BY_OWNER, exist_ok=False)
        path.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError:
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        msg = f"{path.name} holds no Ed25519 key in PEM; put the right file back, or remove it for a new key"
        raise BadNote(msg)
    return Signer(name, private, kind)


def read_statements(text: str) -> list[Note]:
    """The statements in a file, one behind the other.

    Raises: BadNote.
    """
    parts = text.split(f"{HEADER}\n")
    if parts[0]:
        raise BadNote(f"a file of statements begins with {HEADER}")
    return [parse_note(f"{HEADER}\n{part}") for part in parts[1:]]
