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
    RecordConsent,
    RegisterPerson,
    WithdrawConsent,
)
from shared.events.vocabulary import PersonContext
from shared.service.app import App
from shared.service.tables import Actor, Caller, CommandRoute, Role, own_id, persons

PERSON_ALONE = frozenset({Role.PERSON})
CASEWORKER = frozenset({Role.COORDINATOR, Role.COUNSELLOR})
PERSON_OR_CASEWORKER = PERSON_ALONE | CASEWORKER

C = TypeVar("C", bound=PersonCommand)


def person_themself(_: Person, command: PersonCommand) -> tuple[Actor, ...]:
    """The person that the command is for."""
    return persons(command.person_id)


def half_of(app: App, person_id: str) -> PersonContext | None:
    """The half that a person is of; None for an id that is nobody's."""
    person: Person = app.state_of(PERSON, person_id)[1]
    return person.context


def half_that_registers(command: RegisterPerson) -> PersonContext:
    """The half in which a person becomes known."""
    return command.context


def in_which_role(caller: Caller, _: Person) -> str:
    """The role in which somebody opens the data."""
    return str(caller.role)


def who_records(caller: Caller, _: Person) -> str:
    """The member of staff who records a consent."""
    return caller.actor


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
        half=half_that_registers,
    ),
    _persons(AmendPerson, PERSON_OR_CASEWORKER),
    _persons(GiveConsent, PERSON_ALONE),
    _persons(RecordConsent, CASEWORKER, {"role": in_which_role, "by": who_records}),
    _persons(WithdrawConsent, PERSON_OR_CASEWORKER),
    _persons(DisclosePerson, PERSON_OR_CASEWORKER, {"role": in_which_role}),
)
