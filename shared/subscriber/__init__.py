"""What does another system install to hear what happens in a city? This folder, pika, and nothing else.

    from pathlib import Path
    from shared.subscriber import FileCheckpoint, Subscription

    subscription = Subscription(
        amqp_url="amqps://library:…@city.example/wuppertal",
        feed_url="https://city.example",
        service="marketplace",
        token=lambda: Path("token").read_text().strip(),
        checkpoint=FileCheckpoint(Path("marketplace.checkpoint")),
    )
    for event in subscription:
        print(event.position, event.type, event.data)

The broker brings events promptly; the feed of the same service is the truth. Each event names the one before it with
the same audience (`previous`), so the subscriber notices a gap at once and fills it from the feed, in order. Beacons
reveal that a last event was lost. While the broker is away, the subscriber asks the feed now and then; once the broker
is back, nothing is missing.

- *At least once, in order of position.* An event counts as handled when the loop asks for the next one; its position is
  saved then. After a crash the last ones may come again: whoever must act exactly once keeps the position in the
  transaction that acts (a `Checkpoint` of its own), or remembers `event.id`.
- *Nothing is left behind.* The queue on the broker lives as long as the connection; the feed has whatever was missed.
- *A refusal ends the loop.* A wrong token or a missing right raises `Refused`; an outage never does.
- *A restored log is reported.* When the service was restored and lost events, `Restored` says how far the subscriber
  has come, so that a person decides what to do about the lost events.

More: docs/downstream.md.
"""

from shared.subscriber.checkpoint import Checkpoint, FileCheckpoint, Place
from shared.subscriber.event import Event
from shared.subscriber.feed import FeedUnavailable, Refused
from shared.subscriber.subscription import Restored, Subscription

__all__ = [
    "Checkpoint",
    "Event",
    "FeedUnavailable",
    "FileCheckpoint",
    "Place",
    "Refused",
    "Restored",
    "Subscription",
]
