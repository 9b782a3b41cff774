"""The erasure: requested, or refused, or blocked by a proof obligation; complete once every service has reported.

One stream per erasure, under a random id; only the vault knows whose erasure it is. It guards that an erasure is
complete only when every service has erased its slots.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias, assert_never

from shared.events.actors.erasure import (
    ErasureBlocked,
    ErasureCompleted,
    ErasureEvent,
    ErasureRefused,
    ErasureReported,
    ErasureRequested,
)
from shared.events.vocabulary import ErasureBasis, RefusalGround
from shared.kernel.decider import Decider
from shared.kernel.refusal import require
from shared.kernel.sealed import Retention

HOLDERS = frozenset({"actors", "marketplace", "employment"})
"""The services that may hold slots of a person; reporting holds none."""

NOBODY_ASKS = frozenset({ErasureBasis.TERM_OVER, ErasureBasis.BEFORE_RESTORE, ErasureBasis.LOST_IN_RESTORE})
"""The reasons for which the city erases without being asked."""


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A proof that needs one class of data until a date."""

    retention: Retention
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestErasure:
    """Make all data of a person unreadable for good; the vault adds the data that a proof obligation still keeps."""

    erasure_id: str
    person_id: str
    basis: ErasureBasis = ErasureBasis.ASKED_BY_PERSON
    obligations: tuple[Obligation, ...] = ()
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginErasure:
    """Erase without a request; the vault knows the person behind this id."""

    erasure_id: str
    basis: ErasureBasis
    retentions: tuple[Retention, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseErasure:
    """Turn a request down."""

    erasure_id: str
    reason: RefusalGround
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportErasure:
    """A service says that it holds nothing any more."""

    erasure_id: str
    service: str
    n_slots: int
    at: datetime


ErasureCommand: TypeAlias = RequestErasure | BeginErasure | RefuseErasure | ReportErasure


# --- state ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What the rules read: whether it was requested or refused, and what each service reported."""

    requested: bool = False
    refused: bool = False
    slots_by_service: tuple[tuple[str, int], ...] = ()

    @property
    def reported(self) -> frozenset[str]:
        """The services that have reported."""
        return frozenset(service for service, _ in self.slots_by_service)


# --- rules: each reads as one sentence --------------------------------------------------------
def erasure_is_new(erasure: Erasure, _: ErasureCommand) -> bool:
    """Request or refuse an erasure once."""
    return not erasure.requested and not erasure.refused


def request_has_a_reason_of_its_own(_: Erasure, command: RequestErasure) -> bool:
    """Choose a reason for which a person can ask; the end of a term and a restore are reasons of the city alone.

    Rule: D03
    """
    return command.basis not in NOBODY_ASKS


def erasure_was_requested(erasure: Erasure, _: ReportErasure) -> bool:
    """Report only an erasure that was requested."""
    return erasure.requested


# --- decide: one function per command ---------------------------------------------------------
def request(erasure: Erasure, command: RequestErasure) -> list[ErasureEvent]:
    """Everything is erased except what a proof obligation keeps; an event names each such class with its date.

    Rule: D03
    """
    if erasure.requested:
        return []
    require(erasure, command, erasure_is_new, request_has_a_reason_of_its_own)
    kept = {obligation.retention for obligation in command.obligations}
    erased = tuple(retention for retention in Retention if retention not in kept)
    return [
        ErasureRequested(basis=command.basis, retentions=erased),
        *(
            ErasureBlocked(retention=obligation.retention, until=obligation.until)
            for obligation in command.obligations
        ),
    ]


def begin(erasure: Erasure, command: BeginErasure) -> list[ErasureEvent]:
    """Only the named classes are erased: their term is over, or a restore brought back or lost what was erased.

    Rule: D03
    """
    if erasure.requested:
        return []
    require(erasure, command, erasure_is_new)
    return [ErasureRequested(basis=command.basis, retentions=command.retentions)]


def refuse(erasure: Erasure, command: RefuseErasure) -> list[ErasureEvent]:
    """The request is turned down, with its reason."""
    if erasure.refused:
        return []
    require(erasure, command, erasure_is_new)
    return [ErasureRefused(reason=command.reason)]


def report(erasure: Erasure, command: ReportErasure) -> list[ErasureEvent]:
    """With the last report the erasure is complete."""
    if command.service in erasure.reported:
        return []
    require(erasure, command, erasure_was_requested)
    reported = ErasureReported(service=command.service, n_slots=command.n_slots)
    if erasure.reported | {command.service} != HOLDERS:
        return [reported]
    total = command.n_slots + sum(n_slots for _, n_slots in erasure.slots_by_service)
    return [reported, ErasureCompleted(n_slots=total)]


def decide(erasure: Erasure, command: ErasureCommand) -> Sequence[ErasureEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case RequestErasure():
            return request(erasure, command)
        case BeginErasure():
            return begin(erasure, command)
        case RefuseErasure():
            return refuse(erasure, command)
        case ReportErasure():
            return report(erasure, command)
        case _:
            assert_never(command)


# --- evolve -----------------------------------------------------------------------------------
def evolve(erasure: Erasure, event: ErasureEvent) -> Erasure:
    """The erasure after an event."""
    match event:
        case ErasureRequested():
            return replace(erasure, requested=True)
        case ErasureRefused():
            return replace(erasure, refused=True)
        case ErasureReported():
            reported = (*erasure.slots_by_service, (event.service, event.n_slots))
            return replace(erasure, slots_by_service=reported)
        case ErasureBlocked() | ErasureCompleted():
            return erasure
        case _:
            assert_never(event)


ERASURE = Decider(name="erasure", initial=Erasure(), decide=decide, evolve=evolve)
