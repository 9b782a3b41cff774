"""What does a story need of another service than its own? Whoever plays all services answers; see `deploy/playing`."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from shared.events.marketplace.offer import WorkTerms
from shared.events.vocabulary import PersonContext
from shared.service.tables import Caller
from shared.simulation.chance import Chance
from shared.simulation.step import Ending, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Hired:
    """Somebody with whom an employer has agreed; `kind` is the kind of work, as the amounts name it."""

    match_id: str
    employer_id: str
    kind: str
    terms: WorkTerms
    starts_on: date


class Neighbours(Protocol):
    """What the services do for the stories of others."""

    def register(self, person_id: str, context: PersonContext, at: datetime, by: Caller) -> Step:
        """A person becomes one that the city knows."""
        ...

    def work(self, chance: Chance, hired: Hired, at: datetime) -> Ending:
        """What becomes of the placement. Returns when its place is free again, None when it was filled."""
        ...
