"""The erasure: asked for by staff, requested, refused, or blocked by a proof obligation; complete once all reported.

One stream per erasure, under a random id; only the vault knows whose erasure it is. It guards that an erasure is
complete only when every service has erased its slots, and that what staff ask for begins with a second yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias, assert_never

from shared.events.actors.erasure import (
    ErasureAsked,
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

WAITS = timedelta(days=14)
"""How long an erasure that staff ask for waits for a second yes or a refusal. The law allows a month for an answer.

Source: GDPR Art. 12 (3).
"""


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A proof that needs one class of data until a date."""

    retention: Retention
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestErasure:
    """Make all data of a person unreadable for good; the vault adds the data that a proof obligation still keeps.

    `by` is the member of staff who asks for the person; it is empty when the person asks. The vault also adds whom an
    erasure with this id means already, as long as it knows.
    """

    erasure_id: str
    person_id: str
    by: str = ""
    means: str = ""
    basis: ErasureBasis = ErasureBasis.ASKED_BY_PERSON
    obligations: tuple[Obligation, ...] = ()
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveErasure:
    """Say yes to an erasure that another member of staff asked for, and name the person whom it means once more.

    The vault adds whom it means and who asked for it.
    """

    erasure_id: str
    person_id: str
    by: str
    means: str = ""
    asked_by: str = ""
    obligations: tuple[Obligation, ...] = ()
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndErasureTerm:
    """Nobody has said yes or no within the term."""

    erasure_id: str
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
    """Turn a waiting request down, on one of the law's grounds; the vault adds whom it means."""

    erasure_id: str
    person_id: str = ""
    reason: RefusalGround
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportErasure:
    """A service says that it holds nothing any more."""

    erasure_id: str
    service: str
    n_slots: int
    at: datetime


ErasureCommand: TypeAlias = (
    RequestErasure | ApproveErasure | EndErasureTerm | BeginErasure | RefuseErasure | ReportErasure
)


# --- state ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What the rules read: for what reason staff asked, what was requested or why not, what services reported."""

    asked: ErasureBasis | None = None
    request: ErasureRequested | None = None
    refused_for: RefusalGround | None = None
    slots_by_service: tuple[tuple[str, int], ...] = ()

    @property
    def requested(self) -> bool:
        """Whether it has begun."""
        return self.request is not None

    @property
    def refused(self) -> bool:
        """Whether it was turned down."""
        return self.refused_for is not None

    @property
    def reported(self) -> frozenset[str]:
        """The services that have reported."""
        return frozenset(service for service, _ in self.slots_by_service)


# --- rules: each reads as one sentence --------------------------------------------------------
def erasure_is_new(erasure: Erasure, _: ErasureCommand) -> bool:
    """Request another erasure; this one has begun already, for this or another person, or was refused."""
    return not erasure.requested and not erasure.refused


def erasure_waits(erasure: Erasure, _: ErasureCommand) -> bool:
    """Answer a request that waits; an erasure that has begun, or was refused, is not answered any more."""
    return erasure.asked is not None and not erasure.requested and not erasure.refused


def erasure_was_asked_for(erasure: Erasure, _: ApproveErasure) -> bool:
    """Answer a request that staff made; nobody answers an erasure that began without one."""
    return erasure.asked is not None


def second_person_says_yes(_: Erasure, command: ApproveErasure) -> bool:
    """Let somebody else say yes; nobody approves the erasure that they asked for."""
    return command.by != command.asked_by


def both_mean_the_same_person(_: Erasure, command: ApproveErasure) -> bool:
    """Name the person whom the request means; you named somebody else."""
    return command.person_id == command.means


def nobody_asked_before(erasure: Erasure, _: RequestErasure) -> bool:
    """Answer the request that waits; staff have asked for this erasure already, and the reason is recorded."""
    return erasure.asked is None or erasure.refused


def request_has_a_reason_of_its_own(_: Erasure, command: RequestErasure) -> bool:
    """Choose a reason for which a person can ask; the end of a term and a restore are reasons of the city alone.

    Rule: D03
    """
    return command.basis not in NOBODY_ASKS


def erasure_is_not_refused_yet(erasure: Erasure, _: RefuseErasure) -> bool:
    """Request another erasure instead; this one is recorded as refused, with its ground."""
    return not erasure.refused


