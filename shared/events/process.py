"""Which events does every service record about its own work? Each writes them into its own log under its own name."""

from dataclasses import dataclass
from typing import Annotated

from shared.events.registry import EVERY_SERVICE, Audience, event
from shared.kernel.quantity import LARGEST_INTEGER, Entries


@event(EVERY_SERVICE, Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRefused:
    """A rule refused a command of a reaction; stream reaction-<command id>.

    `trigger_*` name the event that caused the reaction, `target` the stream that refused, `rule` the rule.
    """

    reaction: str
    trigger_id: str
    trigger_type: str
    trigger_stream: str
    target: str
    command: str
    rule: str
    sentence: str


@event(EVERY_SERVICE, Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedEventSkipped:
    """An operator gave up an event that could not be handled, with a reason; stream parked-<source>-<position>."""

    consumer: str
    source: str
    position: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedSlot:
    """An erased slot: the position of its event in this log, and its name."""

    position: int
    name: str


@event(EVERY_SERVICE, Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsErased:
    """An erasure removed these slots from this log, so they are missing rightly; stream erased-<erasure id>."""

    erasure_id: str
    slots: Annotated[tuple[ErasedSlot, ...], Entries(LARGEST_INTEGER)]


@event(EVERY_SERVICE, Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class AuditAccessOpened:
    """An auditor began to read this log; stream audit-<token id>, once per token and log."""

    token_id: str


@event(EVERY_SERVICE, Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointIssued:
    """The service signed for the first `size` records of its log; stream checkpoint-<incarnation>-<size>.

    `note` is the signed text: origin, size, root and the signature; witnesses keep it elsewhere.
    """

    size: int
    note: str


@event(EVERY_SERVICE, Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class IncarnationBegan:
    """A restore lost events: the log goes on behind `kept` records; stream incarnation-<number>.

    `signed` is the size of the last checkpoint signed before: the records between are lost, and anybody sees that.
    `note` is that checkpoint as kept outside the database; empty when only a witness still had it.
    """

    kept: int
    signed: int
    note: str
