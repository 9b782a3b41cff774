"""The lab: established with a mandate, joined by organisations, led through phases, closed.

One stream per lab guards who is a member of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias, assert_never

from shared.events.actors.lab import (
    LabClosed,
    LabEstablished,
    LabEvent,
    LabMandateDefined,
    LabMemberAdmitted,
    LabMemberReleased,
    LabPhaseEntered,
)
from shared.events.vocabulary import LabPhase
from shared.kernel.decider import Decider
from shared.kernel.quantity import Money, has_few_decimals
from shared.kernel.refusal import require
from shared.kernel.text import LONGEST_MANDATE, LONGEST_NAME, Mandate, Name

BUDGET_LIMIT = Decimal(10) ** 12  # [EUR]
CENTS = 2  # [decimals] of an amount


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class EstablishLab:
    """Begin a lab of social innovation; `budget` of the whole consortium [EUR]."""

    lab_id: str
    name: Name
    begins_on: date
    ends_on: date | None = None
    funding_ref: Name | None = None
    budget: Money | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineMandate:
    """State the official order for the lab's process, in words."""

    lab_id: str
    mandate: Mandate
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitMember:
    """Let an organisation join the lab."""

    lab_id: str
    organisation_id: str
    joined_on: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseMember:
    """Let an organisation leave the lab."""

    lab_id: str
    organisation_id: str
    left_on: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterPhase:
    """Go on to a phase; phases may return, for reflection accompanies a lab (handbook 2)."""

    lab_id: str
    phase: LabPhase
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseLab:
    """End the lab."""

    lab_id: str
    at: datetime


LabCommand: TypeAlias = EstablishLab | DefineMandate | AdmitMember | ReleaseMember | EnterPhase | CloseLab


# --- state ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """What the rules read: how it was established (None before), mandate, phase, members with joining and leaving."""

    established: LabEstablished | None = None
    mandate: str | None = None
    phase: LabPhase | None = None
    closed: bool = False
    joined: Mapping[str, date] = field(default_factory=dict)
    left: Mapping[str, date] = field(default_factory=dict)


# --- rules: each reads as one sentence --------------------------------------------------------
def lab_is_not_established_yet(lab: Lab, _: EstablishLab) -> bool:
    """Establish a lab once; choose another id for another lab."""
    return lab.established is None


def lab_is_established(lab: Lab, _: LabCommand) -> bool:
    """Establish the lab first."""
    return lab.established is not None


def lab_is_open(lab: Lab, _: LabCommand) -> bool:
    """Leave a closed lab as it is; establish a new one to go on."""
    return not lab.closed


def lab_has_a_name(_: Lab, command: EstablishLab) -> bool:
    """Give the lab a name; it and the funding reference have at most 200 characters."""
    return all(
        word.strip() and len(word) <= LONGEST_NAME for word in (command.name, command.funding_ref or "-")
    )


def lab_ends_after_it_begins(_: Lab, command: EstablishLab) -> bool:
    """Let the lab end on the day on which it begins, or later."""
    return command.ends_on is None or command.begins_on <= command.ends_on


def budget_is_an_amount(_: Lab, command: EstablishLab) -> bool:
    """Give the budget in euros and cents, zero or more and below a trillion."""
    budget = command.budget
    return budget is None or (has_few_decimals(budget, CENTS) and 0 <= budget < BUDGET_LIMIT)


def mandate_is_stated(_: Lab, command: DefineMandate) -> bool:
    """State the mandate in words, with at most 5,000 characters."""
    return bool(command.mandate.strip()) and len(command.mandate) <= LONGEST_MANDATE


def organisation_is_no_member_yet(lab: Lab, command: AdmitMember) -> bool:
    """Release the member first; it is recorded as a member since another day."""
    return command.organisation_id not in lab.joined


def organisation_is_a_member(lab: Lab, command: ReleaseMember) -> bool:
    """Release only an organisation that is a member of the lab."""
    return command.organisation_id in lab.joined


