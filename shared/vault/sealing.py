"""How does a personal value become a slot, and what may the record hold of it for ever?

From the subject's key each event and slot has three values of its own (HKDF-SHA-256): the cipher key, a blinding value
and a reference. The record keeps digests: `ct` of nonce and ciphertext, `pt` a commitment to the plaintext, `kref`.
Once the key is gone the commitment reveals nothing, not even a birth date: its blinding value has 256 bits.
Source: reliability 4.3; NIST SP 800-38D (GCM); RFC 5869 (HKDF).
"""

import hashlib
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

COMMITMENT = b"kosilab-slot-v1"
KEY_BYTES, NONCE_BYTES, KREF_BYTES = 32, 12, 16


class Unreadable(Exception):  # noqa: N818 - names what it is
    """The slot does not open with this key: it was changed, moved to another event, or is another key's."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a slot: its ciphertext opens nowhere else."""

    event_id: str
    type: str
    name: str

    def bytes(self) -> bytes:
        """The place as bytes that are bound to the ciphertext; the boundaries of the parts count."""
        parts = (self.event_id.encode(), self.type.encode(), self.name.encode())
        return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of a slot in the record, each in hexadecimal digits."""

    ct: str
    kref: str
    pt: str


def seal(key: bytes, place: Place, text: str) -> tuple[bytes, Digests]:
    """Nonce and ciphertext as they are kept beside the log, and the digests for the record."""
    cipher_key, blinding, kref = _derived(key, place)
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = nonce + AESGCM(cipher_key).encrypt(nonce, text.encode(), place.bytes())
    return sealed, Digests(ct=digest(sealed), kref=kref.hex(), pt=commitment(blinding, text))


def unseal(key: bytes, place: Place, sealed: bytes) -> str:
    """The text of a slot.

    Raises: Unreadable.
    """
    cipher_key, _, _ = _derived(key, place)
    try:
        return AESGCM(cipher_key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.bytes()).decode()
    except (InvalidTag, ValueError):
        raise Unreadable(f"slot {place.name} of event {place.event_id}") from None


def blinding_of(key: bytes, place: Place) -> bytes:
    """The blinding value of one slot: handed out with the text, it proves this one fact and no other."""
    return _derived(key, place)[1]


def commitment(blinding: bytes, text: str) -> str:
    """The commitment to a text: binding while the blinding value is known, silent once it is not."""
    return hashlib.sha256(COMMITMENT + blinding + text.encode()).hexdigest()


def digest(sealed: bytes) -> str:
    """The digest of nonce and ciphertext."""
    return hashlib.sha256(sealed).hexdigest()


def _derived(key: bytes, place: Place) -> tuple[bytes, bytes, bytes]:
    length = 2 * KEY_BYTES + KREF_BYTES
    derived = HKDF(SHA256(), length, salt=None, info=COMMITMENT + place.bytes()).derive(key)
    return derived[:KEY_BYTES], derived[KEY_BYTES : 2 * KEY_BYTES], derived[2 * KEY_BYTES :]
