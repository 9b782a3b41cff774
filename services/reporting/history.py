"""What has everybody said? Every received record, kept in the transaction that moves the inbox's cursor."""

from collections.abc import Callable, Sequence
from typing import Any

from shared.eventlog.history import HistoryLine
from shared.eventlog.store import SqlStore
from shared.kernel.recorded import Recorded


def keep_history(store: SqlStore) -> Callable[[Any, Sequence[Recorded[Any]]], None]:
    """What the inbox does with events within its transaction: keep each record, byte for byte."""

    def keep(tx: Any, events: Sequence[Recorded[Any]]) -> None:
        store.history.append_many(tx, [HistoryLine.of(event) for event in events])

    return keep
