"""How is a text signed so that anyone can check it years later, with nothing but the text and a public key?

A signed note: the text, an empty line, then a line for each signature with the key's name and a short id of the key.
Source: C2SP signed-note; tlog-cosignature (the second kind of signature, which says when it was made).
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE, COSIGNATURE = 1, 4
"""What a key's signatures mean: "this is my text", or "at this time I had seen that this log only ever grew"."""

KEY_BYTES, ID_BYTES, TIME_BYTES = 32, 4, 8
MAX_SIGNATURES = 100
NAME = re.compile(r"[^\s+\x00-\x1f]+")
LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+=*)\n")


class BadNote(ValueError):  # noqa: N818 - says what happened
    """A note, a key or a signature that is not what it should be, with a sentence that says why."""


class BadSignature(BadNote):
    """A signature that names a known key and is not its own."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name of whoever signs with it, and what its signatures mean."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The first bytes of the key's hash: tells keys of the same name apart, proves nothing."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        """The key as it is passed around."""
        return f"{self.name}+{self.id.hex()}+{encoded(bytes([self.kind]) + self.public)}"

    def made(self, signature: "Signature") -> bool:
        """Whether the signature line names this key."""
        return (signature.name, signature.key_id) == (self.name, self.id)

    def verifies(self, text: str, signature: "Signature") -> bool:
        """Whether the signature is this key's, and of this text."""
        signed, message = signature.signed, text.encode()
        if self.kind == COSIGNATURE:
            signed, message = signature.signed[TIME_BYTES:], _cosigned(text, signature.time)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signed, message)
        except InvalidSignature:
            return False
        return self.made(signature)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who signed, with which key, and the bytes."""

    name: str
    key_id: bytes
    signed: bytes

    @property
    def time(self) -> int:
        """When a cosignature says it was made [s since 1970]."""
        return int.from_bytes(self.signed[:TIME_BYTES])

    def __str__(self) -> str:
        """The line as it stands in the note."""
        return f"— {self.name} {encoded(self.key_id + self.signed)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and who signed it; nothing is believed of it before the signatures are checked."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """The note as it is kept and sent."""
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def signers(self, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
        """Which of the known keys signed the text; signatures of others say nothing.

        Raises: BadSignature when a line names a known key and its signature does not fit.
        """
        signers: list[VerifierKey] = []
        for key in keys:
            for signature in filter(key.made, self.signatures):
                if not key.verifies(self.text, signature):
                    msg = f"the signature of {key.name} does not fit the text"
                    raise BadSignature(msg)
                signers.append(key)
        return list(dict.fromkeys(signers))

    def with_signatures(self, signatures: Iterable[Signature]) -> "Note":
        """The same text signed by more; a line that is there already is not added again."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *signatures))))


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key under its owner's name."""

    name: str
    private: Ed25519PrivateKey
    kind: int = SIGNATURE

    @property
    def key(self) -> VerifierKey:
        """What others check its signatures with."""
        return VerifierKey(self.name, self.kind, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """Sign the text."""
        return Signature(self.name, self.key.id, self.private.sign(text.encode()))

    def cosign(self, text: str, at: datetime) -> Signature:
        """Say that at this time nothing of the log had ever been taken back."""
        time = int(at.timestamp())
        made = self.private.sign(_cosigned(text, time))
        return Signature(self.name, self.key.id, time.to_bytes(TIME_BYTES) + made)


def parse_note(raw: bytes | str) -> Note:
    """The note in these bytes.

    Raises: BadNote.
    """
    try:
        whole = raw.decode() if isinstance(raw, bytes) else raw
    except UnicodeDecodeError:
        raise BadNote("a note is text in UTF-8") from None
    if re.search(r"[\x00-\x09\x0b-\x1f]", whole):
        raise BadNote("a note holds no control characters")
    text, gap, lines = whole.rpartition("\n\n")
    if not gap:
        raise BadNote("a note ends with an empty line and signatures")
    signatures = parse_signatures(lines)
    if not signatures:
        raise BadNote("a note is signed")
    return Note(text + "\n", signatures)


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """The signature lines in this text.

    Raises: BadNote.
    """
    split = lines.splitlines(keepends=True)
    if len(split) > MAX_SIGNATURES:
        msg = f"a note has at most {MAX_SIGNATURES} signatures"
        raise BadNote(msg)
    return tuple(map(_signature, split))


def parse_key(text: str) -> VerifierKey:
    """The public key in `name+id+key`.

    Raises: BadNote.
    """
    name, _, rest = text.partition("+")
    key_id, _, key = rest.partition("+")
    raw = decoded(key)
    if not NAME.fullmatch(name) or len(raw) != 1 + KEY_BYTES or raw[0] not in (SIGNATURE, COSIGNATURE):
        msg = f"{text[:100]} is no public key of the form name+id+key for Ed25519"
        raise BadNote(msg)
    parsed = VerifierKey(name, raw[0], raw[1:])
    if parsed.id.hex() != key_id:
        msg = f"the id of the key of {name} does not fit the key"
        raise BadNote(msg)
    return parsed


def encoded(raw: bytes) -> str:
    """Bytes as base64."""
    return base64.b64encode(raw).decode()


def decoded(text: str) -> bytes:
    """The bytes in a base64 text, which is the only one that stands for them.

    Raises: BadNote.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if encoded(raw) != text:
        msg = f"{text[:100]} is no base64"
        raise BadNote(msg)
    return raw


def _signature(line: str) -> Signature:
    match = LINE.fullmatch(line)
    if match is None:
        msg = f"{line[:100].rstrip()} is no signature line"
        raise BadNote(msg)
    raw = decoded(match[2])
    if len(raw) <= ID_BYTES:
        raise BadNote("a signature line holds the key's id and the signature")
    return Signature(match[1], raw[:ID_BYTES], raw[ID_BYTES:])


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()
