"""How are records read that this code may not understand? As events whose data are marked so."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from shared.events.codec import UnknownEventType, decode, decode_envelope, recorded
from shared.kernel.recorded import Recorded

DOTS = 3
"""A type is `kosilab.<service>.<Event>.v<version>`."""


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """The data of an event of an unknown type: it keeps its place, and nobody handles it."""

    type: str


@dataclass(frozen=True, slots=True)
class UnreadableEvent:
    """The data of an event that does not have the form of its type; handling it fails."""

    why: str


def read_record(record: bytes) -> Recorded[Any]:
    """The record as an event; unknown or unreadable data are marked; the envelope is always readable.

    Raises: msgspec.DecodeError when the bytes are no CloudEvent of a log.
    """
    try:
        event = _read(record)
    except IndexError as error:
        raise msgspec.DecodeError("its type names no service") from error
    if event.type.count(".") != DOTS:
        raise msgspec.DecodeError("its type is none of a log")
    return event


def _read(record: bytes) -> Recorded[Any]:
    try:
        return decode(record)
    except UnknownEventType as error:
        return recorded(decode_envelope(record), UnknownEvent(str(error)), record)
    except msgspec.DecodeError as error:
        return recorded(decode_envelope(record), UnreadableEvent(str(error)), record)


def read_records(records: Iterable[bytes]) -> list[Recorded[Any]]:
    """Many records."""
    return [read_record(record) for record in records]


def refuse_unreadable(event: Recorded[Any]) -> None:
    """Fail on an event that can't be read, as on one whose handling fails.

    Raises: ValueError.
    """
    if isinstance(event.data, UnreadableEvent):
        raise ValueError(event.data.why)  # noqa: TRY004 - its value cannot be read, its type is right
