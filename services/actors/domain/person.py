"""The person: a random id that is known in one half of the city's work.

One stream per person. Nothing personal is stored: what is personal waits for the vault (architecture 2.9).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never

from shared.events.actors import PersonEvent, PersonRegistered
from shared.events.vocabulary import PersonContext
from shared.kernel.decider import Decider
from shared.kernel.refusal import require


# --- commands ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPerson:
    """Make a person known under a random id."""

    person_id: str
    context: PersonContext
    at: datetime


PersonCommand: TypeAlias = RegisterPerson


# --- state ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the rules read: the half of the work in which the person is known, None before registration."""

    context: PersonContext | None = None


# --- rules: each reads as one sentence --------------------------------------------------------
def person_is_known_in_one_context(person: Person, _: RegisterPerson) -> bool:
    """An id stands for a person in volunteering or in employment, never in both."""
    return person.context is None


# --- decide -----------------------------------------------------------------------------------
def register(person: Person, command: RegisterPerson) -> list[PersonEvent]:
    """The person is known; a repeat stays quiet."""
    if person.context == command.context:
        return []
    require(person, command, person_is_known_in_one_context)
    return [PersonRegistered(context=command.context)]


def decide(person: Person, command: PersonCommand) -> Sequence[PersonEvent]:
    """What follows from a command.

    Raises: Refused, when the id is known in the other context.
    """
    match command:
        case RegisterPerson():
            return register(person, command)
        case _:
            assert_never(command)


# --- evolve -----------------------------------------------------------------------------------
def evolve(_: Person, event: PersonEvent) -> Person:
    """The person after an event."""
    return Person(context=event.context)


PERSON = Decider(name="person", initial=Person(), decide=decide, evolve=evolve)
