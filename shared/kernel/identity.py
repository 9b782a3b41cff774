"""Which id follows from other ids? The same parts always give the same one, so that a repeat meets the first."""

import hashlib

_BYTES = 16


def derived_id(*parts: str) -> str:
    """The id that follows from these parts, in their order; parts never run into each other.

    32 hexadecimal digits: 128 bits of SHA-256.
    """
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[: 2 * _BYTES]
