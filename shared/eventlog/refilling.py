"""How does a restored log get back records that only others still have? Byte for byte, after its own last record."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, text

from shared.eventlog.judge import CommandRow, encode_outcome
from shared.eventlog.port import Done
from shared.eventlog.record import EventRow
from shared.eventlog.sql.batch import insert_many
from shared.eventlog.sql.tables import EVENT, Instant
from shared.eventlog.store import SqlStore
from shared.events.codec import decode_envelope

HEAD = text("SELECT position, by_audience FROM log_head WHERE id = 1")
MOVE = text(
    "UPDATE log_head SET position = :position, by_audience = :by_audience, recorded_at = :recorded_at WHERE id = 1"
).bindparams()
COMMAND = text("INSERT INTO command VALUES (:command_id, :digest, :outcome) ON CONFLICT DO NOTHING")


class NotTheTail(ValueError):  # noqa: N818 - names the situation
    """The records do not follow the log's last one."""


def refill(store: SqlStore, records: Sequence[bytes]) -> int:
    """Append records that this log once gave out, unchanged; returns their number.

    Their commands are remembered with the digest that reactions use: a reaction that repeats one finds its outcome.
    Raises: NotTheTail, LogUnavailable.
    """
    if not records:
        return 0
    rows = [_row(record) for record in records]
    with store.transaction() as tx:
        position, by_audience = tx.execute(HEAD).one()
        if [row.position for row in rows] != list(range(position + 1, position + 1 + len(rows))):
            raise NotTheTail(f"the log ends at {position}, the records begin at {rows[0].position}")
        audiences = msgspec.json.decode(by_audience) | {row.audience: row.position for row in rows}
        insert_many(tx, EVENT, rows)
        for done in _outcomes(rows):
            tx.execute(COMMAND, done)
        moment = Instant().process_bind_param(rows[-1].recorded_at, tx.dialect)
        encoded = msgspec.json.encode(audiences).decode()
        tx.execute(MOVE, {"position": rows[-1].position, "by_audience": encoded, "recorded_at": moment})
    return len(rows)


def clamp_cursors(store: SqlStore, heads: dict[str, int]) -> list[str]:
    """Set back the cursors of readers beyond the end of a source's log; returns their names.

    Raises: LogUnavailable.
    """
    put_back = []
    for name, position in store.log.cursors().items():
        source = name.partition(":")[2] or store.log.service
        if position > heads.get(source, position):
            store.log.move_cursor(name, expected=position, to=heads[source])
            put_back.append(name)
    return put_back


def forget_after(tx: Connection, source: str, position: int) -> None:
    """Delete from reporting's history the records that a source lost: others will take their positions."""
    tx.execute(
        text("DELETE FROM history WHERE source = :source AND position > :position"),
        {"source": source, "position": position},
    )


def _row(record: bytes) -> EventRow:
    envelope = decode_envelope(record)
    return EventRow(
        int(envelope.sequence),
        envelope.id,
        envelope.subject,
        envelope.streamversion,
        envelope.type,
        envelope.audience,
        envelope.recordedtime,
        envelope.commandid,
        record,
    )


def _outcomes(rows: Sequence[EventRow]) -> list[dict[str, str]]:
    last = {row.command_id: row for row in rows}
    types = {command: tuple(row.type for row in rows if row.command_id == command) for command in last}
    outcomes = [
        CommandRow(
            row.command_id,
            row.command_id,
            Done(stream=row.stream, position=row.position, version=row.version, types=types[row.command_id]),
        )
        for row in last.values()
    ]
    return [
        {
            "command_id": outcome.command_id,
            "digest": outcome.request_digest,
            "outcome": encode_outcome(outcome.outcome),
        }
        for outcome in outcomes
    ]
