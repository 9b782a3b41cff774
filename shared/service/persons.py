"""What must hold of a person whom a command names? One check for all services: known, of this half, of this role."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from shared.events.vocabulary import PersonContext
from shared.service.tables import Caller, CommandRoute, Role, ServiceTables

BOTH_HALVES = frozenset(PersonContext)
ACTS_FOR: Mapping[Role, frozenset[PersonContext]] = MappingProxyType(
    {
        Role.PERSON: BOTH_HALVES,  # for themself only, which the parties of a command guard
        Role.COORDINATOR: frozenset({PersonContext.VOLUNTEERING}),
        Role.COUNSELLOR: frozenset({PersonContext.EMPLOYMENT}),
        Role.OPERATOR: BOTH_HALVES,  # asks for erasures, and reads nobody
    }
)
"""For persons of which half a role acts; no role reads both halves (contract 4), and every other role acts for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person whom a command names: the half that they are of, the command's own half, and the role that sent it.

    `is_of` is None for an id that is nobody's, `belongs_to` is None for a command that either half has.
    """

    is_of: PersonContext | None
    belongs_to: PersonContext | None
    role: Role


def person_is_registered_in_this_half(named: Named, _: object = None) -> bool:
    """Name a person who is registered in the half of the city's work that the request and your role belong to."""
    is_of_this_half = named.belongs_to in {None, named.is_of}
    return named.is_of is not None and is_of_this_half and named.is_of in ACTS_FOR.get(named.role, ())


def person_is_not_erased(_state: Any, _command: Any) -> bool:
    """A person who was erased, or whose term is over, has no personal data any more."""
    return False


def may_be_named(
    app: Any, tables: ServiceTables, route: CommandRoute[Any, Any], caller: Caller | None, command: Any
) -> bool:
    """Whether all persons whom a command names may be named by its sender; a registration makes its person known."""
    if caller is None or not (person_ids := route.persons(command)):
        return True
    belongs_to = route.half(command)
    noun_id = route.decider.id_of(command) if route.starts else None
    return all(
        person_is_registered_in_this_half(
            Named(
                is_of=belongs_to if person_id == noun_id else tables.half_of(app, person_id),
                belongs_to=belongs_to,
                role=caller.role,
            )
        )
        for person_id in person_ids
    )
