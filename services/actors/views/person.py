"""Which half of the city's work does a person belong to?"""

from typing import NotRequired, TypedDict

from shared.events.actors.person import PersonRegistered
from shared.events.vocabulary import PersonContext
from shared.kernel.read_model import Ask, ReadModel
from shared.kernel.recorded import Happening
from shared.service.persons import ACTS_FOR
from shared.service.tables import Caller, Query, Role
from shared.service.visible import NOTHING, Visible

READERS = frozenset({Role.COORDINATOR, Role.COUNSELLOR})


class PersonDocument(TypedDict):
    """A person: the half of the city's work that the id belongs to, and nothing else."""

    id: NotRequired[str]
    context: PersonContext


def person(_: PersonDocument | None, event: Happening[PersonRegistered]) -> PersonDocument | None:
    """The person as registered."""
    return {"context": event.data.context}


PERSONS = ReadModel(
    name="persons",
    version=1,
    on=(PersonRegistered,),
    evolve=person,
    columns={"context": lambda document: document["context"]},
)


def persons_visible(caller: Caller | None, _: Ask) -> tuple[Visible, ...]:
    """Coordinators see who volunteers, counsellors who looks for work."""
    if caller is None or caller.role not in READERS:
        return NOTHING
    return (Visible(columns={"context": tuple(ACTS_FOR[caller.role])}),)


PERSON_QUERY = Query(
    nouns="persons",
    view=PERSONS,
    roles=READERS,
    filters=("context",),
    words={"context": PersonContext},
    visible=persons_visible,
)
