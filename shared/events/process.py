"""What does every service say about its own working? Each writes these into its own log under its own name."""

from dataclasses import dataclass

from shared.events.registry import EVERY_SERVICE, Audience, event


@event(EVERY_SERVICE, Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRefused:
    """A rule said no to a command of a reaction; stream reaction-<command id>.

    `trigger_*` tell the event that was reacted to, `target` the stream that refused, `rule` the rule's name.
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
    """A slot that is there no longer: the position of its event in this log, and its name."""

    position: int
    name: str


@event(EVERY_SERVICE, Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsErased:
    """What an erasure takes from this log: these slots are missing by right; stream erased-<erasure id>."""

    erasure_id: str
    slots: tuple[ErasedSlot, ...]


@event(EVERY_SERVICE, Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class AuditAccessOpened:
    """An auditor began to read this log; stream audit-<token id>, once per token and log."""

    token_id: str


@event(EVERY_SERVICE, Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointIssued:
    """The service signed for the first `size` records of its log; stream checkpoint-<incarnation>-<size>.

    `note` is what was signed: origin, size, root and the signature, for whoever keeps it elsewhere.
    """

    size: int
    note: str


@event(EVERY_SERVICE, Audience.INTERNAL)
@dataclass(frozen=True, slots=True, kw_only=True)
class IncarnationBegan:
    """A restore lost events: the log goes on behind `kept` records; stream incarnation-<number>.

    `signed` is the size of the last checkpoint that was signed before: what lies between is lost, and visibly so.
    `note` is that checkpoint as it was remembered outside the database; empty where only a witness still knew of it.
    """

    kept: int
    signed: int
    note: str
