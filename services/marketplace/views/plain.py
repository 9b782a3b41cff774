"""How does an event, or a part of one, stand in a document? As JSON holds it: lists, and decimals and dates as text."""

from typing import Any

import msgspec

_encode = msgspec.json.Encoder(decimal_format="string").encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def plain(event: object) -> Any:
    """The fields as JSON holds them; the caller says which form of document that is."""
    return _decode(_encode(event))
