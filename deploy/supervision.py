"""What happens when a background loop ends unexpectedly? It restarts, and the health check reports it."""

import threading

from shared.edge.host import Loop
from shared.service import clock, telemetry

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
WELL_AFTER_S = 60.0
"""How long a loop must run again [s] before its last failure counts as repaired."""

log = telemetry.logger("supervision")


class Supervised:
    """A loop that restarts after a failure."""

    def __init__(self, loop: Loop) -> None:
        self.name = loop.name
        self.loop = loop
        self.n_failures = 0
        self._failed: Exception | None = None
        self._failed_at = 0.0

    @property
    def failed(self) -> Exception | None:
        """Why the loop stopped by itself, or why it ended a short time ago; None when all is well."""
        own: Exception | None = getattr(self.loop, "failed", None)
        if own is None and clock.monotonic() - self._failed_at < WELL_AFTER_S:
            return self._failed
        return own

    def run(self, stopping: threading.Event) -> None:
        """Run the loop until it shall stop; a loop that returns by itself has set `failed`."""
        pause = FIRST_PAUSE_S
        while not stopping.is_set():
            try:
                self.loop.run(stopping)
            except Exception as error:
                self._failed, self._failed_at = error, clock.monotonic()
                self.n_failures += 1
                log.exception("loop_failed", loop=self.name, again_in_s=pause)
                stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                return
