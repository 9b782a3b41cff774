"""How fast does the `eventsourcing` library merely read and decode its notification log? Runs in its own environment.

`python eventsourcing_read.py URL EVENTS`: fills the log with our payload (JSON on standard input), then reads it from
the start, section by section, and decodes each notification into its domain event. Prints the seconds of the reading.
"""

import json
import sys
import time
from importlib.metadata import version

from eventsourcing_append import Offer, Offers

PER_SAVE = 500


def main() -> None:
    """Fill, then measure."""
    events = int(sys.argv[2])
    terms = json.load(sys.stdin)
    offers = Offers()
    there = offers.recorder.max_notification_id() or 0
    for _ in range(there, events, PER_SAVE):
        offers.save(*(Offer(terms) for _ in range(PER_SAVE)))
    began = time.perf_counter()
    read, start = 0, 1
    while read < events:
        notifications = offers.notification_log.select(start=start, limit=min(1000, events - read))
        for notification in notifications:
            offers.mapper.to_domain_event(notification)
        read += len(notifications)
        start = notifications[-1].id + 1
    seconds = time.perf_counter() - began
    offers.close()
    print(json.dumps({"seconds": seconds, "events": read, "version": version("eventsourcing")}))


if __name__ == "__main__":
    main()
