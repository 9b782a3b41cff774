"""How is a person registered who is only a number in a file? By an id alone, in one context."""

from datetime import datetime

from services.actors.domain.person import RegisterPerson
from shared.events.vocabulary import PersonContext
from shared.importing.step import Step


def register(person_id: str, context: PersonContext, at: datetime, name: str) -> Step:
    """The step that registers the person; `name` is the field with the day of it."""
    return Step(command=RegisterPerson(person_id=person_id, context=context, at=at), name=name)
