"""`python -m tests.system.planted DEFECT serve SERVICE …`: a service with a defect, to see that the checks find it.

Everything else is as `kosilab serve` runs it.
"""

import sys
from collections.abc import Callable, Mapping

from shared.edge.green.host import GreenHost

GreenHost().prepare()


def plant_cursor_first() -> None:
    """A relay that moves its cursor before the confirm."""
    from deploy import instance
    from shared.service.relay import WINDOW, Relay, message_of

    class CursorFirst(Relay):
        """Says that a window is published, then publishes it."""

        def _step(self) -> int:
            """One window."""
            stored = self._log.read(after=self._bookmark.at(), limit=WINDOW)
            if stored:
                self._bookmark.move(stored[-1].position)
                self._publish([message_of(event, self._seal) for event in stored])
            return len(stored)

    vars(instance)["Relay"] = CursorFirst


def plant_acknowledge_first() -> None:
    """An inbox that acknowledges before the commit."""
    from deploy import instance
    from shared.bus.port import Delivery
    from shared.service.inbox import LIMIT, QUIET_S, Inbox

    class AcknowledgeFirst(Inbox):
        """Says that messages are dealt with, then deals with them."""

        def step(self, timeout: float = QUIET_S) -> int:
            """What has arrived."""
            arrived: list[Delivery] = []
            self._bus.consume(self._service, arrived.append, timeout=timeout, limit=LIMIT)
            for delivery in arrived:
                delivery.ack()
            self._take(arrived)
            return len(arrived)

    vars(instance)["Inbox"] = AcknowledgeFirst


DEFECTS: Mapping[str, Callable[[], None]] = {
    "cursor first": plant_cursor_first,
    "acknowledge first": plant_acknowledge_first,
}


def main() -> None:
    """Plant the defect, then run the command line."""
    DEFECTS[sys.argv.pop(1)]()
    from deploy.cli.commands import kosilab

    kosilab(obj=GreenHost())


if __name__ == "__main__":
    main()
