"""What happens to the placement of the tests, from proposal to first working day?"""

from dataclasses import dataclass

from services.employment.domain.placement import (
    ContractPlacement,
    DeclinePlacement,
    ProposePlacement,
    ReportNeverStarted,
    StartPlacement,
)
from shared.events.employment.placement import (
    PlacementContracted,
    PlacementDeclined,
    PlacementNeverStarted,
    PlacementProposed,
    PlacementStarted,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Commands of one placement and the events that they lead to."""

    propose: ProposePlacement
    proposed: PlacementProposed
    decline: DeclinePlacement
    declined: PlacementDeclined
    contract: ContractPlacement
    contracted: PlacementContracted
    start: StartPlacement
    started: PlacementStarted
    never: ReportNeverStarted
    never_started: PlacementNeverStarted
