"""Did one of the city's services publish this message? A code under the service key, beside the body, says so.

The broker is not believed: whoever can publish, or writes on the broker's disk, could otherwise make up events. The
code covers routing key and body and travels in a header, so the body stays byte for byte the record.
Source: RFC 7693 (BLAKE2, keyed).
"""

import hashlib
import hmac

from shared.bus.port import Message

HEADER = "kosilab-mac"
DIGEST_BYTES = 16
AS_THEY_CAME = "surrogatepass"
"""A stranger's routing key may hold what is no text; it must not stop the reader."""


class Seal:
    """Makes and checks the codes; the key is prepared once."""

    def __init__(self, key: bytes) -> None:
        """`key` has at most 64 bytes."""
        self._prepared = hashlib.blake2b(key=key, digest_size=DIGEST_BYTES)

    def sealed(self, *, routing_key: str, body: bytes, message_id: str) -> Message:
        """The message with its code."""
        mac = self._code(routing_key, body)
        return Message(routing_key=routing_key, body=body, message_id=message_id, mac=mac)

    def holds(self, message: Message) -> bool:
        """Whether the code is right: a service of this city published these bytes under this routing key."""
        code = self._code(message.routing_key, message.body)
        return hmac.compare_digest(message.mac.encode(errors=AS_THEY_CAME), code.encode())

    def _code(self, routing_key: str, body: bytes) -> str:
        digest = self._prepared.copy()
        digest.update(b"%s\n" % routing_key.encode(errors=AS_THEY_CAME))
        digest.update(body)
        return digest.hexdigest()
