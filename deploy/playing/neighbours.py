"""Which service answers what a story needs from another service? The simulation room of the owner."""

from datetime import datetime

from services.actors.simulation import person
from services.employment.simulation import placement
from shared.events.vocabulary import PersonContext
from shared.service.tables import Caller
from shared.simulation.chance import Chance
from shared.simulation.neighbours import Hired
from shared.simulation.step import Ending, Step


class CityNeighbours:
    """What the services of a city do for the stories of other services; see the protocol `Neighbours`."""

    def register(self, person_id: str, context: PersonContext, at: datetime, by: Caller) -> Step:
        """The step that registers a person."""
        return person.register(person_id, context, at, by)

    def work(self, chance: Chance, hired: Hired, at: datetime) -> Ending:
        """Tell the placement's story."""
        return placement.work(chance, hired, at)
