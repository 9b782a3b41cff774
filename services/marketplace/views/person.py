"""What does the marketplace know of persons? Which half of the city's work each is of, as `actors` publishes it."""

from typing import NotRequired, TypedDict

from shared.events.actors.person import PersonRegistered
from shared.events.vocabulary import PersonContext
from shared.kernel.read_model import ReadModel
from shared.kernel.recorded import Happening
from shared.service.app import App


class PersonDocument(TypedDict):
    """A person: the half that the id belongs to, and nothing else."""

    id: NotRequired[str]
    context: PersonContext


def evolve(_: PersonDocument | None, event: Happening[PersonRegistered]) -> PersonDocument:
    """The person as registered."""
    return {"context": event.data.context}


PERSONS = ReadModel(
    name="persons",
    version=1,
    on=(PersonRegistered,),
    evolve=evolve,
    columns={"context": lambda document: document["context"]},
)


def half_of(app: App, person_id: str) -> PersonContext | None:
    """The half that a person is of; None for an id that is nobody's, or not known here yet."""
    person = app.store.ask.get(PERSONS, person_id)
    return None if person is None else PersonContext(person["context"])
