"""What do the messages of a batch contain? Events and beacons by source; everything else is ignored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from shared.bus.port import Message
from shared.bus.seal import Seal
from shared.bus.topology import BEACON, routing_key, source_of
from shared.kernel.recorded import Recorded
from shared.service.reading import read_record


@dataclass(frozen=True, slots=True)
class News:
    """Events in the order of their positions, and the highest position that a beacon named, by source.

    Messages that could not be decoded are only counted: their gap is filled from the feed. `doubted` are the sources in
    whose name messages came that no service of the city published: nothing of them is believed, the feed is asked.
    """

    events: Mapping[str, Sequence[Recorded[Any]]]
    beacons: Mapping[str, int]
    n_undecodable: int
    doubted: frozenset[str]
    n_doubted: int


def sort_out(messages: Iterable[Message], seal: Seal) -> News:
    """The news in these messages."""
    events: dict[str, list[Recorded[Any]]] = defaultdict(list)
    beacons: dict[str, int] = {}
    n_undecodable = 0
    doubted: list[str] = []
    for message in messages:
        if not seal.holds(message):
            doubted.append(source_of(message.routing_key))
        elif message.routing_key.startswith(f"{BEACON}."):
            source = source_of(message.routing_key)
            beacons[source] = max(beacons.get(source, 0), _beacon_position(message.body))
        elif (event := _event_in(message)) is not None:
            events[event.service].append(event)
        else:
            n_undecodable += 1
    for some in events.values():
        some.sort(key=lambda event: event.position)
    return News(events, beacons, n_undecodable, frozenset(doubted), len(doubted))


def _beacon_position(body: bytes) -> int:
    return int(body) if body.isdigit() else 0


def _event_in(message: Message) -> Recorded[Any] | None:
    """The event in a message; None when there is none, or another than its routing key says.

    The broker lets a service publish under its own name only, so the key says which of them sent it.
    """
    try:
        event = read_record(message.body)
    except msgspec.DecodeError:
        return None
    return event if routing_key(event.type, event.audience) == message.routing_key else None
