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
the same audience (`previous`), so a gap is seen at once and filled from the feed, in order. Beacons tell of a last
event that was lost. While the broker is away, the feed is asked now and then; when it is back, nothing is missing.

- *At least once, in order of position.* An event counts as handled when the loop asks for the next one; its position is
  saved then. After a crash the last ones may come again: whoever must act exactly once keeps the position in the
  transaction that acts (a `Checkpoint` of its own), or remembers `event.id`.
- *Nothing is left behind.* The queue on the broker lives as long as the connection; the feed has what one missed.
- *Refused is refused.* A wrong token or a right that is lacking ends the loop with `Refused`; outages never do.
- *A restored log is told.* When the service had to be restored and lost events, `Restored` says where the subscriber
  stands, so that a person decides what becomes of the events that are no more.

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
