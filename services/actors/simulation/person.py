"""How is a person registered in a simulated city? By an id alone, in one context."""

from datetime import datetime

from services.actors.domain.person import RegisterPerson
from shared.events.vocabulary import PersonContext
from shared.service.tables import Caller
from shared.simulation.step import Step


def register(person_id: str, context: PersonContext, at: datetime, by: Caller) -> Step:
    """The step that registers a person."""
    return Step(RegisterPerson(person_id=person_id, context=context, at=at), by)
