"""What does a subscriber know of an event? The CloudEvent as it was recorded, byte for byte, and its attributes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NoEvent(ValueError):  # noqa: N818 - names what it is
    """The bytes are no event of a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a service's log; `position` counts from 1, `previous` is that of the event before with its audience.

    `attributes` are all of the CloudEvent's; `record` are its bytes, as the log, the feed and the auditor have them.
    """

    position: int
    previous: int
    id: str
    source: str
    type: str
    subject: str
    time: str
    data: Mapping[str, Any]
    attributes: Mapping[str, Any]
    record: bytes


def read_event(record: bytes) -> Event:
    """The event in these bytes.

    Raises: NoEvent.
    """
    try:
        attributes: dict[str, Any] = json.loads(record)
        return Event(
            position=int(attributes["sequence"]),
            previous=int(attributes["previous"]),
            id=attributes["id"],
            source=attributes["source"],
            type=attributes["type"],
            subject=attributes["subject"],
            time=attributes["time"],
            data=attributes["data"],
            attributes=attributes,
            record=record,
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NoEvent(f"{type(error).__name__}: {error}") from error
