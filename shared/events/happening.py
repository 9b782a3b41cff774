"""What does a read model need of a record? What happened, when, to which noun, for which lab; decoded in one pass."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from shared.events.codec import UnknownEventType, decode
from shared.events.registry import by_wire_name
from shared.kernel.identity import noun_id_of
from shared.kernel.recorded import Happening


class Unreadable(ValueError):  # noqa: N818 - says what it is
    """A record is not of the form that its type says: no read model can be right from there on."""


class OnRecord(msgspec.Struct, gc=False):
    """What a record says of it; the attributes are named as there. `position` is set by the reader."""

    id: str
    data: Any
    time: datetime
    subject: str
    lab: str | None = None
    synthetic: bool = False
    position: int = 0

    @property
    def noun_id(self) -> str:
        """The id of the noun whose stream this is: `offer-17` is the offer `17`."""
        return noun_id_of(self.subject)


def read_happenings(
    source: str, records: Iterable[tuple[int, str, bytes]], *, skips_unreadable: bool = False
) -> list[Happening[Any]]:
    """The events in these records, which are given with position and type.

    Raises: Unreadable, with the place, unless such records are skipped.
    """
    events: list[Happening[Any]] = []
    for position, type_name, record in records:
        try:
            event = _reader_of(type_name)(record)
        except (msgspec.DecodeError, UnknownEventType) as error:
            if skips_unreadable:
                continue
            raise Unreadable(f"{type_name}: {error} at {source} {position}") from error
        event.position = position
        events.append(event)
    return events


@cache
def _reader_of(type_name: str) -> Callable[[bytes], OnRecord]:
    """What reads the records of this type, or of an older version of it; it raises what `decode` raises."""
    registered = by_wire_name(type_name)
    if registered is None:
        return _read_older
    # A decoder of its own for each type: it skips what no read model needs, and decodes nothing twice.
    made: Any = msgspec.defstruct("OfType", [("data", registered.cls)], bases=(OnRecord,), gc=False)
    decoder: Callable[[bytes], OnRecord] = msgspec.json.Decoder(made).decode
    return decoder


def _read_older(record: bytes) -> OnRecord:
    event = decode(record)
    return OnRecord(event.id, event.data, event.time, event.stream, event.lab, event.synthetic)
