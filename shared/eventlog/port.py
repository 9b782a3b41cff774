"""What does every log promise, whatever stores it?"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias

Transaction: TypeAlias = Any
"""An open transaction of the store (SQLAlchemy's Connection; None in the memory log)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A personal value of an event, sealed: kept beside the log, and deleted when its subject is erased.

    `retention` is the class of reasons for which it is kept, `sealed` the nonce and the ciphertext.
    """

    event_id: str
    name: str
    subject: str
    retention: str
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event before it has a position: `data` is its JSON with sorted keys, `type` its wire name.

    `attributes` are further CloudEvent attributes by their wire names (`authid`, `lab`, `causationid`, …). `slots` are
    kept beside the log in the transaction that writes the event.
    """

    id: str
    type: str
    audience: str
    time: datetime
    data: bytes
    attributes: Mapping[str, str | bool] = field(default_factory=dict)
    slots: Sequence[Slot] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The command took effect: the log's position and the stream's version after it, and the types it wrote.

    `types` is empty when the command had taken effect before.
    """

    stream: str
    position: int
    version: int
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A rule said no: its name and sentence."""

    rule: str
    sentence: str


Outcome: TypeAlias = Done | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """The request of one command: events for one stream at the version of the decision, or a refusal.

    `request_digest` is a keyed digest of the request: the same command id with another digest is a conflict.
    """

    stream: str
    expected_version: int
    command_id: str
    request_digest: str
    events: Sequence[Draft] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """One record of the log: its position, its type and the exact bytes that were appended."""

    position: int
    record: bytes
    type: str
    audience: str
    stream: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where the log ends: last position, last position per audience, incarnation (counts from 1)."""

    position: int
    by_audience: Mapping[str, int]
    incarnation: int


class Conflict(Exception):  # noqa: N818 - the field's word
    """Another command appended to the stream since it was read; decide again."""


class CommandIdReused(Exception):  # noqa: N818 - says what happened
    """The same command id came with another request."""


class CursorMoved(Exception):  # noqa: N818 - says what happened
    """Another process moved this cursor; the caller stops and reads it again."""


class RecordTooLarge(ValueError):  # noqa: N818 - says what happened
    """A record would exceed 60,000 bytes."""


class LogUnavailable(Exception):  # noqa: N818 - says what happened
    """The log's database does not answer now; the same command id may be sent again in any case."""


class AppendsStopped(LogUnavailable):
    """The log accepts no more events until an operator has acted: it differs from the signed one."""


class Cursors(Protocol):
    """How far each reader has come; moved by compare-and-set."""

    def cursor(self, name: str) -> int:
        """The position that the reader has finished; 0 when it never began."""
        ...

    def move_cursor(self, name: str, *, expected: int, to: int, within: Transaction | None = None) -> None:
        """Move on, alone or within a transaction of the same store.

        Raises: CursorMoved when the cursor is not where the caller thinks.
        """
        ...


class EventLog(Cursors, Protocol):
    """One service's log: gapless positions, optimistic concurrency per stream, outcomes kept by command id."""

    @property
    def service(self) -> str:
        """The service whose log this is."""
        ...

    def append(self, request: Append) -> Outcome:
        """Write the events of one command in one transaction, or give back what the same command id led to before.

        Raises: Conflict, CommandIdReused, RecordTooLarge, LogUnavailable.
        """
        ...

    def outcome(self, command_id: str, request_digest: str) -> Outcome | None:
        """What this command led to, or None when it never came.

        Raises: CommandIdReused.
        """
        ...

    def read_stream(self, stream: str, *, after_version: int = 0) -> list[StoredRecord]:
        """The stream's records in order."""
        ...

    def read(self, *, after: int = 0, limit: int = 500, audience: str | None = None) -> list[StoredRecord]:
        """Records by position, beginning behind `after`; with `audience` only those."""
        ...

    def follow(self, *, after: int, limit: int) -> list[StoredRecord]:
        """The same for who follows the log closely: perhaps from memory, and perhaps fewer than there are."""
        ...

    def head(self) -> Head:
        """Where the log ends."""
        ...

    def bulk(self) -> AbstractContextManager[None]:
        """Commit this thread's appends a few hundred at a time within the block: for simulation and import only."""
        ...

    def wait(self, after: int, timeout: float) -> bool:
        """Wait at most `timeout` [s] until the log has grown beyond `after`; True when it has."""
        ...
