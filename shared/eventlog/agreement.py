"""Do the columns of a log agree with its records? Readers filter by columns, but only the records are signed."""

from collections.abc import Iterator
from typing import Any

import msgspec

from shared.eventlog.sql.database import Database
from shared.eventlog.sql.tables import instant_of
from shared.events.codec import decode_envelope, padded

COLUMNS = ("event_id", "stream", "version", "type", "audience", "recorded_at", "command_id", "position")
ROWS = f"SELECT record, {', '.join(COLUMNS)} FROM event WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608 - our own names
PAGE = 1_000


def differing(database: Database) -> Iterator[tuple[int, str]]:
    """The positions where a column contradicts the record, each with the column's name.

    Raises: LogUnavailable.
    """
    after = 0
    while page := database.rows(ROWS, (after, PAGE)):
        for record, *in_columns in page:
            after = int(in_columns[-1])
            yield from (
                (after, column) for column in _differing(record, dict(zip(COLUMNS, in_columns, strict=True)))
            )


def _differing(record: Any, in_columns: dict[str, Any]) -> list[str]:
    try:
        envelope = decode_envelope(record)
        signed = {
            "event_id": envelope.id,
            "stream": envelope.subject,
            "version": envelope.streamversion,
            "type": envelope.type,
            "audience": envelope.audience,
            "recorded_at": envelope.recordedtime,
            "command_id": envelope.commandid,
            "position": envelope.sequence,
        }
        there = in_columns | {
            "recorded_at": instant_of(in_columns["recorded_at"]),
            "position": padded(in_columns["position"]),
        }
    except (msgspec.MsgspecError, ValueError, TypeError):
        return ["record"]
    return [column for column in COLUMNS if there[column] != signed[column]]
