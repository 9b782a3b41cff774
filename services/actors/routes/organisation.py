"""Who may register, verify, amend and suspend an organisation?"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from services.actors.domain.organisation import (
    ORGANISATION,
    AmendOrganisation,
    Organisation,
    OrganisationCommand,
    RegisterOrganisation,
    ReinstateOrganisation,
    SuspendOrganisation,
    VerifyOrganisation,
)
from services.actors.views.organisation import ORGANISATIONS, namesakes
from shared.kernel.read_model import Ask
from shared.service.tables import Actor, Caller, CommandRoute, Role, organisations, own_id

COORDINATOR = frozenset({Role.COORDINATOR})
SELF_OR_STAFF = frozenset({Role.COORDINATOR, Role.OPERATOR, Role.ORGANISATION})

C = TypeVar("C", bound=OrganisationCommand)


def organisation_itself(_: Organisation, command: OrganisationCommand) -> tuple[Actor, ...]:
    """The organisation that the command is for."""
    return organisations(command.organisation_id)


def in_force(organisation: Organisation) -> Mapping[str, Any]:
    """The organisation's data as they are now."""
    described = organisation.description
    return (
        {}
        if described is None
        else {field.name: getattr(described, field.name) for field in fields(described)}
    )


def similar_ones(caller: Caller, command: OrganisationCommand, ask: Ask) -> Mapping[str, Any]:
    """Organisations of the same name that the caller may see: the same one may have been registered twice."""
    if isinstance(command, RegisterOrganisation | AmendOrganisation):
        name = command.name
    else:
        document = ask.get(ORGANISATIONS, command.organisation_id)
        name = "" if document is None else document["name"]
    similar = namesakes(caller, command.organisation_id, name, ask)
    return {"possible_duplicates": similar} if similar else {}


def _organisations(command: type[C], roles: frozenset[Role], **further: Any) -> CommandRoute[Organisation, C]:
    return CommandRoute(
        command=command,
        decider=ORGANISATION,
        nouns="organisations",
        roles=roles,
        parties=organisation_itself,
        **further,
    )


ORGANISATION_COMMANDS = (
    CommandRoute(
        command=RegisterOrganisation,
        decider=ORGANISATION,
        nouns="organisations",
        roles=SELF_OR_STAFF,
        starts=True,
        parties=organisation_itself,
        derived={"organisation_id": own_id},
        noticed=similar_ones,
    ),
    _organisations(AmendOrganisation, SELF_OR_STAFF, amends=in_force, noticed=similar_ones),
    _organisations(VerifyOrganisation, COORDINATOR, noticed=similar_ones),
    _organisations(SuspendOrganisation, COORDINATOR),
    _organisations(ReinstateOrganisation, COORDINATOR),
)
