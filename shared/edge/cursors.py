"""What does a list hand out to go on with? A text that only this city can read or make, for this list and this caller.

It holds the key of the last item that was shown, padded to one length, encrypted and authenticated with AES-SIV: the
same page has the same cursor, and nothing can be read from it or forged into it.
Source: RFC 5297.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from shared.edge.problems import malformed
from shared.edge.signing import LISTS, derived
from shared.edge.tokens import Issuer
from shared.service.tables import Caller

LENGTH = 128  # [bytes] of a padded key: longer than any key of a view
LONGEST = 240  # [characters] of a cursor


class Cursors:
    """The cursors of one list."""

    def __init__(self, issuer: Issuer, path: str) -> None:
        self._cipher = AESSIV(hashlib.sha512(derived(issuer.local_key, LISTS).encode()).digest())
        self._path = path

    def made(self, key: str, caller: Caller | None, filters: Mapping[str, str]) -> str:
        """The cursor behind the item with this key."""
        padded = key.encode().ljust(LENGTH, b"\0")
        sealed = self._cipher.encrypt(padded, self._bound_to(caller, filters))
        return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")

    def read(self, text: str, caller: Caller | None, filters: Mapping[str, str]) -> str:
        """The key behind which a page begins; "" for the first page.

        Raises: Problem 400 for anything but a cursor that this list has given this caller for these filters.
        """
        if not text:
            return ""
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            return self._cipher.decrypt(sealed, self._bound_to(caller, filters)).rstrip(b"\0").decode()
        except (InvalidTag, ValueError, binascii.Error):
            sentence = (
                "`after` must be the `next` of the page before, with the same filters; it is not an id."
            )
            raise malformed(sentence, field="after") from None

    def _bound_to(self, caller: Caller | None, filters: Mapping[str, str]) -> list[bytes]:
        whose = "" if caller is None else f"{caller.role}:{caller.actor}"
        asked = [f"{name}={filters[name]}" for name in sorted(filters)]
        return [part.encode() for part in (self._path, whose, *asked)]
