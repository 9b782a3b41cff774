"""What does evaluation read of a record? What happened, when, to which noun, for which lab; decoded in one pass."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from shared.events.codec import decode
from shared.events.registry import by_wire_name
from shared.kernel.identity import noun_id_of
from shared.kernel.recorded import Happening


class Unreadable(ValueError):  # noqa: N818 - says what it is
    """History holds an event that is not of the form its type says: no figure can be right from there on."""


class OnRecord(msgspec.Struct, gc=False):
    """What a record says of it; the attributes are named as there."""

    id: str
    data: Any
    time: datetime
    subject: str
    lab: str | None = None
    synthetic: bool = False

    @property
    def noun_id(self) -> str:
        """The id of the noun whose stream this is: `offer-17` is the offer `17`."""
        return noun_id_of(self.subject)


@cache
def reader_of(type_name: str) -> Callable[[bytes], Happening[Any]]:
    """What reads the records of this type, or of an older version of it; it raises what `decode` raises."""
    known = by_wire_name(type_name)
    if known is None:
        return _read_older
    # A decoder of its own for each type: it skips what evaluation does not read, and decodes nothing twice.
    made: Any = msgspec.defstruct("OfType", [("data", known.cls)], bases=(OnRecord,), gc=False)
    return msgspec.json.Decoder(made).decode


def _read_older(record: bytes) -> Happening[Any]:
    event = decode(record)
    return OnRecord(event.id, event.data, event.time, event.stream, event.lab, event.synthetic)
