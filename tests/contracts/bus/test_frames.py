"""Are our frames byte for byte those that py-amqp writes for the same message?"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import amqp
from amqp.method_framing import frame_writer
from amqp.serialization import dumps
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.frames import Frames
from shared.bus.port import Message
from shared.bus.seal import HEADER
from shared.bus.topology import EXCHANGE
from shared.events.codec import MAX_RECORD_BYTES

CHANNEL = 3
LONGEST = 4096
"""The least limit for a frame that a broker may set [bytes]."""

words = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=80)
some_messages = st.builds(
    Message,
    routing_key=st.lists(words, min_size=3, max_size=3).map(".".join),
    body=st.binary(max_size=3 * LONGEST),
    message_id=words,
    mac=st.just("") | st.binary(min_size=16, max_size=16).map(bytes.hex),
)


def written_by_py_amqp(message: Message) -> bytes:
    """What py-amqp gives to the socket for a message to the city's exchange."""
    written = bytearray()

    def write(part: bytes) -> None:
        written.extend(part)

    socket: Any = SimpleNamespace(write=write)
    connection: Any = SimpleNamespace(frame_max=LONGEST, bytes_sent=0)
    write_frame: Callable[..., None] = frame_writer(connection, socket)
    content = amqp.Message(
        message.body,
        content_type="application/cloudevents+json",
        message_id=message.message_id,
        delivery_mode=2,
        application_headers={HEADER: message.mac} if message.mac else {},
    )
    to = dumps("Bssbb", (0, EXCHANGE, message.routing_key, True, False))
    write_frame(1, CHANNEL, amqp.spec.Basic.Publish, to, content)
    return bytes(written)


@given(message=some_messages)
def test_frames_are_those_of_py_amqp(message: Message) -> None:
    assert Frames(CHANNEL, LONGEST).of(message) == written_by_py_amqp(message)


def test_the_largest_record_is_cut_as_py_amqp_cuts_it() -> None:
    largest = Message(
        routing_key="open.marketplace.OfferPosted", body=b"x" * MAX_RECORD_BYTES, message_id="m"
    )
    assert Frames(CHANNEL, LONGEST).of(largest) == written_by_py_amqp(largest)
