"""Which id does a noun have that a file names by a key of its own? The id is derived from the key.

A person's id is keyed with the instance's secret: nobody can find it by trying the short numbers of a list.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping

from shared.events.vocabulary import PersonContext
from shared.kernel.identity import derived_id
from shared.service import ids

ID_DIGITS = 32  # hexadecimal digits: 128 bits, as many as a random id has


def noun_id(kind: str, key: str) -> str:
    """The id of the noun that a row of a kind of file describes."""
    return derived_id("import", kind, key)


def person_id(secret: str, context: PersonContext, number: str) -> str:
    """The id of the person with this number in a list; volunteering and employment derive different ids."""
    return _keyed(secret, "person", context, number)[:ID_DIGITS]


def row_digest(secret: str, values: Mapping[str, object]) -> str:
    """A digest of a row's content that reveals nothing without the secret."""
    return _keyed(secret, "row", json.dumps(values, sort_keys=True, default=str))


def command_id(city_key: str, kind: str, key: str, digest: str, stream: str, version: int) -> str:
    """The id of a row's command for a stream at its version: two simultaneous imports of a file apply it once."""
    return ids.derived("import", city_key, kind, key, digest, stream, str(version))


def _keyed(secret: str, *parts: str) -> str:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
