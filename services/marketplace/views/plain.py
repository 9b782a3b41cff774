"""How does an event, or a part of one, stand in a document? As JSON holds it: lists, and decimals and dates as text."""

from typing import Any

import msgspec

from shared.kernel.read_model import Document

_encode = msgspec.json.Encoder(decimal_format="string").encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def plain(data: Any) -> Document:
    """The fields as JSON holds them."""
    return _decode(_encode(data))
