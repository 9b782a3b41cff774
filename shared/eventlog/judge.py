"""May this append be written, and with which records? Judged without a database, the same for every log."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

import msgspec

from shared.eventlog.port import (
    Append,
    AppendsStopped,
    CommandIdReused,
    Conflict,
    Done,
    Head,
    Outcome,
    Refusal,
    Slot,
)
from shared.eventlog.record import EventRow, Place, row_of, source_of

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""The `recordedtime` before the first record."""

row_of_slot = attrgetter("event_id", "name", "subject", "retention", "sealed")
"""The line of the table `slot`; `dataclasses.astuple` would copy each value deeply."""

Verdict: TypeAlias = Outcome | Exception


class CommandRow(NamedTuple):
    """One row of the table `command`: the memory for idempotency."""

    command_id: str
    request_digest: str
    outcome: Outcome


@dataclass(slots=True, kw_only=True)
class HeadRow:
    """The only row of the table `log_head`."""

    position: int = 0
    by_audience: dict[str, int] = field(default_factory=dict)
    recorded_at: datetime = BEGINNING
    incarnation: int = 1
    stopped: str | None = None

    def shown(self) -> Head:
        """The head as a reader gets it."""
        return Head(position=self.position, by_audience=dict(self.by_audience), incarnation=self.incarnation)

    def copy(self) -> "HeadRow":
        """A head that may move without moving this one."""
        return HeadRow(
            position=self.position,
            by_audience=dict(self.by_audience),
            recorded_at=self.recorded_at,
            incarnation=self.incarnation,
            stopped=self.stopped,
        )


@dataclass(slots=True, kw_only=True)
class Page:
    """The state of the log when a group of appends began, and the rows that they have added so far.

    `outcomes` holds those of the group's command ids that are known, `versions` the group's streams.
    """

    head: HeadRow
    outcomes: dict[str, tuple[str, Outcome]]
    versions: dict[str, int]
    events: list[EventRow] = field(default_factory=list)
    commands: list[CommandRow] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges appends one after the other: known command id first, then the stream's version, then the size."""

    city_key: str
    service: str
    clock: Callable[[], datetime]

    def verdicts(self, page: Page, requests: Iterable[Append]) -> list[Verdict]:
        """An outcome or an error for each request; one that fails leaves the page as it was for the others."""
        now = max(self.clock().astimezone(UTC), page.head.recorded_at)
        return [self._verdict(page, request, now) for request in requests]

    def _verdict(self, page: Page, request: Append, now: datetime) -> Verdict:
        try:
            return earlier_outcome(page.outcomes.get(request.command_id), request) or self._write(
                page, request, now
            )
        except (AppendsStopped, Conflict, CommandIdReused, ValueError) as error:
            return error

    def _write(self, page: Page, request: Append, now: datetime) -> Outcome:
        if page.head.stopped is not None:
            raise AppendsStopped(page.head.stopped)
        version = page.versions.get(request.stream, 0)
        if version != request.expected_version:
            msg = f"{request.stream} is at version {version}, not {request.expected_version}"
            raise Conflict(msg)
        head = page.head.copy()
        rows = self._rows(head, request, now)
        outcome = request.refusal or Done(
            stream=request.stream,
            position=head.position,
            version=version + len(rows),
            types=tuple(row.type for row in rows),
        )
        page.head = head
        page.versions[request.stream] = version + len(rows)
        page.outcomes[request.command_id] = (request.request_digest, outcome)
        page.events += rows
        page.slots += [slot for draft in request.events for slot in draft.slots]
        page.commands.append(CommandRow(request.command_id, request.request_digest, outcome))
        return outcome

    def _rows(self, head: HeadRow, request: Append, now: datetime) -> list[EventRow]:
        if request.refusal is not None and request.events:
            msg = f"{request.command_id} brings a refusal and events"
            raise ValueError(msg)
        source = source_of(self.city_key, self.service, head.incarnation)
        rows: list[EventRow] = []
        for draft in request.events:
            head.position += 1
            place = Place(
                position=head.position,
                previous=head.by_audience.get(draft.audience, 0),
                stream=request.stream,
                version=request.expected_version + len(rows) + 1,
                command_id=request.command_id,
                recorded_at=now,
                source=source,
            )
            rows.append(row_of(draft, place))
            head.by_audience[draft.audience] = head.position
            head.recorded_at = now
        return rows


def earlier_outcome(stored: tuple[str, Outcome] | None, request: Append) -> Outcome | None:
    """The earlier outcome of the same command, or None when it is new.

    Raises: CommandIdReused when the id came with another request.
    """
    return None if stored is None else outcome_for(stored, request.command_id, request.request_digest)


def outcome_for(stored: tuple[str, Outcome], command_id: str, request_digest: str) -> Outcome:
    """The stored outcome, when it belongs to this request.

    Raises: CommandIdReused.
    """
    digest, outcome = stored
    if digest != request_digest:
        msg = f"{command_id} came before with another request"
        raise CommandIdReused(msg)
    return outcome


def encode_outcome(outcome: Outcome) -> str:
    """The outcome as it is stored."""
    return msgspec.json.encode(outcome).decode()


def decode_outcome(stored: str) -> Outcome:
    """The outcome as it was stored."""
    fields: dict[str, Any] = msgspec.json.decode(stored)
    if "rule" in fields:
        return Refusal(**fields)
    return Done(**{**fields, "types": tuple(fields["types"])})
