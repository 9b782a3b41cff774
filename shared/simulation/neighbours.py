"""What does a story need from other services? They answer through the driver of all, `deploy/playing`."""

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
    """Somebody whom an employer wants to employ; `kind` is the kind of work as the city's file names it."""

    match_id: str
    employer_id: str
    kind: str
    terms: WorkTerms
    starts_on: date


class Neighbours(Protocol):
    """What the services do for the stories of others."""

    def register(self, person_id: str, context: PersonContext, at: datetime, by: Caller) -> Step:
        """The step that registers a person."""
        ...

    def work(self, chance: Chance, hired: Hired, at: datetime) -> Ending:
        """What becomes of the placement. Returns when its place is free again, None when it was filled."""
        ...
