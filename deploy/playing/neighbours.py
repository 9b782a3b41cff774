"""Who answers what a story needs of another service than its own? The simulation rooms of the services that have it."""

from datetime import datetime

from services.actors.simulation import person
from services.employment.simulation import placement
from shared.events.vocabulary import PersonContext
from shared.service.tables import Caller
from shared.simulation.chance import Chance
from shared.simulation.neighbours import Hired
from shared.simulation.step import Ending, Step


class CityNeighbours:
    """What the services of a city do for the stories of others; see the protocol `Neighbours`."""

    def register(self, person_id: str, context: PersonContext, at: datetime, by: Caller) -> Step:
        """A person becomes one that the city knows."""
        return person.register(person_id, context, at, by)

    def work(self, chance: Chance, hired: Hired, at: datetime) -> Ending:
        """What becomes of the placement."""
        return placement.work(chance, hired, at)
