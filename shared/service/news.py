"""What do the messages of a batch contain? Events and beacons by source; everything else is ignored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from shared.bus.port import Message
from shared.bus.topology import BEACON, routing_key
from shared.kernel.recorded import Recorded
from shared.service.reading import read_record


@dataclass(frozen=True, slots=True)
class News:
    """Events in the order of their positions, and the highest position that a beacon named, by source.

    Messages that could not be decoded are only counted: their gap is filled from the feed.
    """

    events: Mapping[str, Sequence[Recorded[Any]]]
    beacons: Mapping[str, int]
    n_undecodable: int


def sort_out(messages: Iterable[Message]) -> News:
    """The news in these messages."""
    events: dict[str, list[Recorded[Any]]] = defaultdict(list)
    beacons: dict[str, int] = {}
    n_undecodable = 0
    for message in messages:
        if message.routing_key.startswith(f"{BEACON}."):
            source = message.routing_key.rpartition(".")[2]
            beacons[source] = max(beacons.get(source, 0), _beacon_position(message.body))
        elif (event := _event_in(message)) is not None:
            events[event.service].append(event)
        else:
            n_undecodable += 1
    for some in events.values():
        some.sort(key=lambda event: event.position)
    return News(events, beacons, n_undecodable)


def _beacon_position(body: bytes) -> int:
    return int(body) if body.isdigit() else 0


def _event_in(message: Message) -> Recorded[Any] | None:
    """The event in a message; None when there is none, or another than its routing key says.

    The broker lets a service publish under its own name only, so the key says who sent it.
    """
    try:
        event = read_record(message.body)
    except msgspec.DecodeError:
        return None
    return event if routing_key(event.type, event.audience) == message.routing_key else None
