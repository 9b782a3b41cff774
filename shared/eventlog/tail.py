"""Which records did this process append last? Kept for those who follow the log, who would read them back at once."""

import threading
from collections import deque
from collections.abc import Sequence
from itertools import islice

from shared.eventlog.port import StoredRecord

MOST = 500
"""How many records are kept."""


class Tail:
    """The last records without a gap, as far as this process appended them; safe for threads."""

    def __init__(self) -> None:
        self._records: deque[StoredRecord] = deque(maxlen=MOST)
        self._guard = threading.Lock()

    def extend(self, records: Sequence[StoredRecord]) -> None:
        """Keep records that were committed; what another process appended before them leaves a gap, so only these."""
        with self._guard:
            if records and self._records and records[0].position != self._records[-1].position + 1:
                self._records.clear()
            self._records.extend(records)

    def behind(self, position: int, limit: int) -> list[StoredRecord]:
        """The records that follow this position; none when the first of them is not kept."""
        with self._guard:
            if not self._records:
                return []
            start = position + 1 - self._records[0].position
            return list(islice(self._records, start, start + limit)) if start >= 0 else []
