"""What time is it? The only file that reads the clock."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds [s] since some fixed moment: for durations and time limits only."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Let others run for a while [s]."""
    time.sleep(seconds)
