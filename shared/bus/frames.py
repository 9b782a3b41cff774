"""How does a message lie in AMQP's frames? Written at once, since py-amqp takes four times as long for one message.

Source: AMQP 0-9-1, 2.3.5 (frames), 4.2 (grammar); the class `basic`.
"""

from functools import cache
from struct import Struct

from shared.bus.port import Message
from shared.bus.seal import HEADER
from shared.bus.topology import EXCHANGE

METHOD, CONTENT, BODY, END = 1, 2, 3, b"\xce"
BASIC, PUBLISH = 60, 40
MANDATORY = b"\x01"
TYPE_HEADERS_MODE_AND_ID = 1 << 15 | 1 << 13 | 1 << 12 | 1 << 7
"""The properties that a message has: content type, headers, delivery mode, message id."""

CONTENT_TYPE = "application/cloudevents+json"
PERSISTENT = b"\x02"
FRAME_OVERHEAD = 8

_frame = Struct(">BHI").pack
_content = Struct(">HHQH").pack
_method = Struct(">HHH").pack
_length = Struct(">I").pack


class Frames:
    """The frames of messages on one channel."""

    def __init__(self, channel: int, longest: int) -> None:
        """`longest` is the limit for a frame that the broker has set [bytes]."""
        self._channel = channel
        self._most = longest - FRAME_OVERHEAD
        self._publish = cache(self._publish_to)

    def of(self, message: Message) -> bytes:
        """A message to the city's exchange: mandatory, persistent, with its id and its code."""
        body = message.body
        properties = b"%s%s%s%s" % (TYPE, _headers(message.mac), PERSISTENT, _short(message.message_id))
        content = _content(BASIC, 0, len(body), TYPE_HEADERS_MODE_AND_ID) + properties
        bodies = (self._framed(BODY, body[at : at + self._most]) for at in range(0, len(body), self._most))
        return b"".join((self._publish(message.routing_key), self._framed(CONTENT, content), *bodies))

    def _publish_to(self, routing_key: str) -> bytes:
        method = _method(BASIC, PUBLISH, 0) + _short(EXCHANGE) + _short(routing_key) + MANDATORY
        return self._framed(METHOD, method)

    def _framed(self, kind: int, payload: bytes) -> bytes:
        return _frame(kind, self._channel, len(payload)) + payload + END


def _short(text: str) -> bytes:
    encoded = text.encode()
    return bytes((len(encoded),)) + encoded


def _headers(mac: str) -> bytes:
    table = b"%sS%s%s" % (NAME, _length(len(mac)), mac.encode()) if mac else b""
    return _length(len(table)) + table


TYPE, NAME = _short(CONTENT_TYPE), _short(HEADER)
