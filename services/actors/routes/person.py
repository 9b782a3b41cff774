"""Who may register a person, correct their data, agree to a use, and open sealed values?"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from services.actors.domain.person import (
    PERSON,
    AmendPerson,
    DisclosePerson,
    GiveConsent,
    Person,
    PersonCommand,
    RegisterPerson,
    WithdrawConsent,
)
from services.actors.views.person import CONTEXT_SEEN_BY
from shared.service.tables import Caller, CommandRoute, Role, own_id

PERSON_ALONE = frozenset({Role.PERSON})
PERSON_OR_CASEWORKER = PERSON_ALONE | {Role.COORDINATOR, Role.COUNSELLOR}

C = TypeVar("C", bound=PersonCommand)


def person_themself(_: Person, command: PersonCommand) -> tuple[str, ...]:
    """The person that the command is for."""
    return (command.person_id,)


def works_with_their_half(caller: Caller, person: Person, _: PersonCommand) -> bool:
    """Coordinators act for who volunteers, counsellors for who looks for work; a person for themself."""
    return caller.role == Role.PERSON or CONTEXT_SEEN_BY.get(caller.role) == person.context


def in_which_role(caller: Caller, _: Person) -> str:
    """The role in which somebody opens the data."""
    return str(caller.role)


NOTHING: Mapping[str, Callable[[Caller, Person], str | None]] = MappingProxyType({})


def _persons(
    command: type[C],
    roles: frozenset[Role],
    derived: Mapping[str, Callable[[Caller, Person], str | None]] = NOTHING,
) -> CommandRoute[Person, C]:
    return CommandRoute(
        command=command,
        decider=PERSON,
        nouns="persons",
        roles=roles,
        parties=person_themself,
        may=works_with_their_half,
        derived=derived,
    )


PERSON_COMMANDS = (
    CommandRoute(
        command=RegisterPerson,
        decider=PERSON,
        nouns="persons",
        roles=PERSON_OR_CASEWORKER,
        starts=True,
        parties=person_themself,
        derived={"person_id": own_id},
    ),
    _persons(AmendPerson, PERSON_OR_CASEWORKER),
    _persons(GiveConsent, PERSON_ALONE),
    _persons(WithdrawConsent, PERSON_ALONE),
    _persons(DisclosePerson, PERSON_OR_CASEWORKER, {"role": in_which_role}),
)
