"""Which id follows from other ids, or from a stream? The same parts give the same id, so a repeat is recognised."""

import hashlib

_BYTES = 16


def noun_id_of(stream: str) -> str:
    """The id of the noun whose stream this is: `offer-17` is the offer `17`."""
    return stream.partition("-")[2]


def derived_id(*parts: str) -> str:
    """The id that follows from these parts in this order; the boundaries of the parts count.

    32 hexadecimal digits: 128 bits of SHA-256.
    """
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[: 2 * _BYTES]
