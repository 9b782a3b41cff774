"""What does a story need from other services? They answer through the driver of all services, `deploy/playing`."""

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
    """A person whom an employer wants to employ; `kind` is the kind of work as the city's file names it."""

    match_id: str
    employer_id: str
    kind: str
    terms: WorkTerms
    starts_on: date


class Neighbours(Protocol):
    """What a service does for the stories of other services."""

    def register(self, person_id: str, context: PersonContext, at: datetime, by: Caller) -> Step:
        """The step that registers a person."""
        ...

    def work(self, chance: Chance, hired: Hired, at: datetime) -> Ending:
        """Tell the placement's story. Returns when its place is free again, or None when it was filled."""
        ...
