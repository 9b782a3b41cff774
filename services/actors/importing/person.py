"""How does a person come to be known who is only a number in a file? By their id alone, in one context."""

from datetime import datetime

from services.actors.domain.person import RegisterPerson
from shared.events.vocabulary import PersonContext
from shared.importing.step import Step


def register(person_id: str, context: PersonContext, at: datetime, name: str) -> Step:
    """The step that makes the person known; `name` is the field with the day of it."""
    return Step(command=RegisterPerson(person_id=person_id, context=context, at=at), name=name)