def service_reports_once(erasure: Erasure, command: ReportErasure) -> bool:
    """Report an erasure once; the service has reported another number of slots."""
    return command.service not in erasure.reported


def erasure_was_requested(erasure: Erasure, _: ReportErasure) -> bool:
    """Report only an erasure that was requested."""
    return erasure.requested


# --- decide: one function per command ---------------------------------------------------------
def request(erasure: Erasure, command: RequestErasure) -> list[ErasureEvent]:
    """The person's own request begins at once; that of staff waits for a second yes or the end of the term."""
    require(erasure, command, request_has_a_reason_of_its_own)
    if _is_requested(erasure, command):
        return []
    require(erasure, command, nobody_asked_before, erasure_is_new)
    if command.by:
        return [ErasureAsked(basis=command.basis)]
    return _begun(command.basis, command.obligations)


def _is_requested(erasure: Erasure, command: RequestErasure) -> bool:
    if erasure.refused or command.means != command.person_id:
        return False
    if command.by or erasure.asked is not None:
        return bool(command.by) and erasure.asked == command.basis
    return erasure.request is not None and erasure.request.basis == command.basis


def approve(erasure: Erasure, command: ApproveErasure) -> list[ErasureEvent]:
    """With the second yes the erasure begins."""
    require(erasure, command, erasure_was_asked_for, second_person_says_yes)
    if not erasure.requested or command.person_id != command.means:
        require(erasure, command, erasure_waits, both_mean_the_same_person)
    return _begun_as_asked(erasure, command)


def end_term(erasure: Erasure, command: EndErasureTerm) -> list[ErasureEvent]:
    """Nobody refused within the term: the erasure begins."""
    return [] if erasure.refused else _begun_as_asked(erasure, command)


def _begun_as_asked(erasure: Erasure, command: ApproveErasure | EndErasureTerm) -> list[ErasureEvent]:
    if erasure.requested or erasure.asked is None:
        return []
    return _begun(erasure.asked, command.obligations)


def _begun(basis: ErasureBasis, obligations: Sequence[Obligation]) -> list[ErasureEvent]:
    """Everything is erased except what a proof obligation keeps; an event names each such class with its date.

    Rule: D03
    """
    kept = {obligation.retention for obligation in obligations}
    erased = tuple(retention for retention in Retention if retention not in kept)
    return [
        ErasureRequested(basis=basis, retentions=erased),
        *(
            ErasureBlocked(retention=obligation.retention, until=obligation.until)
            for obligation in obligations
        ),
    ]


def begin(erasure: Erasure, command: BeginErasure) -> list[ErasureEvent]:
    """Only the named classes are erased: their term is over, or a restore brought back or lost what was erased.

    Rule: D03
    """
    requested = ErasureRequested(basis=command.basis, retentions=command.retentions)
    if erasure.request == requested:
        return []
    require(erasure, command, erasure_is_new)
    return [requested]


def refuse(erasure: Erasure, command: RefuseErasure) -> list[ErasureEvent]:
    """The waiting request is turned down, with its reason."""
    if erasure.refused_for == command.reason:
        return []
    require(erasure, command, erasure_is_not_refused_yet, erasure_waits)
    return [ErasureRefused(reason=command.reason)]


def report(erasure: Erasure, command: ReportErasure) -> list[ErasureEvent]:
    """With the last report the erasure is complete."""
    if (command.service, command.n_slots) in erasure.slots_by_service:
        return []
    require(erasure, command, erasure_was_requested, service_reports_once)
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
        case ApproveErasure():
            return approve(erasure, command)
        case EndErasureTerm():
            return end_term(erasure, command)
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
        case ErasureAsked(basis=basis):
            return replace(erasure, asked=basis)
        case ErasureRequested():
            return replace(erasure, request=event)
        case ErasureRefused():
            return replace(erasure, refused_for=event.reason)
        case ErasureReported():
            reported = (*erasure.slots_by_service, (event.service, event.n_slots))
            return replace(erasure, slots_by_service=reported)
        case ErasureBlocked() | ErasureCompleted():
            return erasure
        case _:
            assert_never(event)


ERASURE = Decider(name="erasure", initial=Erasure(), decide=decide, evolve=evolve)
