"""Is the bus in memory prompt, and does it count what nobody takes? Tried in a green process."""

from shared.edge.green.patched import patch

patch()

import json  # noqa: E402 - patched first

import eventlet  # noqa: E402

from shared.bus.memory import MemoryBus  # noqa: E402
from shared.bus.port import Delivery, Message  # noqa: E402
from tests.runtime.programs.ticks import turns_during  # noqa: E402


def message(key: str, number: int) -> Message:
    """One message."""
    return Message(routing_key=key, body=b"%d" % number, message_id=str(number))


def ours() -> dict[str, object]:
    """A consumer that waits is woken by the message, and others have their turn while it waits."""
    bus = MemoryBus()
    bus.declare("marketplace", ("actors",))
    taken: list[str] = []

    def handle(delivery: Delivery) -> None:
        taken.append(delivery.message.message_id)
        delivery.ack()

    def wait_for_one() -> None:
        bus.consume("marketplace", handle, timeout=60.0)

    eventlet.spawn_after(0.5, bus.publisher().publish, [message("open.actors.OrganisationVerified", 1)])
    turns = turns_during(wait_for_one)
    bus.publisher().publish([message("open.nobody.Heard", 2)])
    return {"taken": taken, "turns": turns, "n_unrouted": bus.n_unrouted}


print(json.dumps(ours()))
