"""The organisation: registered, verified, amended, suspended and reinstated.

One stream per organisation guards the one thing that others rely on: whether it may act on the board.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, assert_never

from shared.events.actors.organisation import (
    OrganisationAmended,
    OrganisationCheckReopened,
    OrganisationEvent,
    OrganisationRegistered,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationVerified,
)
from shared.events.vocabulary import Sector
from shared.kernel.decider import Decider
from shared.kernel.refusal import require
from shared.kernel.text import LONGEST_NAME, Name


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOrganisation:
    """Register an organisation; it does so itself, or staff do."""

    organisation_id: str
    name: Name
    sector: Sector
    district: Name
    legal_form: Name | None = None
    charitable: bool | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOrganisation:
    """Say that the organisation exists and who may speak for it."""

    organisation_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendOrganisation:
    """Correct the organisation's data; the command carries all of them as they are now."""

    organisation_id: str
    name: Name
    sector: Sector
    district: Name
    legal_form: Name | None = None
    charitable: bool | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendOrganisation:
    """Hide what the organisation has on the board; what is agreed goes on."""

    organisation_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinstateOrganisation:
    """Let a suspended organisation act again."""

    organisation_id: str
    at: datetime


Described: TypeAlias = RegisterOrganisation | AmendOrganisation
OrganisationCommand: TypeAlias = (
    RegisterOrganisation
    | VerifyOrganisation
    | AmendOrganisation
    | SuspendOrganisation
    | ReinstateOrganisation
)


# --- state ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """What the rules read: the description in force (None before registration), verified, suspended."""

    description: OrganisationAmended | None = None
    verified: bool = False
    suspended: bool = False


# --- rules: each reads as one sentence --------------------------------------------------------
def organisation_is_registered(organisation: Organisation, _: OrganisationCommand) -> bool:
    """Register the organisation first."""
    return organisation.description is not None


def organisation_is_not_registered_yet(organisation: Organisation, _: RegisterOrganisation) -> bool:
    """Register an organisation once; amend it to correct what is known of it."""
    return organisation.description is None


def organisation_is_not_suspended(organisation: Organisation, _: VerifyOrganisation) -> bool:
    """Reinstate a suspended organisation before you verify it."""
    return not organisation.suspended


def name_and_district_are_given(_: Organisation, command: Described) -> bool:
    """Give a name and a district; they and the legal form have at most 200 characters."""
    words = (command.name, command.district, command.legal_form or "-")
    return all(word.strip() and len(word) <= LONGEST_NAME for word in words)


# --- decide: one function per command ---------------------------------------------------------
def register(organisation: Organisation, command: RegisterOrganisation) -> list[OrganisationEvent]:
    """The organisation is known; a repeat in the same words stays quiet."""
    if organisation.description == _description(command):
        return []
    require(organisation, command, organisation_is_not_registered_yet, name_and_district_are_given)
    return [
        OrganisationRegistered(
            name=command.name,
            sector=command.sector,
            district=command.district,
            legal_form=command.legal_form,
            charitable=command.charitable,
        )
    ]


def verify(organisation: Organisation, command: VerifyOrganisation) -> list[OrganisationEvent]:
    """From here on the organisation may post."""
    require(organisation, command, organisation_is_registered)
    if organisation.verified:
        return []
    require(organisation, command, organisation_is_not_suspended)
    return [OrganisationVerified()]


def amend(organisation: Organisation, command: AmendOrganisation) -> list[OrganisationEvent]:
    """The description is replaced as a whole; the same one again stays quiet. A check holds for what was checked."""
    require(organisation, command, organisation_is_registered, name_and_district_are_given)
    before, amended = organisation.description, _description(command)
    if before is None or before == amended:
        return []
    is_as_checked = replace(before, district=amended.district) == amended
    return (
        [OrganisationCheckReopened(), amended] if organisation.verified and not is_as_checked else [amended]
    )


def suspend(organisation: Organisation, command: SuspendOrganisation) -> list[OrganisationEvent]:
    """The organisation is off the board until it is reinstated."""
    require(organisation, command, organisation_is_registered)
    return [] if organisation.suspended else [OrganisationSuspended()]


def reinstate(organisation: Organisation, command: ReinstateOrganisation) -> list[OrganisationEvent]:
    """The organisation is what it was before the suspension; without one there is nothing to do."""
    require(organisation, command, organisation_is_registered)
    return [OrganisationReinstated()] if organisation.suspended else []


def decide(organisation: Organisation, command: OrganisationCommand) -> Sequence[OrganisationEvent]:
    """What follows from a command.

    Raises: Refused, with the first rule that does not hold.
    """
    match command:
        case RegisterOrganisation():
            return register(organisation, command)
        case VerifyOrganisation():
            return verify(organisation, command)
        case AmendOrganisation():
            return amend(organisation, command)
        case SuspendOrganisation():
            return suspend(organisation, command)
        case ReinstateOrganisation():
            return reinstate(organisation, command)
        case _:
            assert_never(command)


# --- evolve -----------------------------------------------------------------------------------
def evolve(organisation: Organisation, event: OrganisationEvent) -> Organisation:
    """The organisation after an event."""
    match event:
        case OrganisationRegistered() | OrganisationAmended():
            return replace(organisation, description=_description(event))
        case OrganisationVerified():
            return replace(organisation, verified=True)
        case OrganisationCheckReopened():
            return replace(organisation, verified=False)
        case OrganisationSuspended():
            return replace(organisation, suspended=True)
        case OrganisationReinstated():
            return replace(organisation, suspended=False)
        case _:
            assert_never(event)


def _description(described: Described | OrganisationRegistered | OrganisationAmended) -> OrganisationAmended:
    return OrganisationAmended(
        name=described.name,
        sector=described.sector,
        district=described.district,
        legal_form=described.legal_form,
        charitable=described.charitable,
    )


ORGANISATION = Decider(name="organisation", initial=Organisation(), decide=decide, evolve=evolve)
