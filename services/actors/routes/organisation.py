"""Who may register, verify, amend and suspend an organisation?"""

from typing import TypeVar

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
from shared.service.tables import Actor, CommandRoute, Role, organisations, own_id

COORDINATOR = frozenset({Role.COORDINATOR})
SELF_OR_STAFF = frozenset({Role.COORDINATOR, Role.OPERATOR, Role.ORGANISATION})

C = TypeVar("C", bound=OrganisationCommand)


def organisation_itself(_: Organisation, command: OrganisationCommand) -> tuple[Actor, ...]:
    """The organisation that the command is for."""
    return organisations(command.organisation_id)


def _organisations(command: type[C], roles: frozenset[Role]) -> CommandRoute[Organisation, C]:
    return CommandRoute(
        command=command,
        decider=ORGANISATION,
        nouns="organisations",
        roles=roles,
        parties=organisation_itself,
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
    ),
    _organisations(AmendOrganisation, SELF_OR_STAFF),
    _organisations(VerifyOrganisation, COORDINATOR),
    _organisations(SuspendOrganisation, COORDINATOR),
    _organisations(ReinstateOrganisation, COORDINATOR),
)