def member_leaves_after_joining(lab: Lab, command: ReleaseMember) -> bool:
    """Let a member leave on the day on which it joined, or later."""
    return command.left_on >= lab.joined[command.organisation_id]


# --- decide: one function per command ---------------------------------------------------------
def establish(lab: Lab, command: EstablishLab) -> list[LabEvent]:
    """The lab begins; a repeat in the same words stays quiet."""
    established = LabEstablished(
        name=command.name,
        begins_on=command.begins_on,
        ends_on=command.ends_on,
        funding_ref=command.funding_ref,
        budget=command.budget,
    )
    if lab.established == established:
        return []
    require(
        lab,
        command,
        lab_is_not_established_yet,
        lab_has_a_name,
        lab_ends_after_it_begins,
        budget_is_an_amount,
    )
    return [established]


def define_mandate(lab: Lab, command: DefineMandate) -> list[LabEvent]:
    """The mandate in force is replaced."""
    require(lab, command, lab_is_established, lab_is_open)
    if lab.mandate == command.mandate:
        return []
    require(lab, command, mandate_is_stated)
    return [LabMandateDefined(mandate=command.mandate)]


def admit(lab: Lab, command: AdmitMember) -> list[LabEvent]:
    """The organisation is a member from this day on."""
    require(lab, command, lab_is_established)
    if lab.joined.get(command.organisation_id) == command.joined_on:
        return []
    require(lab, command, lab_is_open, organisation_is_no_member_yet)
    return [LabMemberAdmitted(organisation_id=command.organisation_id, joined_on=command.joined_on)]


def release(lab: Lab, command: ReleaseMember) -> list[LabEvent]:
    """The organisation is no longer a member."""
    if lab.left.get(command.organisation_id) == command.left_on:
        return []
    require(
        lab,
        command,
        lab_is_established,
        lab_is_open,
        organisation_is_a_member,
        member_leaves_after_joining,
    )
    return [LabMemberReleased(organisation_id=command.organisation_id, left_on=command.left_on)]


def enter_phase(lab: Lab, command: EnterPhase) -> list[LabEvent]:
    """The lab works in another phase now."""
    require(lab, command, lab_is_established, lab_is_open)
    if lab.phase == command.phase:
        return []
    return [LabPhaseEntered(phase=command.phase)]


def close(lab: Lab, command: CloseLab) -> list[LabEvent]:
    """The lab ends, once."""
    require(lab, command, lab_is_established)
    return [] if lab.closed else [LabClosed()]


def decide(lab: Lab, command: LabCommand) -> Sequence[LabEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case EstablishLab():
            return establish(lab, command)
        case DefineMandate():
            return define_mandate(lab, command)
        case AdmitMember():
            return admit(lab, command)
        case ReleaseMember():
            return release(lab, command)
        case EnterPhase():
            return enter_phase(lab, command)
        case CloseLab():
            return close(lab, command)
        case _:
            assert_never(command)


# --- evolve -----------------------------------------------------------------------------------
def evolve(lab: Lab, event: LabEvent) -> Lab:
    """The lab after an event."""
    match event:
        case LabEstablished():
            return replace(lab, established=event)
        case LabMandateDefined():
            return replace(lab, mandate=event.mandate)
        case LabMemberAdmitted():
            return replace(
                lab,
                joined={**lab.joined, event.organisation_id: event.joined_on},
                left=_without(lab.left, event.organisation_id),
            )
        case LabMemberReleased():
            return replace(
                lab,
                joined=_without(lab.joined, event.organisation_id),
                left={**lab.left, event.organisation_id: event.left_on},
            )
        case LabPhaseEntered():
            return replace(lab, phase=event.phase)
        case LabClosed():
            return replace(lab, closed=True)
        case _:
            assert_never(event)


def _without(days: Mapping[str, date], organisation_id: str) -> Mapping[str, date]:
    return {member: day for member, day in days.items() if member != organisation_id}


LAB = Decider(name="lab", initial=Lab(), decide=decide, evolve=evolve)
